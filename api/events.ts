import { z } from '@hono/zod-openapi'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { OperationEvent } from '../schema/event.ts'
import { EndState } from '../schema/operation.ts'
import type { Api, Deps, Request } from './context.ts'
import { type Bell, createBell } from './event-hub.ts'
import { withLiveState } from './operation-state.ts'
import { OperationParam, operationOf, serverOf, whole } from './parameters.ts'
import { present } from './present.ts'
import { invalid } from './problem.ts'
import { route } from './route.ts'

const heartbeatMs = 10_000
/** A subscriber that takes no event for this long is dropped; it comes back with Last-Event-ID (spec PROG-5). */
const patienceMs = 30_000
const pageSize = 200
/** How soon events are asked for again that wait for a transaction to end: nothing rings when it does. */
const heldBackMs = 250

const stream = {
  200: {
    description: 'Server-sent events: `id` is the number to resume from, `event` the type, `data` the event in JSON',
    content: { 'text/event-stream': { schema: z.string() } },
  },
}
const resuming = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, 'the number of an event')
    .optional()
    .openapi({ description: 'Resume after this event' }),
})

const ofOperation = route({
  method: 'get',
  path: '/v1/operations/{id}/events',
  role: 'viewer',
  tags: ['operations'],
  summary: 'Follow an operation from its first event, or from where one left off, to its end',
  request: {
    params: OperationParam,
    headers: resuming,
    query: z.object({
      after: whole(0, 2_147_483_647, 'As Last-Event-ID').optional(),
    }),
  },
  responses: stream,
})

const ofServer = route({
  method: 'get',
  path: '/v1/events',
  role: 'viewer',
  tags: ['operations'],
  summary: 'Follow the operations of all servers, or of one, from now or from where one left off',
  request: {
    headers: resuming,
    query: z.object({
      server: z.string().min(1).max(253).optional().openapi({ description: "A server's name or id" }),
    }),
  },
  responses: stream,
  problems: { 404: 'There is no such server' },
})

/** Events as server-sent events, in order and without gaps (spec PROG-1, PROG-2). */
export function events(app: Api, deps: Deps): void {
  app.openapi(ofOperation, async (c) => {
    const { id } = await operationOf(deps, c.req.valid('param').id)
    const from = Number(c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? 0)
    return serve(deps, c, { topic: id, feed: operationFeed(deps, id, from) })
  })

  app.openapi(ofServer, async (c) => {
    const { server } = c.req.valid('query')
    const serverId = server === undefined ? null : (await serverOf(deps, server)).id
    const given = c.req.valid('header')['last-event-id']
    if (given !== undefined && !Number.isSafeInteger(Number(given))) throw invalid('last-event-id', 'is too large')
    const from = given === undefined ? await deps.store.events.position() : Number(given)
    return serve(deps, c, { topic: null, feed: serverFeed(deps, serverId, from) })
  })
}

type Sent = { readonly id: number; readonly event: OperationEvent }
/** The next events, and whether to look for more of them at once: where not, nothing is to be had until the bell rings. */
type Page = { readonly events: readonly Sent[]; readonly goesOn: boolean }
/** A page, `soon` when there are events that may not be sent yet, or `end` when there will be none. */
type Feed = (inDoubt: boolean) => Promise<Page | 'soon' | 'end'>

function operationFeed(deps: Deps, operationId: string, from: number): Feed {
  let seq = from
  let begun = false
  return async (inDoubt) => {
    const found = await deps.store.events.after({ operationId, seq, limit: pageSize })
    // Who resumes may have had its end before.
    const goesOn = !begun || found.length === pageSize || found.some(isEnd)
    begun = true
    seq = found.at(-1)?.seq ?? seq
    if (found.length > 0) return pageOf(found, goesOn)
    const stored = await operationOf(deps, operationId)
    const operation = inDoubt ? await withLiveState(deps, stored) : stored
    if (operation.endedAt === null) return { events: [], goesOn: false }
    // It may have ended between the two reads: its last events come before the end.
    const last = await deps.store.events.after({ operationId, seq, limit: pageSize })
    seq = last.at(-1)?.seq ?? seq
    return last.length > 0 ? pageOf(last, true) : 'end'
  }
}

const pageOf = (found: readonly OperationEvent[], goesOn: boolean): Page => ({
  events: found.map((event) => ({ id: event.seq, event })),
  goesOn,
})

const isEnd = ({ type, data }: OperationEvent): boolean => type === 'state' && EndState.safeParse(data.state).success

function serverFeed(deps: Deps, serverId: string | null, from: number): Feed {
  let after = from
  return async () => {
    const page = await deps.store.events.afterPosition({ serverId, after, limit: pageSize })
    if (page.events.length === 0 && page.heldBack) return 'soon'
    after = page.events.at(-1)?.position ?? after
    return {
      events: page.events.map(({ position, event }) => ({ id: position, event })),
      goesOn: page.heldBack || page.events.length === pageSize,
    }
  }
}

/** Listens first and reads then, so that nothing falls in between. */
async function serve(deps: Deps, c: Request, o: { topic: string | null; feed: Feed }): Promise<Response> {
  await deps.hub.open()
  c.header('x-accel-buffering', 'no')
  return streamSSE(
    c,
    async (sse) => {
      const bell = createBell()
      const stop = deps.hub.subscribe(o.topic, bell.ring)
      sse.onAbort(bell.ring)
      try {
        await pump(sse, { feed: o.feed, bell, isClosed: deps.hub.isClosed })
      } finally {
        stop()
      }
    },
    async (error) =>
      deps.log.warn(
        { err: error, correlation_id: c.get('correlationId') },
        'An event stream broke; its subscriber resumes',
      ),
  )
}

const nothingYet: Page = { events: [], goesOn: false }

type Source = { feed: Feed; bell: Bell; isClosed: () => boolean }

async function pump(sse: SSEStreamingApi, { feed, bell, isClosed }: Source): Promise<void> {
  let rung = true
  let quietSince = Date.now()
  while (!sse.aborted && !isClosed()) {
    const next = await feed(!rung)
    if (next === 'end') return send(sse, { event: 'end', data: '{}' })
    const page = next === 'soon' ? nothingYet : next
    for (const { id, event } of page.events)
      await send(sse, { id: String(id), event: event.type, data: JSON.stringify(present(OperationEvent, event)) })
    if (page.events.length > 0) quietSince = Date.now()
    if (page.goesOn) continue
    rung = await bell.wait(next === 'soon' ? heldBackMs : heartbeatMs)
    if (rung || Date.now() - quietSince < 0.9 * heartbeatMs) continue // a timer may be early
    await withPatience(sse, sse.write(': heartbeat\n\n'))
    quietSince = Date.now()
  }
}

const send = (sse: SSEStreamingApi, message: { id?: string; event: string; data: string }) =>
  withPatience(sse, sse.writeSSE(message))

async function withPatience(sse: SSEStreamingApi, written: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => sse.abort(), patienceMs)
  try {
    await written
  } finally {
    clearTimeout(timer)
  }
}
