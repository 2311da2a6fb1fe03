import type { Assessment } from '../schema/guard.ts'
import type { Server } from '../schema/server.ts'
import { type SealedCommand, showTyped } from '../schema/start.ts'
import type { Deps, Request } from './context.ts'
import { decisionNeeded } from './rate.ts'
import { startOperation } from './start-operation.ts'
import { answerStart } from './started.ts'

/** The session of a command, and the command as it was asked for: sent again, it is the same though the session has changed. */
type Within = { readonly session: { readonly id: string; readonly name: string }; readonly asked: string }

/** Starts the operation of a command that was rated, and says what a person must decide on first. */
export async function beginCommand(
  deps: Deps,
  c: Request,
  o: { server: Server; asked: SealedCommand; assessment: Assessment; title?: string; within?: Within },
) {
  const { server, asked, assessment, within } = o
  const shown = showTyped(asked)
  const harmless = assessment.verdict === 'allow'
  const begun = await startOperation(deps, c, {
    kind: 'command',
    server,
    title: o.title ?? `Run ${shown} on ${server.name}`,
    work: { server: { id: server.id, name: server.name }, shown, harmless, timeoutMs: asked.timeoutMs },
    input: {
      shown,
      asRoot: asked.asRoot,
      cwd: asked.cwd,
      timeoutMs: asked.timeoutMs,
      secrets: Object.keys(asked.secrets),
      ...(within === undefined ? {} : { session: within.session }),
    },
    ...within,
    sealed: JSON.stringify(asked),
    details: harmless ? undefined : assessment.summary,
    risk: assessment.risk,
  })
  const blocked = harmless ? undefined : decisionNeeded(deps, { operationId: begun.operation.id, assessment })
  return answerStart(deps, c, begun, blocked)
}
