import { Context } from '@temporalio/activity'
import { restoreNow } from '../commands/auto-revert.ts'
import { parseRevert, readRevert, type RevertStatus } from '../commands/revert-status.ts'
import { armStep } from '../schema/plan.ts'
import type { ErrorType } from '../schema/problem.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import { SshError, type Target } from '../ssh/index.ts'
import { countdown, isWorthAnother } from './countdown.ts'
import type { Deps } from './deps.ts'
import { ask, execute } from './execute.ts'
import { asFailure, commandFailed, outcomeUnknown } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadServer } from './operations.ts'
import { pause } from './pause.ts'
import { situate } from './step-at-work.ts'
import { targetFor } from './targets.ts'

/** What a workflow is told of an automatic revert: times as ISO, nothing large. */
export type RevertNews = {
  readonly state: RevertStatus['state']
  readonly restoresAt: string
  readonly restoredAt: string | null
  readonly problems: number
  readonly log: string
}

type Work = { operationId: string; server: ServerRef }

const pauseMs = 2_000
/** How long an old connection may take to answer when new ones do not get through. */
const oldConnectionMs = 8_000

export const autoRevertActivities = (deps: Deps) => ({
  /** What has become of an operation's automatic revert. */
  async readAutoRevert({ operationId, server: ref }: Work): Promise<RevertNews> {
    return withHeartbeat(async (signal) => {
      const server = await loadServer(deps, ref)
      try {
        return newsOf(await askHost(deps, { operationId, server, signal }))
      } catch (error) {
        throw asFailure(error, { server, doing: 'Asking what became of the automatic revert' })
      }
    })
  },

  /**
   * A fresh log-in, not the pooled one, through the new rules, that uses sudo. As long as the host can be reached
   * neither by a new connection nor by the old one, it is tried again until the host restores itself.
   */
  async proveAccess({ operationId, server: ref, until }: Work & { until: string }): Promise<void> {
    return withHeartbeat(async (signal) => {
      const server = await loadServer(deps, ref)
      const time = countdown(until)
      for (let inVain = 0; ; ) {
        const test = await deps.ssh.testLogin(await targetFor(deps, server, 'app', throughApp), {
          fresh: true,
          sudo: true,
        })
        if (test.success && test.sudo === true) return
        const because = test.sudo === false ? `sudo refused: ${test.message ?? ''}` : (test.message ?? 'it failed')
        const refused = () => notProved(server, test.errorType, because)
        if (!isOfTheWay(test.errorType)) throw refused()
        const old = await answerOnOld(deps, { operationId, server, signal })
        inVain = old === 'armed' ? inVain + 1 : 0
        if (!isWorthAnother({ old, inVain, leftMs: time.leftMs() })) throw refused()
        await pause(pauseMs, signal)
      }
    })
  },

  /** Lets the host restore itself before its time. */
  async restoreNow({ operationId, planId }: Work & { planId: string }): Promise<void> {
    return withHeartbeat(async (signal) => {
      const at = await situate(deps, { operationId, planId, stepId: armStep }, signal)
      const command = restoreNow(operationId)
      const run = { ...at, stepId: 'auto-revert.restore', commandIndex: 0, command, as: 'root' as const }
      const { runId, end } = await execute(deps, { ...run, permission: { kind: 'harmless' } })
      await deps.store.runs.finish(runId, end)
    })
  },

  /** Waits until the host has restored itself, or an answer says that it need not. */
  async awaitRestoration({ operationId, server: ref, until }: Work & { until: string }): Promise<RevertNews> {
    return withHeartbeat(async (signal) => {
      const server = await loadServer(deps, ref)
      const { scheduledTimestampMs } = Context.current().info
      const time = countdown(until)
      const patience = countdown(
        Math.max(Date.parse(until) + graceMs, scheduledTimestampMs + deps.settings.ssh.outOfReachMs),
      )
      for (;;) {
        try {
          const status = await askHost(deps, { operationId, server, signal })
          if (status.state !== 'armed' && status.state !== 'restoring') return newsOf(status)
          if (status.remainingMs < -patientMs) throw stuck(server, status)
          await pause(Math.min(pauseMs, Math.max(200, status.remainingMs)), signal)
        } catch (error) {
          if (!(error instanceof SshError)) throw error
          if (patience.leftMs() < 0) throw outOfReach(server, until, error)
          await pause(untilNextKnock(error, time.leftMs()), signal)
        }
      }
    })
  },
})

