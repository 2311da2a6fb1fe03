import { z } from '@hono/zod-openapi'
import pLimit from 'p-limit'
import type { Server } from '../schema/server.ts'
import { NewSession, type Session, SessionChange, SessionState } from '../schema/session.ts'
import type { Cancel } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import { type Api, actorOf, type Deps, type Request } from './context.ts'
import { pageOf } from './operations.ts'
import { OperationView } from './operation-view.ts'
import { Limit, NameParam, page, ServerParam, serverOf, StartHeaders } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { conflict } from './problem.ts'
import { checkSecrets } from './references.ts'
import { json, route } from './route.ts'
import { sessionClosed, sessionOf } from './session-of.ts'
import { presentSession, SessionView } from './session-view.ts'
import { tellWorkflow } from './tell-workflow.ts'

const SessionParam = ServerParam.extend(NameParam.shape)
const tags = ['sessions']

const open = route({
  method: 'post',
  path: '/v1/servers/{server}/sessions',
  role: 'operator',
  audit: { action: 'session.open' },
  tags,
  summary: 'Open a session: named surroundings for commands that follow each other; nothing is run for it',
  request: {
    params: ServerParam,
    headers: StartHeaders.pick({ 'idempotency-key': true }),
    body: json(outside(NewSession, 'NewSession'), 'Its name, and what its commands run in unless they say otherwise'),
  },
  responses: { 201: json(SessionView, 'Open') },
  problems: { 409: 'A session of this name is open, or the Idempotency-Key was used for another request' },
})

const list = route({
  method: 'get',
  path: '/v1/servers/{server}/sessions',
  role: 'viewer',
  tags,
  summary: 'List the sessions of a server, newest first',
  request: {
    params: ServerParam,
    query: z.object({ state: SessionState.optional(), limit: Limit, before: z.uuid().optional() }),
  },
  responses: { 200: json(page(SessionView).openapi('SessionPage'), 'A page of sessions') },
})

const show = route({
  method: 'get',
  path: '/v1/servers/{server}/sessions/{name}',
  role: 'viewer',
  tags,
  summary: 'Show a session with its newest operations: the open one of this name, else the one that was closed last',
  request: { params: SessionParam, query: z.object({ limit: Limit }) },
  responses: {
    200: json(
      z.object({ session: SessionView, operations: z.array(OperationView) }).openapi('SessionDetails'),
      'The session',
    ),
  },
})

const change = route({
  method: 'patch',
  path: '/v1/servers/{server}/sessions/{name}',
  role: 'operator',
  audit: { action: 'session.change' },
  tags,
  summary: 'Change what the commands that follow run in; those that wait or run stay as they were asked for',
  request: {
    params: SessionParam,
    body: json(
      outside(SessionChange, 'SessionChange'),
      'Named fields; of `env` and `secrets` the named variables, where null takes one away',
    ),
  },
  responses: { 200: json(SessionView, 'Changed') },
  problems: { 409: 'It is closed' },
})

const close = route({
  method: 'delete',
  path: '/v1/servers/{server}/sessions/{name}',
  role: 'operator',
  audit: { action: 'session.close' },
  tags,
  summary: 'Close a session: its commands that wait or run are cancelled, and none is accepted any more',
  request: { params: SessionParam },
  responses: {
    200: json(
      z.object({ session: SessionView, cancelled: z.array(z.uuid()) }).openapi('ClosedSession'),
      'Closed; `cancelled` are the operations that were asked to end',
    ),
  },
})

