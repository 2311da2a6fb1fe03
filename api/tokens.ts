import { z } from '@hono/zod-openapi'
import { type Actor, Role } from '../schema/identity.ts'
import type { TokenEntry } from '../store/index.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { NameParam } from './parameters.ts'
import { conflict, notFound, Refusal } from './problem.ts'
import { json, route } from './route.ts'

const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: Role,
    kind: z.enum(['person', 'agent']),
    created_at: z.string(),
    last_used_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })
  .openapi('Token')

const NewToken = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'lower-case letters, digits, dot, dash and underscore, up to 63'),
    role: Role,
    kind: z.enum(['person', 'agent']).default('person').describe('An agent may ask and never approve'),
  })
  .openapi('NewToken')

const list = route({
  method: 'get',
  path: '/v1/tokens',
  role: 'admin',
  tags: ['administration'],
  summary: 'List the tokens; their values are never shown again',
  responses: { 200: json(z.object({ items: z.array(TokenView) }).openapi('Tokens'), 'The tokens') },
})

const create = route({
  method: 'post',
  path: '/v1/tokens',
  role: 'admin',
  audit: { action: 'token.create', security: true },
  tags: ['administration'],
  summary: 'Make a token',
  request: { body: json(NewToken, 'Whose, and what it may do') },
  responses: {
    201: json(
      z.object({ id: z.string(), name: z.string(), token: z.string() }).openapi('CreatedToken'),
      'The token, shown this once',
    ),
  },
  problems: { 409: 'The name is taken' },
})

const revoke = route({
  method: 'delete',
  path: '/v1/tokens/{name}',
  role: 'admin',
  audit: { action: 'token.revoke', security: true },
  tags: ['administration'],
  summary: 'Revoke a token',
  request: { params: NameParam },
  responses: { 204: { description: 'Revoked' } },
  problems: { 409: 'It is the token that asks' },
})

/** Bearer tokens (spec API-21). */
export function tokens(app: Api, deps: Deps): void {
  app.openapi(list, async (c) => c.json({ items: (await deps.store.tokens.list()).map(showToken) }, 200))

  app.openapi(create, async (c) => {
    const wanted = c.req.valid('json')
    c.get('audit').parameters = { ...wanted }
    // With a person's token in hand, it would approve what it asks for.
    if (actorOf(c).kind === 'agent' && wanted.kind !== 'agent')
      throw new Refusal(403, 'FORBIDDEN', 'An agent may make tokens for agents only.', {
        suggestion: 'Let a person make it, or ask for kind "agent".',
      })
    const made = await deps.store.tokens.create(wanted)
    if (made.kind === 'name_taken')
      throw conflict(`There is a token named ${wanted.name} already.`, 'Choose another name.')
    return c.json({ id: made.id, name: wanted.name, token: made.token }, 201)
  })

  app.openapi(revoke, async (c) => {
    const { name } = c.req.valid('param')
    c.get('audit').parameters = { name }
    if (await isOwn(deps, actorOf(c), name)) {
      throw conflict(
        'A token cannot revoke itself: with the last one, everybody would be locked out.',
        'Use another admin token.',
      )
    }
    if (!(await deps.store.tokens.revoke(name))) throw notFound(`There is no valid token "${name}".`)
    c.get('gate').forget()
    return c.body(null, 204)
  })
}

async function isOwn(deps: Deps, actor: Actor, nameOrId: string): Promise<boolean> {
  const valid = (await deps.store.tokens.list()).filter((token) => token.revokedAt === null)
  return valid.some((token) => token.name === actor.name && [token.name, token.id].includes(nameOrId))
}

const showToken = (token: TokenEntry): z.infer<typeof TokenView> => ({
  id: token.id,
  name: token.name,
  role: token.role,
  kind: token.kind,
  created_at: token.createdAt,
  last_used_at: token.lastUsedAt,
  revoked_at: token.revokedAt,
})
