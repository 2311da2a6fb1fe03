import { createHash } from 'node:crypto'
import type { ServerHostKeyAlgorithm } from 'ssh2'
import type { HostKey } from '../schema/server.ts'
import { SshError } from './error.ts'

/** Reads a raw host key blob: its type stands first in it, length-prefixed (RFC 4253, 6.6). */
export function hostKeyOf(blob: Buffer): HostKey {
  const length = blob.readUInt32BE(0)
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return {
    type: blob.toString('ascii', 4, 4 + length),
    blob: blob.toString('base64'),
    fingerprint: `SHA256:${digest}`,
  }
}

export type HostKeyVerdict = 'known' | 'learned' | 'refused'

/** Whether a presented key is one that we know, or may be learned because none is known and the policy allows it. */
export function judgeHostKey(o: {
  presented: HostKey
  known: readonly HostKey[]
  policy: 'registered_only' | 'first_contact'
}): HostKeyVerdict {
  if (o.known.some((key) => key.blob === o.presented.blob)) return 'known'
  return o.known.length === 0 && o.policy === 'first_contact' ? 'learned' : 'refused'
}

/** The refusal, with both fingerprints where there are two. */
export function hostKeyMismatch(host: string, presented: HostKey | null, known: readonly HostKey[]): SshError {
  const sent = presented ? `${presented.fingerprint} (${presented.type})` : 'no key of a registered type'
  const registered = known.map((key) => `${key.fingerprint} (${key.type})`).join(', ')
  const because =
    known.length === 0
      ? `no host key is registered, and the host presented ${sent}`
      : `the host presented ${sent}, but registered is ${registered}`
  return new SshError({ type: 'host_key_mismatch', host, because })
}

const algorithmsOf: Record<string, readonly ServerHostKeyAlgorithm[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/** The key types that hosts have, newest first: what a scan asks for one by one. */
export const hostKeyTypes = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'] as const

/** Signature algorithms to offer, so that a host shows a key of a type we know rather than another of its keys. */
export const algorithmsFor = (types: readonly string[]): ServerHostKeyAlgorithm[] => [
  ...new Set(types.flatMap((type) => algorithmsOf[type] ?? [])),
]