/** Sessions (spec EXEC-6): each command in one is an operation like any other, and no shell of theirs stays on the host. */
export function sessions(app: Api, deps: Deps): void {
  const { store } = deps

  app.openapi(open, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const session = absorb(NewSession, c.req.valid('json'))
    note(c, server, session.name, { as_root: session.asRoot, cwd: session.cwd, variables: namesOf(session) })
    const actor = actorOf(c)
    await checkSecrets(deps, actor, session.secrets)
    const answer = await store.sessions.open({
      serverId: server.id,
      session,
      createdBy: actor.name,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
    })
    if (answer.kind === 'idempotency_key_reused')
      throw conflict('This Idempotency-Key was used for another request.', 'Use a new key for a new request.')
    if (answer.kind === 'name_taken') throw nameTaken(answer.session)
    if (answer.kind === 'repeated') c.header('idempotent-replayed', 'true')
    return c.json(presentSession(answer.session), 201, { location: pathOf(answer.session) })
  })

  app.openapi(list, async (c) => {
    const { id: serverId } = await serverOf(deps, c.req.valid('param').server)
    const { limit, ...filter } = c.req.valid('query')
    const found = await store.sessions.list({ serverId, ...filter, limit: limit + 1 })
    const items = found.slice(0, limit)
    return c.json(
      { items: items.map(presentSession), next: found.length > limit ? (items.at(-1)?.id ?? null) : null },
      200,
    )
  })

  app.openapi(show, async (c) => {
    const { server, session } = await named(deps, c.req.valid('param'))
    const { limit } = c.req.valid('query')
    const { items } = await pageOf(deps, { server: server.id, session: session.id, limit })
    return c.json({ session: presentSession(session), operations: items }, 200)
  })

  app.openapi(change, async (c) => {
    const { server, session } = await named(deps, c.req.valid('param'))
    const wanted = absorb(SessionChange, c.req.valid('json'))
    note(c, server, session.name, { fields: Object.keys(wanted), variables: namesOf(wanted) })
    const secrets = Object.entries(wanted.secrets ?? {}).flatMap(([name, ref]) =>
      ref === null ? [] : [[name, ref] as const],
    )
    await checkSecrets(deps, actorOf(c), Object.fromEntries(secrets))
    const after = await store.sessions.change(session.id, wanted)
    if (after === null) throw sessionClosed(session.name)
    return c.json(presentSession(after), 200)
  })

  app.openapi(close, async (c) => {
    const { server, session } = await named(deps, c.req.valid('param'))
    note(c, server, session.name, {})
    // Closing again asks again what still runs: the first time may have been cut off in the middle.
    const closed = await store.sessions.close(session.id)
    const left = closed?.open ?? []
    await Promise.all(left.map((operation) => atOnce(() => cancel(deps, c, operation))))
    const cancelled = left.map(({ id }) => id)
    Object.assign(c.get('audit').parameters ?? {}, { cancelled })
    return c.json({ session: presentSession(closed?.session ?? session), cancelled }, 200)
  })
}

/** An operation that was recorded a moment ago may have no workflow yet. */
async function cancel(deps: Deps, c: Request, { id, workflowId }: Operation): Promise<void> {
  const message: Cancel = { operationId: id, by: actorOf(c).name }
  for (let attempt = 1; attempt <= 10; attempt++) {
    if (await tellWorkflow(deps, { workflowId }, 'cancel', message)) return
    const now = await deps.store.operations.get(id)
    if (now === null || now.endedAt !== null) return
    await new Promise((resolve) => setTimeout(resolve, 50 * attempt))
  }
}

const atOnce = pLimit(8)

async function named(deps: Deps, o: { server: string; name: string }): Promise<{ server: Server; session: Session }> {
  const server = await serverOf(deps, o.server)
  return { server, session: await sessionOf(deps, server, o.name) }
}

function note(c: Request, server: Server, session: string, more: Record<string, unknown>): void {
  Object.assign(c.get('audit'), { serverId: server.id, parameters: { session, ...more } })
}

/** Values are nobody's business in the trail. */
const namesOf = ({ env = {}, secrets = {} }: SessionChange): string[] => [...Object.keys(env), ...Object.keys(secrets)]

const pathOf = ({ server, name }: Session): string => `/v1/servers/${server.name}/sessions/${name}`

const nameTaken = (session: Session) =>
  conflict(
    `The session "${session.name}" is open on ${session.server.name} already.`,
    `Run commands in it, or close it first: DELETE ${pathOf(session)}.`,
    { session: presentSession(session) },
  )
