import { armRevert, canArmRevert, disarmRevert, type Revert } from '../commands/auto-revert.ts'
import { parseRevert, readRevert, type RevertStatus } from '../commands/revert-status.ts'
import { keepWayBack, reachedBy } from '../commands/way-back.ts'
import { digestOf } from '../guard/index.ts'
import type { Command } from '../schema/command.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { Server } from '../schema/server.ts'
import { SshError } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import { countdown } from './countdown.ts'
import type { Deps } from './deps.ts'
import { ask, execute } from './execute.ts'
import { commandFailed, lastLines, outcomeUnknown } from './failures.ts'
import { pause } from './pause.ts'
import { targetFor } from './targets.ts'

type At = {
  readonly operation: Operation
  readonly server: Server
  readonly signal: AbortSignal
  /** Whether the command itself has begun, in a try before this one. */
  readonly begun: boolean
}

/** Tells how it went on, once what may cut the way in has run. */
export type WayBack = { readonly settle: (result: OperationResult) => Promise<OperationResult> }

const pauseMs = 1_000
/** How long after its time a host may take to restore itself and be heard again. */
const graceMs = 60_000

/**
 * Saves on the host how it is reached, and lets it restore that by its own clock unless a fresh log-in gets through
 * afterwards (spec GUARD-29). A host that cannot do so is told about in the result.
 */
export async function keepAWayBack(deps: Deps, at: At): Promise<WayBack> {
  const revert: Revert = {
    operationId: at.operation.id,
    timeoutMs: deps.settings.guard.restoreAfterMs,
    save: reachedBy,
  }
  const begun = await statusOf(deps, at)
  if (begun.state === 'none') {
    const can = await askAsRoot(deps, at, canArmRevert(revert))
    if (can.exitCode !== 0) return without(lastLines(`${can.stdout}${can.stderr}`, 1))
  }
  // A worker that was away for so long: the host has restored itself before anything changed, and waits for nobody now.
  if (!at.begun && begun.state !== 'none' && begun.state !== 'armed')
    throw notRun(at, 'arm the automatic revert', 'its time was over before the command began; nothing was run.')
  await run(deps, at, 'way-back.arm', armRevert(revert))
  await run(deps, at, 'way-back.keep', keepWayBack(at.operation.id))
  return { settle: (result) => settle(deps, at, revert, result) }
}

const without = (because: string): WayBack => ({
  settle: async (result) => ({ ...result, message: `${result.message} No way back was saved: ${because}` }),
})

async function settle(deps: Deps, at: At, revert: Revert, result: OperationResult): Promise<OperationResult> {
  if (await getsThrough(deps, at, revert.timeoutMs)) {
    const disarmed = await end(deps, at, 'way-back.disarm', disarmRevert(revert))
    if (disarmed === 0) return result
  }
  const { state, restoredAt, problems } = await restored(deps, at, revert)
  if (state !== 'restored') return result
  return {
    ...result,
    state: problems === 0 ? 'rolled_back' : 'rollback_failed',
    message:
      `${result.message} No new log-in got through within ${revert.timeoutMs / 1000} s, so ${at.server.name} restored its firewall, addresses and routes at ${restoredAt}` +
      (problems === 0 ? '.' : `, with ${problems} problems: ${revertLog(revert.operationId)}`),
  }
}

const revertLog = (operationId: string): string => `see /var/lib/drydock/reverts/${operationId}/log on it.`

/** A fresh connection, not the pooled one, through the new rules. */
async function getsThrough(deps: Deps, at: At, withinMs: number): Promise<boolean> {
  const time = countdown(Date.now() + withinMs)
  const target = await targetFor(deps, at.server, 'root')
  for (;;) {
    const test = await deps.ssh.testLogin(target, { fresh: true, sudo: target.login.user !== 'root' })
    if (test.success && test.sudo !== false) return true
    if (time.leftMs() <= pauseMs) return false
    await pause(pauseMs, at.signal)
  }
}

/** Waits for the host, which is reached again once it has restored itself. */
async function restored(deps: Deps, at: At, revert: Revert): Promise<RevertStatus> {
  const time = countdown(Date.now() + revert.timeoutMs + graceMs)
  for (;;) {
    const status = await statusOf(deps, at).catch((error: unknown) => {
      if (!(error instanceof SshError)) throw error
      return null
    })
    if (status !== null && status.state !== 'armed' && status.state !== 'restoring') return status
    if (time.leftMs() < 0)
      throw outcomeUnknown(
        'Hear that the host has restored itself',
        at.server.name,
        `it has not answered for ${Math.round((revert.timeoutMs + graceMs) / 1000)} s, in which it was to restore its firewall, addresses and routes by its own clock`,
      )
    await pause(pauseMs, at.signal)
  }
}

const statusOf = async (deps: Deps, at: At): Promise<RevertStatus> =>
  parseRevert((await askAsRoot(deps, at, readRevert(at.operation.id))).stdout)

async function askAsRoot(deps: Deps, { operation, server, signal }: At, command: Command) {
  const target = await targetFor(deps, server, 'root')
  return ask(deps, { operation, server, target, command, as: 'root', signal, fresh: true })
}

/** Runs one of our own fixed texts; a run that has ended is not begun again. */
async function end(deps: Deps, at: At, stepId: string, command: Command): Promise<number> {
  const { runId, end: ended } = await execute(deps, {
    operation: at.operation,
    server: at.server,
    stepId,
    commandIndex: 0,
    target: await targetFor(deps, at.server, 'root'),
    command,
    as: 'root',
    permission: { kind: 'auto_revert', digest: digestOf(command) },
    signal: at.signal,
  })
  await deps.store.runs.finish(runId, ended)
  return ended.kind === 'exited' ? ended.exitCode : 1
}

async function run(deps: Deps, at: At, stepId: string, command: Command): Promise<void> {
  if ((await end(deps, at, stepId, command)) !== 0) throw notRun(at, command.shown, 'nothing else was run.')
}

const notRun = ({ server }: At, title: string, because: string) =>
  commandFailed({ title, server: server.name, type: 'unknown', because, tail: '' })
