import type { z } from '@hono/zod-openapi'
import type { Deps, Request } from './context.ts'
import { commandResultOf } from './command-result.ts'
import { presentOperation, type Started } from './operation-view.ts'
import type { StartAnswer } from './start-operation.ts'

/** The answer of every start: 202 and where to look, or 200 with the end. */
export async function answerStart(
  deps: Deps,
  c: Request,
  { operation, ended }: StartAnswer,
  blocked?: Record<string, unknown>,
) {
  const command =
    ended && (operation.kind === 'command' || operation.kind === 'journal')
      ? await commandResultOf(deps, operation)
      : undefined
  const body: z.infer<typeof Started> = {
    operation: presentOperation(deps.settings, operation),
    ...(blocked ? { blocked } : {}),
    ...(command ? { command } : {}),
  }
  c.header('location', `/v1/operations/${operation.id}`)
  return ended ? c.json(body, 200) : c.json(body, 202)
}
