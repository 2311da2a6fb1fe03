import { ApplicationFailure } from '@temporalio/common'
import type { NewEvent } from '../schema/event.ts'
import type { ServerRef } from '../schema/server.ts'
import type { Signal } from '../schema/signal.ts'
import { SshError } from '../ssh/index.ts'
import type { Run } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { withHeartbeat } from './heartbeat.ts'
import { targetOfRun } from './runs.ts'

type Sent = { readonly signal: Signal; readonly by: string; readonly server: ServerRef }

export const signalActivities = (deps: Deps) => ({
  /** Sends a signal to what runs of an operation, and notes what became of it: the run goes on to its own end. */
  async signalRuns({ operationId, ...sent }: Sent & { readonly operationId: string }): Promise<void> {
    const { server, signal } = sent
    const open = (await deps.store.runs.ofOperation(operationId)).filter((run) => run.end === null)
    await withHeartbeat(async () => {
      for (const run of open) {
        const event = await eventOf(deps, run, sent)
        await deps.store.events.append(operationId, { ...event, serverId: server.id, data: { run: run.id, signal } })
      }
    })
  },
})

async function eventOf(deps: Deps, run: Run, { signal, by, server }: Sent): Promise<NewEvent> {
  try {
    const { processes } = await deps.ssh.signal(await targetOfRun(deps, run), { runId: run.id, as: run.as, signal })
    return { type: 'notice', message: `${by} sent ${signal} on ${server.name}: ${whoTook(processes)}.` }
  } catch (error) {
    if (!(error instanceof SshError || error instanceof ApplicationFailure)) throw error
    const because = error instanceof SshError ? `${error.because}.` : error.message
    return { type: 'warning', message: `${signal} of ${by} did not reach ${server.name}: ${because}` }
  }
}

function whoTook(processes: number): string {
  if (processes === 0) return 'nothing of the command runs there at this moment'
  return processes === 1 ? 'one process took it' : `${processes} processes took it`
}
