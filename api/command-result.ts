import { CommandResult } from '../schema/operation.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './context.ts'
import { present } from './present.ts'

/** What an answer carries of each stream; the whole is at `/output`. */
const shownBytes = 65_536

/** How the one command of an operation ended, with the beginning of what it wrote; undefined where it never ran. */
export async function commandResultOf(deps: Deps, operation: Operation) {
  const last = await deps.store.outputs.newest(operation.id, shownBytes)
  const end = last?.run.end
  if (!end || end.kind === 'unknown') return undefined
  return present(CommandResult, {
    command: last.run.shown,
    exitCode: end.kind === 'exited' ? end.exitCode : null,
    signal: end.kind === 'killed' ? end.signal : null,
    ...last.output,
    durationMs: end.durationMs,
    timedOut: end.timedOut,
  })
}
