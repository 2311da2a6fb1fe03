import { CommandResult } from '../schema/operation.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './context.ts'
import { present } from './present.ts'

/** What an answer carries of each stream; the whole is at `/output`. */
const shownBytes = 65_536

/** How the one command of an operation ended, with the beginning of what it wrote; undefined where it never ran. */
export async function commandResultOf(deps: Deps, operation: Operation) {
  const run = (await deps.store.runs.ofOperation(operation.id)).at(-1)
  if (!run?.end || run.end.kind === 'unknown') return undefined
  const output = await deps.store.outputs.result(run.id, shownBytes)
  return present(CommandResult, {
    command: run.shown,
    exitCode: run.end.kind === 'exited' ? run.end.exitCode : null,
    signal: run.end.kind === 'killed' ? run.end.signal : null,
    ...output,
    durationMs: run.end.durationMs,
    timedOut: run.end.timedOut,
  })
}
