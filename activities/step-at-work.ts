import type { Command } from '../schema/command.ts'
import type { Plan, Step } from '../schema/plan.ts'
import type { RunEnd } from '../schema/run.ts'
import type { Server } from '../schema/server.ts'
import { classifyCommandFailure, SshError, type Target } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask, timeoutOf } from './execute.ts'
import {
  asFailure,
  commandFailed,
  cutOff,
  detached,
  lastLines,
  outcomeUnknown,
  preconditionFailed,
} from './failures.ts'
import { loadAtWork } from './operations.ts'
import { underWay } from './runs.ts'
import { mayCutAccess, targetFor } from './targets.ts'

/** Which step of which plan. */
export type StepWork = { operationId: string; planId: string; stepId: string }

/** One step of a stored plan, with the server and the way there, inside one attempt. */
export type Situation = {
  operation: Operation
  plan: Plan
  step: Step
  position: number
  server: Server
  begunBefore: boolean
  target: Target
  signal: AbortSignal
  /** Until when a host that is out of reach is waited for, whatever the table of failures says. */
  patientUntil: number
}

export async function situate(deps: Deps, work: StepWork, signal: AbortSignal): Promise<Situation> {
  const plan = await deps.store.plans.get(work.planId)
  const position = plan?.steps.findIndex(({ id }) => id === work.stepId) ?? -1
  const step = plan?.steps[position]
  if (plan === null || step === undefined)
    throw preconditionFailed(`Plan ${work.planId} has no step "${work.stepId}".`, 'Start the operation anew.')
  const { operation, server, begunSteps } = await loadAtWork(deps, work.operationId, plan.target)
  return {
    operation,
    plan,
    step,
    position,
    server,
    begunBefore: begunSteps.includes(step.id),
    target: await targetFor(deps, server, step.as, { appExists: true, throughApp: mayCutAccess(plan, operation) }),
    signal,
    patientUntil: 0,
  }
}

/** Failures of the way there, told as this step's. When we were asked to let go, the run goes on without us. */
export async function attempt<T>(deps: Deps, at: Situation, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (at.signal.aborted) throw detached()
    const timeoutMs = Math.max(0, ...at.step.apply.map(timeoutOf))
    const begun = await underWay(deps, { operationId: at.operation.id, stepId: at.step.id, timeoutMs })
    throw asFailure(error, { server: at.server, doing: `"${at.step.title}"` }, begun, at.patientUntil)
  }
}

/**
 * A host that boots in the middle of a deployment would stand between two releases: the old one comes back, however far
 * the step came.
 */
const takesBackWhatWasCutOff = ({ kind }: Operation): boolean => kind === 'deployment' || kind === 'rollback'

/** Stores how a run ended; what it did not bring about is a failure, told with its last lines. */
export async function settle(deps: Deps, at: Situation, runId: string, end: RunEnd): Promise<void> {
  const { operation, step, server } = at
  if (end.kind === 'unknown') {
    const observed = step.verify ?? step.check
    // The run counts as open until the host has been looked at: as long as it boots, that is tried again.
    const seen = observed === undefined ? null : await look(deps, at, observed)
    const endsForCertain = seen?.holds !== true && takesBackWhatWasCutOff(operation)
    if (endsForCertain) await attempt(deps, at, () => deps.ssh.kill(at.target, { runId, as: step.as }))
    await deps.store.runs.finish(runId, end)
    if (seen?.holds === true) return
    const because = [end.because, seen?.because ?? ''].join('. ').replace(/[. ]*$/, '.')
    throw endsForCertain ? cutOff(step.title, server.name, because) : outcomeUnknown(step.title, server.name, because)
  }
  await deps.store.runs.finish(runId, end)
  if (end.kind === 'exited' && end.exitCode === 0) return
  const output = await deps.store.outputs.result(runId, 65_536)
  const tail = lastLines(`${output.stdout}\n${output.stderr}`)
  if (end.timedOut)
    throw commandFailed({
      title: step.title,
      server: server.name,
      type: 'command_timeout',
      because: `it was ended after ${Math.round(end.durationMs / 1000)} s.`,
      tail,
      code: 'TIMEOUT',
    })
  const how = end.kind === 'exited' ? `exit status ${end.exitCode}` : `ended by signal ${end.signal}`
  throw commandFailed({
    title: step.title,
    server: server.name,
    type: classifyCommandFailure({
      exitCode: end.kind === 'exited' ? end.exitCode : null,
      stderr: output.stderr,
      stdout: output.stdout,
    }),
    because: `${how}. ${lastLines(output.stderr, 3)}`.trim(),
    tail,
  })
}

/** `tail` is the end of all that it said. */
type Look = { readonly holds: boolean; readonly because: string; readonly tail: string }

/** Asks the host whether something holds. */
export const look = (deps: Deps, at: Situation, command: Command): Promise<Look> =>
  attempt(deps, at, async () => {
    const { operation, server, target, signal, step } = at
    const seen = await ask(deps, { operation, server, target, command, as: step.as, signal, fresh: true })
    if (seen.timedOut || seen.exitCode === null || seen.exitCode > 128) throw endedBySignal(server.name)
    const tail = lastLines(`${seen.stdout}\n${seen.stderr}`)
    return { holds: seen.exitCode === 0, because: lastLines(seen.stderr, 3), tail }
  })

/** A look that a signal ended, as when its host goes down, has not said no. */
const endedBySignal = (host: string): SshError =>
  new SshError({ type: 'temporary_failure', host, because: 'a look at it was cut off before it could answer' })
