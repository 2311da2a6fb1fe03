import { createPrivateKey, type KeyObject } from 'node:crypto'

/** Whether a private key is in the container that ssh2 does not read: PKCS#8, as `openssl genpkey` writes it. */
export const isPkcs8 = (key: string | Buffer): boolean =>
  /-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(key.toString('latin1'))

/** Rewrites a PKCS#8 key in a form that ssh2 reads. Throws what OpenSSL says about a key or passphrase that is wrong. */
export function fromPkcs8(key: string | Buffer, passphrase: string | undefined): string {
  const parsed = createPrivateKey({ key, passphrase })
  const type = parsed.asymmetricKeyType
  if (type === 'rsa') return parsed.export({ type: 'pkcs1', format: 'pem' }).toString()
  if (type === 'ec') return parsed.export({ type: 'sec1', format: 'pem' }).toString()
  if (type === 'ed25519') return openSshEd25519(parsed)
  throw new Error(`a key of type ${type} is not used by SSH`)
}

/** The layout of PROTOCOL.key in OpenSSH's source: without a cipher, one key, padded to a multiple of 8. */
function openSshEd25519(parsed: KeyObject): string {
  const { d = '', x = '' } = parsed.export({ format: 'jwk' })
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  const publicKey = Buffer.concat([text('ssh-ed25519'), text(point)])
  const check = Buffer.alloc(8)
  const secret = Buffer.concat([check, publicKey, text(Buffer.concat([seed, point])), text('')])
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    Buffer.from([0, 0, 0, 1]),
    text(publicKey),
    text(Buffer.concat([secret, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** A length-prefixed string of RFC 4251. */
function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
