import { createHash } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { LRUCache } from 'lru-cache'
import { type Actor, mayActAs, type Role } from '../schema/identity.ts'
import type { Store } from '../store/index.ts'
import type { Env, Request } from './context.ts'
import { Refusal } from './problem.ts'

/** Who a bearer token belongs to, and what the token's role may do: one authoriser for every door. */
export type Gate = {
  identify(c: Request): Promise<Actor>
  admit(c: Request, needs: Role): Promise<Actor>
  /** Forgets what it knows of tokens: one was revoked. */
  forget(): void
}

type Holder = NonNullable<Awaited<ReturnType<Store['tokens']['verify']>>>

export function createGate(store: Store): Gate {
  // Five seconds: a token revoked through another process stops working within that time.
  const known = new LRUCache<string, Holder>({ max: 1_000, ttl: 5_000 })

  async function identify(c: Request): Promise<Actor> {
    const token = bearerOf(c)
    if (token === null) throw unauthenticated('A bearer token is needed.')
    const digest = createHash('sha256').update(token).digest('base64')
    const holder = known.get(digest) ?? (await store.tokens.verify(token))
    if (holder === null) throw unauthenticated('The bearer token is not known, or it was revoked.')
    known.set(digest, holder, { noUpdateTTL: true })
    return { name: holder.name, kind: holder.kind, role: holder.role, interface: doorOf(c), address: addressOf(c) }
  }

  return {
    identify,
    forget: () => known.clear(),
    async admit(c, needs) {
      const actor = await identify(c)
      c.set('actor', actor)
      if (mayActAs(actor.role, needs)) return actor
      const error = `This needs the role ${needs}; the token "${actor.name}" has the role ${actor.role}.`
      await recordRefused(store, c, actor, error)
      throw new Refusal(403, 'FORBIDDEN', error, { suggestion: `Use a token whose role is ${needs} or higher.` })
    },
  }
}

/** Middleware of a route: only tokens of this role, or a higher one, pass. */
export const needs = (role: Role) =>
  createMiddleware<Env>(async function authorise(c, next) {
    await c.get('gate').admit(c, role)
    await next()
  })

/** Refused access is a matter of security and is recorded (spec TRAIL-2). */
export const recordRefused = (store: Store, c: Request, actor: Actor, error: string): Promise<void> =>
  store.audit.record({
    action: 'access.refused',
    actor,
    success: false,
    error,
    correlationId: c.get('correlationId'),
    security: true,
    parameters: { method: c.req.method, path: c.req.path.slice(0, 200) },
  })

const unauthenticated = (message: string): Refusal =>
  new Refusal(401, 'AUTHENTICATION_REQUIRED', message, {
    suggestion: 'Send "Authorization: Bearer <token>"; `drydock token create` makes one.',
    headers: { 'www-authenticate': 'Bearer realm="drydock"' },
  })

/** The token of a request, however its header is spelt. */
export function bearerOf(c: Request): string | null {
  const [, token] = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(c.req.header('authorization') ?? '') ?? []
  return token ?? null
}

const doorOf = (c: Request): Actor['interface'] => (c.req.header('x-drydock-interface') === 'cli' ? 'cli' : 'api')

/** The peer's address. There is none where the application is called without a socket, as tests do. */
export const addressOf = (c: Request): string | undefined => c.env?.incoming?.socket.remoteAddress
