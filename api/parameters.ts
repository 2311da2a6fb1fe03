import { z } from '@hono/zod-openapi'
import type { Server } from '../schema/server.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './context.ts'
import { notFound } from './problem.ts'

const named = (what: string, example: string) =>
  z
    .string()
    .min(1)
    .max(253)
    .regex(/^[^\x00-\x1f\x7f]+$/, 'no control characters') // oxlint-disable-line no-control-regex -- they are what is refused
    .openapi({ description: what, example })

export const ServerParam = z.object({ server: named("A server's name or id", 'web-1') })
export const NameParam = z.object({ name: named('Its name or id', 'deploy-key') })
export const OperationParam = z.object({ id: z.uuid().openapi({ description: "An operation's id" }) })

/** A whole number in a query. Its limits are said twice, because a type that is named hides the ones that are derived. */
export const whole = (minimum: number, maximum: number, description: string) =>
  z.coerce.number().int().min(minimum).max(maximum).openapi({ type: 'integer', minimum, maximum, description })

export const Limit = whole(1, 200, 'So many at most').default(50)

/** A time in a query. PostgreSQL has no year 0 and no offset of a day; both are within what RFC 3339 allows. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((time) => new Date(time))
  .refine((time) => time.getUTCFullYear() >= 1, 'a time from year 1 on')
  .transform((time) => time.toISOString())
  .optional()

/** A page of a list: `next` is what the query parameter for the page after it takes; null on the last. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })

/** Headers of every start. */
export const StartHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces')
    .optional()
    .openapi({ description: 'Starting again with the same key and the same request answers with the first operation' }),
  prefer: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: '`wait=N` waits up to N seconds, at most 60, for the end' }),
})

export async function serverOf(deps: Deps, nameOrId: string): Promise<Server> {
  const server = await deps.store.servers.get(nameOrId)
  if (server) return server
  const close = await deps.store.servers.suggest(nameOrId)
  throw notFound(
    `There is no server "${nameOrId}".`,
    close.length > 0
      ? `Did you mean ${close.join(', ')}?`
      : '`drydock server list` and GET /v1/servers show the registered ones.',
  )
}

export async function operationOf(deps: Deps, id: string): Promise<Operation> {
  const operation = await deps.store.operations.get(id)
  if (operation) return operation
  throw notFound(`There is no operation ${id}.`, '`drydock operation list` and GET /v1/operations show them.')
}
