import { z } from '@hono/zod-openapi'
import { Assessment } from '../schema/guard.ts'
import { SessionName, within } from '../schema/session.ts'
import { SealedCommand, showTyped } from '../schema/start.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { rateCommand, scriptOrStdin } from './rate.ts'
import { checkSecrets } from './references.ts'
import { json, route } from './route.ts'
import { sessionClosed, sessionOf } from './session-of.ts'
import { beginCommand } from './start-command.ts'

const Request = SealedCommand.extend({
  session: SessionName.optional().describe('The open session to run it in: what is left open here is as it is there'),
  asRoot: z.boolean().optional().describe('Run it as root; as its session has it, else not'),
  terminal: SealedCommand.shape.terminal.nullable(),
  dryRun: z.boolean().default(false).describe('Say what the guard makes of it, and run nothing'),
}).meta(scriptOrStdin)
const Rated = z.object({ assessment: outside(Assessment, 'Assessment') }).openapi('RatedCommand')

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/commands',
  role: 'operator',
  audit: { action: 'command' },
  tags: ['commands'],
  summary: 'Run a shell command once, whatever dies; a destructive one waits for a person first',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(Request, 'CommandRequest'), 'The command; values of `secrets` are references'),
  },
  responses: {
    200: json(z.union([Started, Rated]), 'Ended within the time that was preferred, or rated only'),
    202: json(Started, 'Started; `blocked` says what a person must decide on first'),
  },
  problems: { 409: 'Nobody may run this, its session is closed, or the Idempotency-Key was used for another request' },
})

/** Commands typed by people and agents. */
export function commands(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const { dryRun, session: name, ...wanted } = absorb(Request, c.req.valid('json'))
    const session = name === undefined ? null : await sessionOf(deps, server, name)
    if (dryRun && session?.state === 'closed') throw sessionClosed(session.name)
    const asked = within(session, wanted)
    const shown = showTyped(asked)
    Object.assign(c.get('audit'), { serverId: server.id, parameters: { command: shown } })
    await checkSecrets(deps, actorOf(c), asked.secrets)
    const assessment = rateCommand(deps, server, asked, actorOf(c).role)
    if (dryRun) return c.json({ assessment: present(Assessment, assessment) }, 200)
    const inside = session && { session: { id: session.id, name: session.name }, asked: JSON.stringify([name, wanted]) }
    return beginCommand(deps, c, { server, asked, assessment, ...(inside ? { within: inside } : {}) })
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/commands',
    tag: 'commands',
    summary: 'List the commands of a server, newest first',
    kind: 'command',
  })
}
