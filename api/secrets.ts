import { z } from '@hono/zod-openapi'
import { SecretName } from '../schema/secret.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { notFound } from './problem.ts'
import { json, route } from './route.ts'

const SecretView = z
  .object({
    name: z.string(),
    versions: z.array(z.object({ version: z.int(), created_at: z.string(), created_by: z.string() })),
  })
  .openapi('Secret')
const SecretParam = z.object({ name: SecretName })

const list = route({
  method: 'get',
  path: '/v1/secrets',
  role: 'admin',
  tags: ['administration'],
  summary: 'List the stored secrets: names and versions, never values',
  responses: { 200: json(z.object({ items: z.array(SecretView) }).openapi('Secrets'), 'The secrets') },
})

const put = route({
  method: 'put',
  path: '/v1/secrets/{name}',
  role: 'admin',
  audit: { action: 'secret.put', security: true },
  tags: ['administration'],
  summary: 'Store a secret, or a new version of it; it is sealed before it is written',
  request: {
    params: SecretParam,
    body: json(z.strictObject({ value: z.string().min(1).max(262_144) }).openapi('SecretValue'), 'Its value'),
  },
  responses: { 200: json(z.object({ name: z.string(), version: z.int() }).openapi('StoredSecret'), 'Stored') },
})

const remove = route({
  method: 'delete',
  path: '/v1/secrets/{name}',
  role: 'admin',
  audit: { action: 'secret.remove', security: true },
  tags: ['administration'],
  summary: 'Remove a secret with all its versions',
  request: { params: SecretParam },
  responses: { 204: { description: 'Removed' } },
})

/** Stored secrets: written and referred to, never shown. */
export function secrets(app: Api, deps: Deps): void {
  app.openapi(list, async (c) => {
    const items = (await deps.store.secrets.list()).map(({ name, versions }) => ({
      name,
      versions: versions.map((made) => ({
        version: made.version,
        created_at: made.createdAt,
        created_by: made.createdBy,
      })),
    }))
    return c.json({ items }, 200)
  })

  app.openapi(put, async (c) => {
    const { name } = c.req.valid('param')
    c.get('audit').parameters = { name }
    const stored = await deps.store.secrets.put({ name, value: c.req.valid('json').value, actor: actorOf(c) })
    return c.json(stored, 200)
  })

  app.openapi(remove, async (c) => {
    const { name } = c.req.valid('param')
    c.get('audit').parameters = { name }
    if (!(await deps.store.secrets.remove(name))) throw notFound(`There is no secret "${name}".`)
    return c.body(null, 204)
  })
}
