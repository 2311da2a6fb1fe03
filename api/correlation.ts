import { createMiddleware } from 'hono/factory'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { CorrelationId } from '../schema/identity.ts'
import type { Env } from './context.ts'

/** Takes the caller's correlation id or makes one, answers with it, and binds it to the request's log lines (spec LOG-2). */
export const correlation = (log: Logger) =>
  createMiddleware<Env>(async function correlate(c, next) {
    const given = CorrelationId.safeParse(c.req.header('x-correlation-id'))
    const id = given.success ? given.data : uuidv7()
    c.set('correlationId', id)
    c.set('startedAt', performance.now())
    c.set('audit', {})
    c.set('log', log.child({ correlation_id: id }))
    c.header('x-correlation-id', id)
    await next()
  })