/** How long after its time a host may take to restore itself. */
const graceMs = 30_000
const patientMs = 600_000

/** From the first step on that may cut access, nothing depends on root's log-in: it is what will be refused. */
export const throughApp = { appExists: true, throughApp: true } as const

type At = { operationId: string; server: Server; signal: AbortSignal }

/** By the application user's sudo; where that is refused and root's log-in is not yet, or is back again, by root. */
async function askHost(deps: Deps, at: At): Promise<RevertStatus> {
  try {
    return await askBy(deps, at, await targetFor(deps, at.server, 'root', throughApp))
  } catch (error) {
    const isRefused = error instanceof SshError && !isOfTheWay(error.type)
    if (!isRefused || at.server.securityLocked) throw error
    return askBy(deps, at, await targetFor(deps, at.server, 'root'))
  }
}

async function askBy(deps: Deps, { operationId, server, signal }: At, target: Target): Promise<RevertStatus> {
  const command = readRevert(operationId)
  const { stdout } = await ask(deps, { operation: null, server, target, command, as: 'root', signal, fresh: true })
  return parseRevert(stdout)
}

const newsOf = ({ state, remainingMs, restoredAt, problems, log }: RevertStatus): RevertNews => ({
  state,
  restoresAt: new Date(Date.now() + remainingMs).toISOString(),
  restoredAt,
  problems,
  log: log.slice(-2_000),
})

async function answerOnOld(deps: Deps, at: At): Promise<'armed' | 'over' | 'silent'> {
  const limit = AbortSignal.any([at.signal, AbortSignal.timeout(oldConnectionMs)])
  const answer = askHost(deps, { ...at, signal: limit }).then(
    ({ state }) => (state === 'armed' ? ('armed' as const) : ('over' as const)),
    () => 'silent' as const,
  )
  return Promise.race([answer, pause(oldConnectionMs, at.signal).then(() => 'silent' as const)])
}

const ofTheWay: ReadonlySet<ErrorType> = new Set([
  'connection_refused',
  'connection_timeout',
  'connection_lost',
  'host_unreachable',
  'dns_resolution_failed',
  'temporary_failure',
])
const isOfTheWay = (type: ErrorType | null): boolean => type !== null && ofTheWay.has(type)

const notProved = (server: Server, type: ErrorType | null, because: string) =>
  commandFailed({
    title: `Log in anew as ${server.app.user} and use sudo`,
    server: server.name,
    type: type ?? 'permission_denied',
    because: because.endsWith('.') ? because : `${because}.`,
    tail: '',
  })

/** sshd makes whoever fails to log in again and again wait longer and longer (PerSourcePenalties): then once, later. */
function untilNextKnock(error: SshError, leftMs: number): number {
  if (isOfTheWay(error.type)) return pauseMs
  return Math.max(pauseMs, Math.min(15_000, leftMs + pauseMs))
}

const outOfReach = (server: Server, until: string, error: SshError) =>
  outcomeUnknown(
    'Bring back the state from before',
    server.name,
    `${error.because}. An automatic revert was armed, by which the host restores itself at ${until}; whether it has, nobody has seen.`,
  )

const stuck = (server: Server, { state, log }: RevertStatus) =>
  outcomeUnknown(
    'Bring back the state from before',
    server.name,
    `its automatic revert is ${state} and was due long ago. ${log.split('\n').at(-1) ?? ''}`,
  )
