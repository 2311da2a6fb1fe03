import ssh2, { type AnyAuthMethod } from 'ssh2'
import { SshError } from './error.ts'
import { fromPkcs8, isPkcs8 } from './pkcs8.ts'
import type { ResolvedLogin } from './types.ts'

/** Turns a log-in into what ssh2 offers the host, in order. A key that cannot be used is told before anything is dialled. */
export function authMethodsOf(host: string, login: ResolvedLogin): AnyAuthMethod[] {
  const { user: username, secret } = login
  switch (secret.method) {
    case 'key':
      return [{ type: 'publickey', username, key: parseKey(host, secret.privateKey, secret.passphrase) }]
    case 'agent':
      return [{ type: 'agent', username, agent: secret.socket }]
    case 'password':
      // Many hosts take a password only by keyboard-interactive, where PAM asks for it.
      return [
        { type: 'password', username, password: secret.password },
        {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => secret.password)),
        },
      ]
    default:
      return secret satisfies never
  }
}

export function parseKey(host: string, key: string | Buffer, passphrase: string | undefined) {
  const parsed = parsePrivate(key, passphrase)
  if (parsed instanceof Error) throw keyError(host, parsed, passphrase !== undefined)
  const first = Array.isArray(parsed) ? parsed[0] : parsed
  if (!first?.isPrivateKey()) {
    throw new SshError({ type: 'key_not_found', host, because: 'the key is a public one; its private half is needed' })
  }
  return first
}

function parsePrivate(key: string | Buffer, passphrase: string | undefined) {
  if (!isPkcs8(key)) return ssh2.utils.parseKey(key, passphrase)
  try {
    return ssh2.utils.parseKey(fromPkcs8(key, passphrase))
  } catch (error) {
    // As ssh2 tells it: an Error in the place of a key.
    return error instanceof Error ? error : new Error(String(error))
  }
}

function keyError(host: string, cause: Error, hasPassphrase: boolean): SshError {
  if (/encrypted|passphrase|bad decrypt|integrity check|interrupted or cancelled/i.test(cause.message)) {
    const because = hasPassphrase ? 'the passphrase does not open the private key' : 'the private key is encrypted'
    return new SshError({ type: 'passphrase_required', host, because, cause })
  }
  const because = `the private key cannot be read: ${cause.message}`
  return new SshError({ type: 'key_not_found', host, because, cause })
}
