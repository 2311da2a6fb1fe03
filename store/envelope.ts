import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/** Seals values for one row each: AES-256-GCM with the row's identity as associated data, so that no sealed value can be moved to another row. */
export type Envelope = {
  seal(row: string, plain: string): Buffer
  open(row: string, sealed: Uint8Array): string
  /** A keyed digest: equal texts can be recognised, and nobody without the key can guess at them. */
  fingerprint(text: string): Buffer
}

const version = 1
const nonceBytes = 12
const tagBytes = 16
const headBytes = 2 + nonceBytes

/** Layout: version, key id, nonce, ciphertext, tag. */
export function createEnvelope(masterKey: Uint8Array): Envelope {
  if (masterKey.length !== 32) throw new Error(`The master key must have 32 bytes; this one has ${masterKey.length}.`)
  const key = derive(masterKey, 'seal')
  const fingerprintKey = derive(masterKey, 'fingerprint')
  const keyId = derive(masterKey, 'key id').readUInt8(0)

  return {
    seal(row, plain) {
      const head = Buffer.concat([Buffer.from([version, keyId]), randomBytes(nonceBytes)])
      const cipher = createCipheriv('aes-256-gcm', key, head.subarray(2))
      cipher.setAAD(Buffer.concat([head.subarray(0, 2), Buffer.from(row)]))
      return Buffer.concat([head, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },

    open(row, bytes) {
      const sealed = Buffer.from(bytes)
      if (sealed.length < headBytes + tagBytes || sealed[0] !== version)
        throw new SealError(`${row} is not a sealed value`)
      if (sealed[1] !== keyId) throw new SealError(`${row} was sealed with another master key`)
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(2, headBytes))
      decipher.setAAD(Buffer.concat([sealed.subarray(0, 2), Buffer.from(row)]))
      decipher.setAuthTag(sealed.subarray(-tagBytes))
      try {
        return decipher.update(sealed.subarray(headBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new SealError(`${row} was changed, moved from another row or sealed with another master key`, { cause })
      }
    },

    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest(),
  }
}

/** A sealed value that does not open. */
export class SealError extends Error {
  override name = 'SealError'
}

const derive = (masterKey: Uint8Array, purpose: string) =>
  createHmac('sha256', masterKey).update(`drydock ${purpose}`).digest()
