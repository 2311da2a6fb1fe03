import { isDeepStrictEqual } from 'node:util'
import { z } from '@hono/zod-openapi'
import { type Actor, mayActAs } from '../schema/identity.ts'
import {
  DeviceType,
  Environment,
  HostKey,
  isReadyForDeployment,
  NewServer,
  Server,
  ServerChange,
} from '../schema/server.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { checkHostKeys, scanHostKeys } from './host-keys.ts'
import { Limit, page, ServerParam, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { conflict, invalid, Refusal } from './problem.ts'
import { checkReferences } from './references.ts'
import { json, route } from './route.ts'

const View = Server.extend({ readyForDeployment: z.boolean() })
export const ServerView = outside(View, 'Server')
const showServer = (server: Server) => present(View, { ...server, readyForDeployment: isReadyForDeployment(server) })

const Registration = NewServer.extend({
  hostKeys: z.array(HostKey).max(20).default([]).describe('The keys to pin, as /v1/host-key-scans shows them'),
  scanHostKeys: z.boolean().default(false).describe('Ask the host for its keys and pin what it shows now'),
})
const Change = ServerChange

const list = route({
  method: 'get',
  path: '/v1/servers',
  role: 'viewer',
  tags: ['servers'],
  summary: 'List the registered servers, in the order of their names',
  request: {
    query: z.object({
      tag: z.string().max(63).optional(),
      environment: Environment.optional(),
      device_type: DeviceType.optional(),
      limit: Limit,
      after: z.string().max(63).optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(page(ServerView).openapi('ServerPage'), 'A page of servers') },
})

const add = route({
  method: 'post',
  path: '/v1/servers',
  role: 'operator',
  audit: { action: 'server.add' },
  tags: ['servers'],
  summary: 'Register a server',
  request: { body: json(outside(Registration, 'NewServer'), 'The server; logins refer to secrets') },
  responses: { 201: json(ServerView, 'Registered') },
  problems: {
    409: 'The name is taken',
    502: 'The host cannot be reached for its keys',
    504: 'The host did not answer',
  },
})

const show = route({
  method: 'get',
  path: '/v1/servers/{server}',
  role: 'viewer',
  tags: ['servers'],
  summary: 'Show a server',
  request: { params: ServerParam },
  responses: { 200: json(ServerView, 'The server') },
})

const change = route({
  method: 'patch',
  path: '/v1/servers/{server}',
  role: 'operator',
  audit: { action: 'server.change' },
  tags: ['servers'],
  summary: 'Change a server; its flags and host keys have doors of their own',
  request: { params: ServerParam, body: json(outside(Change, 'ServerChange'), 'The fields to change') },
  responses: { 200: json(ServerView, 'Changed') },
  problems: { 409: 'The name is taken' },
})

const remove = route({
  method: 'delete',
  path: '/v1/servers/{server}',
  role: 'operator',
  audit: { action: 'server.remove' },
  tags: ['servers'],
  summary: 'Remove a server from the registry; the host itself is not touched',
  request: { params: ServerParam },
  responses: { 204: { description: 'Removed' } },
  problems: { 409: 'An operation is open on it' },
})

/** The registry of servers (spec INV-1 to INV-3). */
export function servers(app: Api, deps: Deps): void {
  const { store } = deps

  app.openapi(list, async (c) => {
    const { tag, environment, device_type: deviceType, limit, after } = c.req.valid('query')
    const found = await store.servers.list({ tag, environment, deviceType, limit: limit + 1, after })
    const items = found.slice(0, limit)
    const next = found.length > limit ? (items.at(-1)?.name ?? null) : null
    return c.json({ items: items.map(showServer), next }, 200)
  })

  app.openapi(add, async (c) => {
    const { hostKeys, scanHostKeys: scan, ...server } = absorb(Registration, c.req.valid('json'))
    c.get('audit').parameters = { name: server.name, hostname: server.hostname, port: server.port }
    await checkReferences(deps, actorOf(c), server)
    checkHostKeys(hostKeys)
    if (scan && hostKeys.length > 0) throw invalid('host_keys', 'not together with scan_host_keys')
    const pinned = scan ? await scanHostKeys(deps, c.get('correlationId'), server) : hostKeys
    const answer = await store.servers.add({ server, hostKeys: pinned, actor: actorOf(c) })
    if (answer.kind === 'name_taken') throw nameTaken(server.name)
    c.get('audit').serverId = answer.server.id
    return c.json(showServer(answer.server), 201, { location: `/v1/servers/${answer.server.name}` })
  })

  app.openapi(show, async (c) => c.json(showServer(await serverOf(deps, c.req.valid('param').server)), 200))

  app.openapi(change, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const { id } = server
    const wanted = absorb(Change, c.req.valid('json'))
    c.get('audit').serverId = id
    const { maintenance, maintenanceReason: reason } = wanted
    if (reason !== undefined && maintenance !== true)
      throw invalid('maintenance_reason', 'is only for a server that is put into maintenance: "maintenance": true')
    c.get('audit').parameters = {
      fields: Object.keys(wanted),
      ...(maintenance === undefined ? {} : { maintenance, reason: reason ?? null }),
    }
    checkRating(actorOf(c), server, wanted)
    await checkReferences(deps, actorOf(c), wanted)
    const answer = await store.servers.change(id, wanted)
    if (answer.kind === 'name_taken') throw nameTaken(answer.server.name)
    if (answer.kind === 'not_found') throw conflict('The server was removed in the meantime.', null)
    return c.json(showServer(answer.server), 200)
  })

  app.openapi(remove, async (c) => {
    const { id, name } = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = id
    const answer = await store.servers.remove(id)
    if (answer.kind === 'in_use') {
      throw conflict(`Operation ${answer.operationId} is open on ${name}.`, 'Wait for its end, or cancel it.')
    }
    return c.body(null, 204)
  })
}

const ratedBy = ['environment', 'deviceType', 'services', 'serviceDependencies'] as const

/** What decides how dangerous a command is must not be changed by those who only ask for commands. */
function checkRating(actor: Actor, server: Server, wanted: ServerChange): void {
  const changed = ratedBy.filter(
    (field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], server[field]),
  )
  if (changed.length === 0 || mayActAs(actor.role, 'approver')) return
  throw new Refusal(
    403,
    'FORBIDDEN',
    `How dangerous a command is on ${server.name} depends on ${changed.join(', ')}; changing that takes the role approver.`,
    { suggestion: 'Ask an approver or an admin.' },
  )
}

const nameTaken = (name: string) =>
  conflict(`There is a server named ${name} already.`, 'Choose another name, or change that one with PATCH.')
