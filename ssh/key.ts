import { createHash } from 'node:crypto'
import type { ResolvedLogin, Target } from './types.ts'

/** What a pooled connection is found by: server, address and identity. A changed credential is another identity. */
export function poolKey(target: Target): string {
  const jump = target.jump
    ? `${addressOf(target.jump)}:${identityOf(target.jump.login)}:${target.jump.hostKey?.fingerprint ?? ''}`
    : 'direct'
  return [target.serverId, addressOf(target), identityOf(target.login), jump, keysOf(target)].join(' ')
}

const addressOf = (at: { hostname: string; port: number }): string => `${at.hostname}:${at.port}`

const identityOf = ({ user, secret }: ResolvedLogin): string =>
  `${user}:${secret.method}:${digest(JSON.stringify(secret))}`

const keysOf = (target: Target): string => digest(target.hostKeys.map((key) => key.fingerprint).join(','))

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 12)
