import ssh2 from 'ssh2'
import { parseKey } from './credentials.ts'
import { SshError } from './error.ts'
import type { ResolvedLogin } from './types.ts'

/** The public halves of the keys that a log-in offers, as lines of authorized_keys; none for a password. */
export async function publicKeysOf(host: string, { user, secret }: ResolvedLogin): Promise<string[]> {
  switch (secret.method) {
    case 'key':
      return [lineOf(parseKey(host, secret.privateKey, secret.passphrase), user)]
    case 'agent':
      return (await identities(host, secret.socket)).map((key) => lineOf(key, user))
    case 'password':
      return []
    default:
      return secret satisfies never
  }
}

const lineOf = (key: ssh2.ParsedKey, user: string): string =>
  `${key.type} ${key.getPublicSSH().toString('base64')} ${/^[\x21-\x7e ]+$/.test(key.comment) ? key.comment : user}`

function identities(host: string, socket: string): Promise<ssh2.ParsedKey[]> {
  return new Promise((resolve, reject) => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => {
      if (error)
        reject(new SshError({ type: 'key_not_found', host, because: 'the agent does not answer', cause: error }))
      else
        resolve((keys ?? []).filter((key): key is ssh2.ParsedKey => typeof key === 'object' && 'getPublicSSH' in key))
    })
  })
}
