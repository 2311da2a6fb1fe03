import {
  failed,
  passed,
  prerequisitesInRecord,
  type Prerequisite,
  type PrerequisiteKind,
  type Prerequisites,
} from '../schema/prerequisites.ts'
import type { Server } from '../schema/server.ts'
import { deploymentFindings, deploymentWarnings, type Finding } from './deployment-findings.ts'
import type { DeploymentSituation } from './deployment-wish.ts'

/** What was seen of a server for a deployment. */
export type Seen = {
  readonly application: string
  readonly server: Pick<
    Server,
    'id' | 'name' | 'setupComplete' | 'securityLocked' | 'maintenance' | 'maintenanceReason'
  >
  /** The operation that brings the same application there now. */
  readonly running: { readonly id: string; readonly title: string } | null
  /** A fresh log-in, null where none was tried; `next` is what may help where it fails. */
  readonly login: {
    readonly works: boolean
    readonly hasSudo: boolean
    readonly because: string
    readonly next: string
  } | null
  readonly busy: readonly string[]
  /** Null where the host could not be looked at. */
  readonly situation: DeploymentSituation | null
  readonly at: string
}

/** Says of everything that a deployment needs whether it is there; what fails is an issue, and without one it is valid. */
export function prerequisitesOf(seen: Seen): Prerequisites {
  const checks = [...prerequisitesInRecord(seen.server), alone(seen), ...ofLogin(seen), ...ofHost(seen)]
  const holds = (...kinds: PrerequisiteKind[]): boolean | null => {
    const results = checks.filter(({ kind }) => kinds.includes(kind)).map(({ result }) => result)
    return results.includes('failed') ? false : results.includes('unknown') ? null : true
  }
  const told = (which: Prerequisite['result']) =>
    checks.filter(({ result }) => result === which).map(({ because, next }) => [because, next ?? ''].join(' ').trim())
  const { id, name } = seen.server
  return {
    application: seen.application,
    server: { id, name },
    valid: checks.every(({ result }) => result === 'passed' || result === 'warning'),
    serverReady: holds('setup', 'maintenance', 'standstill', 'deployment'),
    connectionHealthy: holds('connection'),
    storageAvailable: holds('storage'),
    servicesRunning: holds('services'),
    permissionsValid: holds('permissions'),
    issues: [...told('failed'), ...told('unknown')],
    warnings: told('warning'),
    checks,
    running: seen.running?.id ?? null,
    at: seen.at,
  }
}

const alone = ({ running, application }: Seen): Prerequisite =>
  running === null
    ? passed('deployment', `Nothing else brings ${application} there.`)
    : failed(
        'deployment',
        `"${running.title}" is running (operation ${running.id}).`,
        `Wait for its end: \`drydock operation follow ${running.id}\`.`,
      )

function ofLogin({ login, server }: Seen): Prerequisite[] {
  if (login === null) return [unknown('connection', server.name), unknown('permissions', server.name)]
  const { works, hasSudo, because, next } = login
  if (!works) return [failed('connection', because, next), unknown('permissions', server.name)]
  return [
    passed('connection', 'A fresh log-in works.'),
    hasSudo ? passed('permissions', 'The log-in can become root.') : failed('permissions', because, next),
  ]
}

const unknown = (kind: PrerequisiteKind, server: string): Prerequisite => ({
  kind,
  result: 'unknown',
  because: `${words[kind] ?? kind}: ${server} could not be looked at.`,
  next: 'Mend what is named before.',
})

const words: Partial<Record<PrerequisiteKind, string>> = {
  connection: 'The connection',
  permissions: 'Its rights',
  standstill: 'What it is in the middle of',
  storage: 'The room',
  place: 'The place of the releases',
  tools: 'The programs',
  services: 'The services',
}

const onHost = ['storage', 'place', 'tools', 'services'] as const
const asItShould: Record<(typeof onHost)[number], string> = {
  storage: 'There is room.',
  place: 'The place of the releases is as it should be.',
  tools: 'Every program that is needed is there.',
  services: 'Every unit that is needed is there.',
}

function ofHost({ situation, busy, server }: Seen): Prerequisite[] {
  if (situation === null) return (['standstill', ...onHost] as const).map((kind) => unknown(kind, server.name))
  const findings = deploymentFindings(situation)
  return [
    ...(busy.length === 0
      ? [passed('standstill', 'It is in the middle of nothing that must not be disturbed.')]
      : busy.map((one) => failed('standstill', one, 'Start once that is over.'))),
    ...onHost.flatMap((kind) => found(kind, findings)),
    ...deploymentWarnings(situation).map(
      ({ about: kind, because }): Prerequisite => ({ kind, result: 'warning', because, next: null }),
    ),
  ]
}

function found(kind: (typeof onHost)[number], findings: readonly Finding[]): Prerequisite[] {
  const own = findings.filter(({ about }) => about === kind)
  return own.length === 0 ? [passed(kind, asItShould[kind])] : own.map((one) => failed(kind, one.because, one.next))
}
