import { readJournal } from '../commands/journal.ts'
import type { JournalRequest } from '../schema/journal.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { RunEnd } from '../schema/run.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import { wholeUnitName } from '../schema/unit.ts'
import type { Deps } from './deps.ts'
import { execute, timeoutOf } from './execute.ts'
import { asFailure, detached, lastLines } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadAtWork } from './operations.ts'
import { mustBeAskedFor } from './recorded.ts'
import { underWay } from './runs.ts'
import { targetFor } from './targets.ts'

export type JournalWork = { operationId: string; server: ServerRef; settings: JournalRequest }

export const journalActivities = (deps: Deps) => ({
  /**
   * Reads or follows the journal of a unit into the operation's output. It is a run of its own on the host, so that no
   * line is lost or told twice where the worker or the connection goes away; no line of it is in a history.
   */
  async readJournal(work: JournalWork): Promise<OperationResult> {
    return withHeartbeat(async (signal) => {
      const { operation, server } = await loadAtWork(deps, work.operationId, work.server)
      mustBeAskedFor(operation, work, 'journal')
      await deps.store.operations.setState(operation.id, { state: 'running' })
      const { service, ...settings } = work.settings
      const unit = wholeUnitName(service)
      const command = readJournal({ unit, scope: settings.scope }, settings)
      const as = settings.scope === 'user' ? 'app' : 'root'
      const place = { operation, server, stepId: 'journal', commandIndex: 0 }
      try {
        const target = await targetFor(deps, server, as)
        const { runId, end } = await execute(deps, {
          ...place,
          target,
          command,
          as,
          permission: { kind: 'harmless' },
          signal,
        })
        await deps.store.runs.finish(runId, end)
        return resultOf(server, unit, end, (await deps.store.outputs.result(runId, 4_096)).stderr)
      } catch (error) {
        if (signal.aborted) throw detached()
        const begun = await underWay(deps, {
          operationId: operation.id,
          stepId: place.stepId,
          timeoutMs: timeoutOf(command),
        })
        throw asFailure(error, { server, doing: `Reading the journal of ${unit}` }, begun)
      }
    })
  },
})

function resultOf(server: Server, unit: string, end: RunEnd, stderr: string): OperationResult {
  const of = `the journal of ${unit} on ${server.name}`
  switch (end.kind) {
    case 'unknown':
      return { state: 'unknown', message: `Nobody can tell whether ${of} was read to its end: ${end.because}` }
    case 'killed':
      return { state: 'failed', message: `Reading ${of} was ended by signal ${end.signal}.` }
    case 'exited':
      return end.exitCode === 0
        ? { state: 'succeeded', message: `Read ${of}.`, exitCode: 0 }
        : {
            state: 'failed',
            message: `Reading ${of} ended with status ${end.exitCode}. ${lastLines(stderr, 3)}`.trim(),
            exitCode: end.exitCode,
          }
    default:
      return end satisfies never
  }
}
