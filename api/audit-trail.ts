import { z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import { Interface } from '../schema/identity.ts'
import type { AuditFilters, AuditRecord } from '../store/index.ts'
import type { Api, Deps } from './context.ts'
import { Limit, moment, page, whole } from './parameters.ts'
import { outside, present } from './present.ts'
import { json, route } from './route.ts'

const Record = z.object({
  id: z.number(),
  at: z.string(),
  action: z.string(),
  serverId: z.string().nullable(),
  server: z.string().nullable(),
  operationId: z.string().nullable(),
  actor: z.string(),
  actorKind: z.enum(['person', 'agent', 'system']),
  interface: Interface,
  address: z.string().nullable(),
  success: z.boolean().nullable(),
  error: z.string().nullable(),
  correlationId: z.string().nullable(),
  workflowId: z.string().nullable(),
  durationMs: z.number().nullable(),
  security: z.boolean(),
  parameters: z.record(z.string(), z.unknown()),
})

const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional()
const text = z
  .string()
  .max(253)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'no control characters') // oxlint-disable-line no-control-regex -- they are what is refused
  .optional()

const Filters = z.object({
  server: text,
  operation_id: z.uuid().optional(),
  action: text,
  actor: text,
  interface: Interface.optional(),
  security: flag,
  success: flag,
  from: moment,
  to: moment,
})

const list = route({
  method: 'get',
  path: '/v1/audit-trail',
  role: 'admin',
  tags: ['administration'],
  summary: 'Who did what, newest first',
  request: {
    query: Filters.extend({
      limit: Limit,
      before: whole(1, Number.MAX_SAFE_INTEGER, '`next` of the page before').optional(),
    }),
  },
  responses: { 200: json(page(outside(Record, 'AuditRecord')).openapi('AuditPage'), 'A page of records') },
})

const exported = route({
  method: 'get',
  path: '/v1/audit-trail/export',
  role: 'admin',
  tags: ['administration'],
  summary: 'Download the audit trail, oldest first, as JSON lines or CSV',
  request: { query: Filters.extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') }) },
  responses: {
    200: {
      description: 'The records',
      content: { 'application/jsonl': { schema: z.string() }, 'text/csv': { schema: z.string() } },
    },
  },
})

/** The audit trail (spec TRAIL-1 to TRAIL-3). */
export function auditTrail(app: Api, deps: Deps): void {
  app.openapi(list, async (c) => {
    const { limit, before, ...filters } = c.req.valid('query')
    const found = await deps.store.audit.list({ filters: filtersOf(filters), limit: limit + 1, before })
    const items = found.slice(0, limit).map((record) => present(Record, record))
    return c.json({ items, next: found.length > limit ? String(items.at(-1)?.id) : null }, 200)
  })

  app.openapi(exported, (c) => {
    const { format, ...filters } = c.req.valid('query')
    const isCsv = format === 'csv'
    c.header('content-type', isCsv ? 'text/csv; charset=utf-8' : 'application/jsonl')
    c.header('content-disposition', `attachment; filename="audit-trail.${format}"`)
    return stream(c, async (body) => {
      if (isCsv) await body.write(`${columns.join(',')}\r\n`)
      for await (const record of deps.store.audit.export(filtersOf(filters))) {
        if (body.aborted) return
        await body.write(isCsv ? csvLine(record) : `${JSON.stringify(present(Record, record))}\n`)
      }
    })
  })
}

const filtersOf = ({ operation_id: operationId, ...filters }: z.infer<typeof Filters>): AuditFilters => ({
  ...filters,
  operationId,
})

const columns = Object.keys(Record.shape)

const csvLine = (record: AuditRecord): string => `${Object.values(Record.parse(record)).map(csvCell).join(',')}\r\n`

/** Quoted as RFC 4180 says; a leading sign is disarmed, because spreadsheets run cells that start with one. */
function csvCell(value: unknown): string {
  const plain = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
