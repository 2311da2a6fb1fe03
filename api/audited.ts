import { createMiddleware } from 'hono/factory'
import { actorOf, type Env } from './context.ts'

/** What the audit trail says of a route's requests. */
export type AuditWords = { readonly action: string; readonly security?: boolean }

/**
 * Leaves an audit record of every request to a changing route, also of those that failed (spec TRAIL-1). A request that
 * made an operation is recorded by the store together with the operation, and marks itself `done`.
 */
export const audited = ({ action, security = false }: AuditWords) =>
  createMiddleware<Env>(async function record(c, next) {
    await next()
    const { done, parameters, serverId, operationId } = c.get('audit')
    if (done) return
    await c.get('store').audit.record({
      action,
      actor: actorOf(c),
      success: !c.error && c.res.status < 400,
      error: c.error?.message,
      serverId,
      operationId,
      correlationId: c.get('correlationId'),
      durationMs: performance.now() - c.get('startedAt'),
      security,
      parameters: { path: c.req.path.slice(0, 200), ...parameters },
    })
  })
