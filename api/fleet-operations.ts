import { z } from '@hono/zod-openapi'
import { DeviceType, Environment, type Server } from '../schema/server.ts'
import { AuditRequest } from '../schema/audit.ts'
import { type FleetInput, SealedCommand, showTyped } from '../schema/start.ts'
import { SetupSettings } from '../schema/setup.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { OperationPage, pageOf } from './operations.ts'
import { Started } from './operation-view.ts'
import { Limit, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { conflict, invalid, notFound } from './problem.ts'
import { rateCommand, scriptOrStdin } from './rate.ts'
import { checkSecrets } from './references.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { answerStart } from './started.ts'

/** More than this in one fleet belongs into several: its names stand in one history. */
const mostServers = 1_000

const Selector = z
  .strictObject({
    servers: z.array(z.string().min(1).max(253)).min(1).max(mostServers).optional().describe('Names or ids'),
    tag: z.string().min(1).max(63).optional(),
    environment: Environment.optional(),
    deviceType: DeviceType.optional(),
  })
  .refine((selector) => Object.values(selector).some((part) => part !== undefined), {
    message: 'select by servers, tag, environment or device_type',
  })
  .meta({ minProperties: 1 })

const common = {
  selector: Selector,
  batch: z.int().min(1).max(100).default(10).describe('So many servers at once'),
  stopAfterFailures: z
    .int()
    .min(1)
    .max(mostServers)
    .default(1)
    .describe('No further batch begins after so many failures'),
}
const Request = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('setup'), ...common, input: SetupSettings }),
  z.strictObject({ kind: z.literal('audit'), ...common, input: AuditRequest }),
  z.strictObject({ kind: z.literal('command'), ...common, input: SealedCommand.meta(scriptOrStdin) }),
])
type Request = z.infer<typeof Request>

const start = route({
  method: 'post',
  path: '/v1/fleet-operations',
  role: 'operator',
  audit: { action: 'fleet' },
  tags: ['fleet'],
  summary:
    'Do the same on many servers: a parent over one operation a server, in batches, that stops at a number of failures',
  request: { headers: StartHeaders, body: json(outside(Request, 'FleetRequest'), 'What, where, how many at once') },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: {
    404: 'A named server is not registered',
    409: 'Nobody may run this, a named server does not fit the rest of the selector, or the Idempotency-Key was used for another request',
  },
})

const list = route({
  method: 'get',
  path: '/v1/fleet-operations',
  role: 'viewer',
  tags: ['fleet'],
  summary: 'List the fleet operations, newest first',
  request: { query: z.object({ limit: Limit, before: z.uuid().optional() }) },
  responses: { 200: json(OperationPage, 'A page of operations') },
})

/** Work on many servers: each has an operation, a plan, a lock and an approval of its own. */
export function fleetOperations(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const request = absorb(Request, c.req.valid('json'))
    const servers = await select(deps, request.selector)
    const work = workOf(request)
    c.get('audit').parameters = { kind: request.kind, servers: servers.map(({ name }) => name) }
    if (request.kind === 'command') {
      await checkSecrets(deps, actorOf(c), request.input.secrets)
      for (const server of servers) rateCommand(deps, server, request.input, actorOf(c).role)
    }
    const shape = {
      servers: servers.map(({ id, name }) => ({ id, name })),
      batch: request.batch,
      stopAfterFailures: request.stopAfterFailures,
      work,
    } satisfies Omit<FleetInput, 'operationId' | 'requester' | 'correlationId' | 'approvalFromTemporal'>
    const begun = await startOperation(deps, c, {
      kind: 'fleet',
      server: null,
      title: `${whatItDoes(work)} ${servers.length} server${servers.length === 1 ? '' : 's'}`,
      work: shape,
      input: shape,
      sealed: request.kind === 'command' ? JSON.stringify(request.input) : undefined,
    })
    return answerStart(deps, c, begun)
  })

  app.openapi(list, async (c) => c.json(await pageOf(deps, { ...c.req.valid('query'), kind: 'fleet' }), 200))
}

function workOf(request: Request): FleetInput['work'] {
  switch (request.kind) {
    case 'setup':
      return { kind: 'setup', settings: request.input }
    case 'audit':
      return { kind: 'audit', request: request.input }
    case 'command':
      return { kind: 'command', shown: showTyped(request.input) }
    default:
      return request satisfies never
  }
}

function whatItDoes(work: FleetInput['work']): string {
  if (work.kind === 'setup') return 'Set up'
  if (work.kind === 'deployment') return `Deploy ${work.settings.application} on`
  return work.kind === 'audit' ? 'Audit' : `Run ${work.shown} on`
}

async function select(deps: Deps, { servers: named, ...filter }: z.infer<typeof Selector>): Promise<Server[]> {
  if (named) {
    const found = await Promise.all(named.map((name) => serverOf(deps, name)))
    const outsiders = found.filter((server) => !fits(server, filter))
    if (outsiders.length > 0)
      throw conflict(
        `${outsiders.map(({ name }) => name).join(', ')} do not fit the rest of the selector.`,
        'Name other servers, or leave the filters out.',
      )
    return [...new Map(found.map((server) => [server.id, server])).values()]
  }
  const found = await deps.store.servers.list({ ...filter, limit: mostServers + 1 })
  if (found.length === 0) throw notFound('The selector fits no server.', 'GET /v1/servers takes the same filters.')
  if (found.length > mostServers) throw invalid('selector', `fits more than ${mostServers} servers`)
  return found
}

const fits = (server: Server, filter: Omit<z.infer<typeof Selector>, 'servers'>): boolean =>
  (filter.tag === undefined || server.tags.includes(filter.tag)) &&
  (filter.environment === undefined || server.environment === filter.environment) &&
  (filter.deviceType === undefined || server.deviceType === filter.deviceType)
