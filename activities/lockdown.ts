import { canArmRevert } from '../commands/auto-revert.ts'
import { parseFacts, readFacts } from '../commands/facts.ts'
import { inspectForLockdown, parseLockdownFacts } from '../commands/lockdown-facts.ts'
import { parseRevert, readRevert } from '../commands/revert-status.ts'
import { underAutoRevert } from '../plans/auto-revert.ts'
import { planLockdown } from '../plans/lockdown.ts'
import { lockdownQuestions } from '../plans/lockdown-wish.ts'
import { planLockdownRevert } from '../plans/revert-lockdown.ts'
import { needlessStates } from '../plans/saved-states.ts'
import type { Command } from '../schema/command.ts'
import type { LockdownRevertSettings, LockdownSettings } from '../schema/lockdown.ts'
import type { Plan, PlanDraft } from '../schema/plan.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import { type ExecResult, SshError } from '../ssh/index.ts'
import type { Deps } from './deps.ts'
import { throughApp } from './auto-revert.ts'
import { ask } from './execute.ts'
import { asFailure, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin, loadOperation, loadServer } from './operations.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'
import { targetFor } from './targets.ts'

type Work<Settings> = {
  operationId: string
  server: ServerRef
  settings: Settings
  /** Whatever a lockdown has done before its end was taken back, or holds still: it is planned again. */
  resumes?: string
  previous?: { id: string; hash: string }
}

/** Asks as root, by the application user's log-in and sudo: the way that is left afterwards. */
type Ask = (command: Command) => Promise<ExecResult>

export const lockdownActivities = (deps: Deps) => ({
  /** Before anything is changed: the application user logs in by key, anew, and may use sudo (spec LOCK-4). */
  async proveKeyLogin({ server: ref }: { operationId: string; server: ServerRef }): Promise<void> {
    return withHeartbeat(async () => {
      const server = await loadServer(deps, ref)
      const { user, authentication } = server.app
      const refuse = (because: string, next: string) => refusedBeforeChange(server.name, because, next)
      if (!server.setupComplete) throw refuse('it is not set up.', `Run drydock setup ${server.name} first.`)
      if (user === 'root')
        throw refuse('its application user is root, who would be locked out.', 'Register another application user.')
      if (authentication.method === 'password')
        throw refuse(`${user} logs in by password, which would be refused.`, 'Register a key for the application user.')
      const test = await deps.ssh.testLogin(await targetFor(deps, server, 'app', throughApp), {
        fresh: true,
        sudo: true,
      })
      if (test.success && test.sudo === true) return
      const because = test.message ?? 'it failed'
      if (test.sudo === false)
        throw refuse(`${user} logs in, but cannot use sudo: ${because}.`, `Run drydock setup ${server.name} again.`)
      const error = new SshError({ type: test.errorType ?? 'unknown', host: server.name, because })
      if (test.errorType === 'authentication_failed')
        throw refuse(
          `${user} cannot log in by the registered key: ${because}.`,
          `Run drydock server test ${server.name}.`,
        )
      throw asFailure(error, { server, doing: `Logging in as ${user}` })
    })
  },

  /** Facts, then the pure plan with its automatic revert, stored. Refused where the host could not restore itself. */
  async planLockdown(work: Work<LockdownSettings>): Promise<PlannedWork> {
    const { server } = await begin(deps, work, 'lockdown')
    const plan = await onHost(deps, work, server, async (askHost) => {
      const facts = parseFacts((await askHost(readFacts())).stdout)
      const onward = await deps.store.servers.reachedThrough(server)
      const request = { facts, server, settings: work.settings, onward }
      const questions = lockdownQuestions(request)
      const inspected = parseLockdownFacts((await askHost(inspectForLockdown(questions))).stdout, questions)
      const draft = planLockdown({ ...request, inspected, operationId: work.operationId })
      if (draft.kind === 'impossible')
        throw refusedBeforeChange(
          server.name,
          draft.problems.join(' '),
          'Mend what is named, then start again.',
          facts.os.family === 'unsupported' ? 'UNSUPPORTED_SYSTEM' : undefined,
        )
      return guarded(deps, askHost, server, work.operationId, { ...draft.plan, cuts: draft.cuts })
    })
    return storePlan(deps, { plan, server, previous: work.previous })
  },

  /** Takes back every lockdown since the server was last open, from what each has saved (spec LOCK-11). */
  async planLockdownRevert(work: Work<LockdownRevertSettings>): Promise<PlannedWork> {
    const { server } = await begin(deps, work, 'lockdown_revert')
    const lockdowns = await lockdownsInForce(deps, server)
    if (lockdowns.length === 0)
      throw refusedBeforeChange(
        server.name,
        'no lockdown is known of it that could be taken back.',
        'Unlock it by hand.',
      )
    const request = { operationId: work.operationId, timeoutMs: work.settings.revertAfterMs }
    const plan = await onHost(deps, work, server, (askHost) =>
      guarded(deps, askHost, server, work.operationId, planLockdownRevert(lockdowns, request)),
    )
    return storePlan(deps, { plan, server, previous: work.previous })
  },

  /** The flag that says so, set by the lockdown workflow alone (spec INV-2, LOCK-10); nobody's root connection stays open. */
  async markLocked({ server }: { operationId: string; server: ServerRef }): Promise<void> {
    const { app } = await loadServer(deps, server)
    await deps.store.servers.setFlags(server.id, { securityLocked: true })
    deps.ssh.evict(server.id, { except: app.user })
  },

  async markUnlocked({ server }: { operationId: string; server: ServerRef }): Promise<void> {
    await deps.store.servers.setFlags(server.id, { securityLocked: false })
  },
})

