import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { usage } from './failure.ts'

/** A private key's text and whether it needs a passphrase. */
export type PrivateKey = { readonly text: string; readonly isEncrypted: boolean }

/** Reads a private key file of this machine; what is wrong with it is told before anything is sent. */
export function readPrivateKey(path: string, option: string): PrivateKey {
  const text = read(resolve(path.replace(/^~(?=\/)/, homedir())), option)
  if (/^(ssh-|ecdsa-|sk-)/.test(text)) {
    throw usage(
      `${option}: ${path} is a public key; expected the private key beside it.`,
      `Try ${path.replace(/\.pub$/, '')}.`,
    )
  }
  if (!/^-----BEGIN (OPENSSH |RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY-----/m.test(text)) {
    throw usage(
      `${option}: ${path} holds no private key; expected a file that starts with "-----BEGIN … PRIVATE KEY-----".`,
    )
  }
  return { text, isEncrypted: isEncrypted(text) }
}

function read(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why =
      { ENOENT: 'is not there', EACCES: 'may not be read by you', EISDIR: 'is a directory' }[code] ??
      `cannot be read (${code})`
    throw usage(`${option}: ${path} ${why}; expected the file of a private key.`, ...suggestKeys())
  }
}

/** An OpenSSH key names its cipher after the magic word, "none" where there is no passphrase (PROTOCOL.key of OpenSSH). */
function isEncrypted(text: string): boolean {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text) ?? []
  if (body === undefined) return /^(Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED)/m.test(text)
  const bytes = Buffer.from(body, 'base64')
  const magic = 'openssh-key-v1\0'.length
  if (bytes.length < magic + 4) return false
  const length = bytes.readUInt32BE(magic)
  return bytes.toString('latin1', magic + 4, magic + 4 + length) !== 'none'
}

/** Keys that ssh itself would try, where they exist. */
export function suggestKeys(): string[] {
  const found = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name)).filter(isFile)
  return found.length > 0 ? [`Found here: ${found.map((path) => `--key ${path}`).join(', ')}.`] : []
}

const isFile = (path: string): boolean => {
  try {
    return readFileSync(path).length > 0
  } catch {
    return false
  }
}
