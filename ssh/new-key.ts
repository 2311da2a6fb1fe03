import { generateKeyPairSync } from 'node:crypto'
import { fromPkcs8 } from './pkcs8.ts'

/** A new ed25519 private key, as `ssh-keygen -t ed25519` writes it. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return fromPkcs8(privateKey, undefined)
}
