import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { HostKey, Hostname, JumpHost, Port } from '../schema/server.ts'
import type { HostKeyScanInput } from '../schema/start.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { ServerParam, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { invalid, Refusal } from './problem.ts'
import { checkReferences } from './references.ts'
import { json, route } from './route.ts'
import { shortRead } from './short-read.ts'

const HostKeyView = outside(HostKey, 'HostKey')
const Keys = z.object({ host_keys: z.array(HostKeyView) }).openapi('HostKeys')
const ScanRequest = z.object({ hostname: Hostname, port: Port.default(22), jump: JumpHost.optional() })
const Pin = z.union([
  z.strictObject({ hostKeys: z.array(HostKey).min(1).max(20).describe('The keys themselves') }),
  z.strictObject({
    fingerprint: HostKey.shape.fingerprint.describe('Ask the host, and pin its keys only if one of them is this'),
  }),
  z.strictObject({ scan: z.literal(true).describe('Ask the host, and pin what it shows now') }),
])

const show = route({
  method: 'get',
  path: '/v1/servers/{server}/host-key',
  role: 'viewer',
  tags: ['servers'],
  summary: 'Show the pinned host keys of a server',
  request: { params: ServerParam },
  responses: { 200: json(Keys, 'The pinned keys') },
})

const pin = route({
  method: 'put',
  path: '/v1/servers/{server}/host-key',
  role: 'admin',
  audit: { action: 'host_key.pin', security: true },
  tags: ['servers'],
  summary: 'Pin the host keys of a server, or pin new ones after they have changed',
  request: { params: ServerParam, body: json(outside(Pin, 'HostKeyPin'), 'The keys, their fingerprint, or a scan') },
  responses: { 200: json(Keys, 'Pinned') },
  problems: { 409: 'The host shows another key', 502: 'The host cannot be reached', 504: 'The host did not answer' },
})

const scan = route({
  method: 'post',
  path: '/v1/host-key-scans',
  role: 'operator',
  audit: { action: 'host_key.scan' },
  tags: ['servers'],
  summary: 'Ask a host for its keys, without any log-in',
  request: { body: json(outside(ScanRequest, 'HostKeyScan'), 'The host') },
  responses: { 200: json(Keys, 'The keys it shows') },
  problems: { 502: 'The host cannot be reached', 504: 'The host did not answer' },
})

/** The keys by which hosts are known (spec SSH-8 and its enrolment). */
export function hostKeys(app: Api, deps: Deps): void {
  app.openapi(show, async (c) => c.json(showKeys((await serverOf(deps, c.req.valid('param').server)).hostKeys), 200))

  app.openapi(pin, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const wanted = absorb(Pin, c.req.valid('json'))
    const given = 'hostKeys' in wanted ? wanted.hostKeys : null
    checkHostKeys(given ?? [])
    const keys = given ?? (await scanHostKeys(deps, c.get('correlationId'), server))
    c.get('audit').serverId = server.id
    c.get('audit').parameters = { before: fingerprints(server.hostKeys), after: fingerprints(keys) }
    if ('fingerprint' in wanted && !fingerprints(keys).includes(wanted.fingerprint)) {
      throw new Refusal(
        409,
        'CONFLICT',
        `${server.name} shows ${fingerprints(keys).join(', ')}, not ${wanted.fingerprint}.`,
        {
          type: 'host_key_mismatch',
          severity: 'critical',
          suggestion: 'Find out on the host itself which keys are its own before you pin any.',
        },
      )
    }
    await deps.store.servers.pinHostKeys(server.id, keys)
    return c.json(showKeys(keys), 200)
  })

  app.openapi(scan, async (c) => {
    const host = absorb(ScanRequest, c.req.valid('json'))
    c.get('audit').parameters = { hostname: host.hostname, port: host.port }
    await checkReferences(deps, actorOf(c), { jump: host.jump })
    return c.json(showKeys(await scanHostKeys(deps, c.get('correlationId'), host)), 200)
  })
}

export function scanHostKeys(
  deps: Deps,
  correlationId: string,
  { hostname, port, jump }: Pick<HostKeyScanInput, 'hostname' | 'port' | 'jump'>,
): Promise<HostKey[]> {
  const input: HostKeyScanInput = { hostname, port, ...(jump ? { jump } : {}), correlationId }
  return shortRead(deps, {
    workflow: 'hostKeyScan',
    idPrefix: 'host-key-scan',
    summary: `Host keys of ${hostname}:${port}`,
    input,
    answer: z.array(HostKey),
    limitMs: 60_000,
  })
}

/** A key whose fingerprint is not its own would be shown as one and pinned as another. */
export function checkHostKeys(keys: readonly HostKey[]): void {
  for (const [at, { blob, fingerprint }] of keys.entries()) {
    const own = `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`
    if (own !== fingerprint) throw invalid(`host_keys.${at}.fingerprint`, `is not that of the blob, which is ${own}`)
  }
}

const fingerprints = (keys: readonly HostKey[]): string[] => keys.map((key) => key.fingerprint)
const showKeys = (keys: readonly HostKey[]) => ({ host_keys: keys.map((key) => present(HostKey, key)) })
