import { isStoredKey, type KeyRotationSettings } from '../schema/key-rotation.ts'
import type { Server } from '../schema/server.ts'
import { KeyRotationRequest } from '../schema/start.ts'
import type { Api, Deps, Request } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { invalid, notReady, notSetUp } from './problem.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'
import { answerStart } from './started.ts'

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/key-rotations',
  role: 'operator',
  audit: { action: 'key_rotation', security: true },
  tags: ['lockdown'],
  summary:
    'Give the application user a new key, proved by a fresh log-in before the old one is taken away; or plan it only, with `dry_run`',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(KeyRotationRequest, 'KeyRotationRequest'), '`{}` has a new ed25519 key made and sealed'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: {
    400: 'The server is not set up yet, or its key is not a stored secret and no other is named',
    409: 'A key rotation of this server is running, or the Idempotency-Key was used for another request',
  },
})

/** Key rotation (spec SSH-17). */
export function keyRotations(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    const { dryRun, ...settings } = absorb(KeyRotationRequest, c.req.valid('json'))
    await mustBeRotatable(deps, server, settings)
    const begun = dryRun
      ? startPreview(deps, c, {
          server,
          title: `Plan the key rotation of ${server.name}`,
          of: { kind: 'key_rotation', settings },
        })
      : startRotation(deps, c, server, settings)
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/key-rotations',
    tag: 'lockdown',
    summary: 'List the key rotations of a server, newest first',
    kind: 'key_rotation',
  })
}

const startRotation = (deps: Deps, c: Request, server: Server, settings: KeyRotationSettings) =>
  startOperation(deps, c, {
    kind: 'key_rotation',
    server,
    title: `Rotate the key of ${server.name}`,
    workflowId: `key-rotation/${server.id}`,
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings },
    exclusive: true,
  })

async function mustBeRotatable(deps: Deps, server: Server, { keySecret }: KeyRotationSettings): Promise<void> {
  if (keySecret !== undefined && (await deps.store.secrets.uses([keySecret])).length === 0)
    throw invalid('key_secret', `there is no secret named ${keySecret}`, '`drydock secret set NAME` stores one.')
  if (!server.setupComplete) throw notSetUp(server.name)
  const { user, authentication } = server.app
  if (authentication.method === 'password')
    throw notReady(`${user} logs in to ${server.name} by password.`, 'Register a key for the application user first.')
  if (keySecret === undefined && !isStoredKey(authentication))
    throw notReady(
      `The key of ${user} on ${server.name} is not a stored secret, and what lies elsewhere cannot be replaced from here.`,
      'Store the new key with `drydock secret set NAME`, and name it as `key_secret` (`--key-secret NAME`).',
    )
}
