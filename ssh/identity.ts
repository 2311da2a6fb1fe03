import type { RunAs } from '../schema/command.ts'
import { SshError } from './error.ts'
import type { Target } from './types.ts'

/** Which of a server's two log-ins to use, and whether sudo takes it the rest of the way (spec SSH-3). */
export function chooseIdentity(o: {
  locked: boolean
  /** Whether the application user exists yet. */
  setupComplete: boolean
  as: RunAs
}): { login: 'root' | 'app'; sudo: boolean } {
  if (o.locked) return { login: 'app', sudo: o.as === 'root' }
  if (o.as === 'app' && o.setupComplete) return { login: 'app', sudo: false }
  return { login: 'root', sudo: false }
}

/** A locked server is contacted by nobody but the application user, and by key or agent. */
export function assertMayContact(target: Target): void {
  if (!target.locked) return
  const refuse = (because: string) => new SshError({ type: 'permission_denied', host: target.name, because })
  if (target.login.user === 'root') throw refuse('the server is locked: only the application user may log in')
  if (target.login.secret.method === 'password') throw refuse('the server is locked: a password may not be used')
}

/** How a command reaches the identity it needs from the log-in. */
export const reachOf = (target: Target, as: RunAs): 'direct' | 'sudo' | 'sudo_password' => {
  if (as === 'app' || target.login.user === 'root') return 'direct'
  return target.login.sudoPassword === undefined ? 'sudo' : 'sudo_password'
}
