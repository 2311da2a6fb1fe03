import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { Role } from '../schema/identity.ts'
import { type AuditWords, audited } from './audited.ts'
import { needs } from './authorise.ts'
import { readBody } from './body.ts'
import { ProblemBody } from './problem.ts'

type Shape = Omit<RouteConfig, 'middleware' | 'security' | 'path'> & {
  /** The least role that may ask, or anyone without a token. */
  readonly role: Role | 'anyone'
  /** Who may come in to be refused: for the one route whose refusals the store itself decides on and records. */
  readonly admits?: Role
  /** A body that is no JSON: the route itself reads it as it comes. */
  readonly takes?: 'bytes'
  /** Every route that changes something says what the audit trail calls it. */
  readonly audit?: AuditWords
  /** Errors beside those that every route can answer: status and when. */
  readonly problems?: Readonly<Record<number, string>>
}

/** Declares a route: what it takes and answers, who may ask, what is recorded. The OpenAPI document, the authoriser and the tests read the same words. */
export function route<const P extends string, const S extends Shape>(shape: S & { path: P }) {
  const { role, admits, takes, audit, problems: _, ...config } = shape
  const takesBody = config.request?.body !== undefined
  const declared: RouteConfig = {
    ...config,
    ...(takesBody
      ? { request: { ...config.request, body: { content: {}, ...config.request?.body, required: true } } }
      : {}),
    ...(role === 'anyone' ? {} : { security: [{ bearer: [] }] }),
    'x-drydock-role': role,
    ...(audit ? { 'x-drydock-audit': audit.action } : {}),
    middleware: [
      ...(role === 'anyone' ? [] : [needs(admits ?? role)]),
      ...(audit ? [audited(audit)] : []),
      ...(takesBody && takes !== 'bytes' ? [readBody()] : []),
    ],
    responses: { ...problemResponses(shape), ...config.responses },
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing that is added changes what a handler sees
  return createRoute(declared) as RouteConfig as Declared<S & { path: P }>
}

type Declared<S> = Omit<S, 'role' | 'admits' | 'takes' | 'audit' | 'problems'>

const common = {
  400: 'The request cannot be read',
  422: 'A field is wrong; `issues` names each',
  429: 'Too many requests',
  500: 'The API failed',
  503: 'Temporal, PostgreSQL or a worker is away',
}
const behindToken = { 401: 'No valid bearer token', 403: "The token's role does not allow this" }
const withBody = { 413: 'The body is too large', 415: 'The body is not JSON' }

function problemResponses({ role, path, request, problems }: Shape & { path: string }) {
  const reasons: Record<string, string | undefined> = {
    ...common,
    ...(role === 'anyone' ? {} : behindToken),
    ...(request?.body ? withBody : {}),
    ...(path.includes('{') ? { 404: 'There is no such thing' } : {}),
    ...problems,
  }
  return Object.fromEntries(
    Object.entries(reasons).map(([status, description]) => [
      status,
      { description: description ?? '', content: { 'application/json': { schema: ProblemBody } } },
    ]),
  )
}

/** A JSON body of a request or an answer. */
export const json = <T>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