/** Looks at a host for a plan, by the application user's log-in and sudo. */
export async function onHost(
  deps: Deps,
  { operationId }: Work<object>,
  server: Server,
  look: (askHost: Ask) => Promise<Plan>,
): Promise<Plan> {
  return withHeartbeat(async (signal) => {
    try {
      const operation = await loadOperation(deps, operationId)
      const target = await targetFor(deps, server, 'root', throughApp)
      return await look((command) => ask(deps, { operation, server, target, command, as: 'root', signal, fresh: true }))
    } catch (error) {
      throw asFailure(error, { server, doing: 'Looking at it for the plan' })
    }
  })
}

/** The plan with its automatic revert around what may cut access; where that could not be armed, nothing is begun. */
async function guarded(deps: Deps, askHost: Ask, server: Server, operationId: string, draft: PlanDraft): Promise<Plan> {
  const { autoRevert } = underAutoRevert(draft, operationId)
  if (autoRevert === undefined) return planOf(operationId, server, underAutoRevert(draft, operationId))
  const refuse = (because: string) => refusedBeforeChange(server.name, because, 'Mend what is named, then start again.')
  const { others, left } = parseRevert((await askHost(readRevert(operationId))).stdout)
  const [other] = others
  if (other !== undefined) {
    const inSeconds = Math.max(0, Math.ceil(other.remainingMs / 1000))
    throw refuse(
      `the automatic revert of operation ${other.operationId} is armed; it restores the host in ${inSeconds} s.`,
    )
  }
  const ready = await askHost(canArmRevert({ operationId, ...autoRevert }))
  if (ready.exitCode !== 0) throw refuse(`${ready.stderr.trim()}.`)
  const drop = await needless(deps, server, left)
  const whole = drop.length === 0 ? draft : { ...draft, autoRevert: { ...autoRevert, drop } }
  return planOf(operationId, server, underAutoRevert(whole, operationId))
}

/** The most that one plan names, so that it stays short; the next one names the next. */
const mostDropped = 50

async function needless(deps: Deps, server: Server, left: readonly string[]): Promise<string[]> {
  if (left.length < 2) return []
  const [operations, lockdowns] = await Promise.all([
    Promise.all(left.slice(0, 200).map((id) => deps.store.operations.get(id))),
    lockdownsInForce(deps, server),
  ])
  const known = operations.filter((operation) => operation?.server?.id === server.id)
  return needlessStates({
    left,
    endedAt: new Map(known.flatMap((one) => (one === null ? [] : [[one.id, one.endedAt]]))),
    inForce: lockdowns.map(({ operation }) => operation),
    nowMs: Date.now(),
  }).slice(-mostDropped)
}

/** Plans of the lockdowns that changed something since the last revert, newest first. */
async function lockdownsInForce(deps: Deps, server: Server): Promise<Plan[]> {
  const list = (kind: 'lockdown' | 'lockdown_revert', limit: number) =>
    deps.store.operations.list({ server: server.id, kind, state: 'succeeded', limit })
  const [lockdowns, reverts] = await Promise.all([list('lockdown', 100), list('lockdown_revert', 1)])
  // Ids are UUIDv7: they sort by time.
  const since = lockdowns.filter(({ id }) => id > (reverts[0]?.id ?? ''))
  const plans = await Promise.all(since.map(({ id }) => deps.store.plans.ofOperation(id)))
  return plans.flatMap((plan) => (plan?.autoRevert === undefined ? [] : [plan]))
}
