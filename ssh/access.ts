import type { RunAs } from '../schema/command.ts'
import { SshError } from './error.ts'
import { reachOf } from './identity.ts'
import type { Member } from './member.ts'
import { type HostProbe, probe } from './probe.ts'
import type { Reach } from './session.ts'
import type { Target } from './types.ts'

/** The way from a target's log-in to the identity a command needs. */
export function reachFor(target: Target, as: RunAs): Reach {
  const kind = reachOf(target, as)
  const password = target.login.sudoPassword
  return kind === 'sudo_password' && password !== undefined
    ? { kind, password }
    : { kind: kind === 'direct' ? kind : 'sudo' }
}

/** A lent connection, and the target as this caller has it: another caller's may name another sudo password. */
export type On = { readonly member: Member; readonly target: Target }

/** Asks once a connection and identity; a failed question is asked again. */
export function probeOnce({ member, target }: On, reach: Reach, openTimeoutMs: number): Promise<HostProbe> {
  const known = member.probes.get(reach.kind)
  if (known) return known
  const { link } = member
  const asked = probe(link, { host: target.name, login: target.login.user, reach, openTimeoutMs, timeoutMs: 30_000 })
  member.probes.set(reach.kind, asked)
  asked.catch(() => member.probes.delete(reach.kind))
  return asked
}

/** Refuses where a durable run could not do what it promises. */
export function assertCanRunDurably(host: string, found: HostProbe, needsSecrets: boolean): 'direct' | 'unit' {
  const refuse = (type: 'command_not_found' | 'permission_denied', because: string) =>
    new SshError({ type, host, because })
  if (found.missing !== '')
    throw refuse('command_not_found', `it lacks ${found.missing.slice(1).replaceAll(',', ', ')}`)
  if (found.uid !== 0 && found.home === '') throw refuse('permission_denied', 'the log-in has no home directory')
  if (!/^[A-Za-z0-9._@%+/-]+$/.test(found.root)) {
    throw refuse(
      'permission_denied',
      `the home directory of the log-in has a name that no run can live under: ${found.home}`,
    )
  }
  if (needsSecrets && found.shm === '') {
    throw refuse(
      'permission_denied',
      'it has no file system in memory that the log-in may write to, so secrets cannot be passed',
    )
  }
  if (found.mode === 'none') {
    const because =
      'logind is set to KillUserProcesses=yes, which would end a run together with its connection; run as root, or exclude this user by KillExcludeUsers='
    throw refuse('permission_denied', because)
  }
  return found.mode
}
