import { z } from '@hono/zod-openapi'
import { isGrpcServiceError } from '@temporalio/client'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ErrorCode, ErrorType, type Problem, Severity } from '../schema/problem.ts'
import type { Request } from './context.ts'

/** The one form of every error (spec API-3, ERR-7). */
export const ProblemBody = z
  .looseObject({
    error: z.string().describe('What failed, where, why and what to do next, in a sentence'),
    code: ErrorCode,
    type: ErrorType.nullable().describe('What went wrong on a server, where it did'),
    severity: Severity,
    details: z.string().nullable(),
    suggestion: z.string().nullable(),
    retryable: z.boolean(),
    retry_after: z.number().nullable().describe('Seconds'),
    correlation_id: z.string(),
    time: z.iso.datetime(),
    issues: z
      .array(z.object({ field: z.string(), problem: z.string() }))
      .optional()
      .describe('Each field of the request that is wrong, and what is expected'),
  })
  .openapi('Problem')
export type ProblemBody = z.infer<typeof ProblemBody>

type Words = Partial<
  Pick<ProblemBody, 'type' | 'severity' | 'details' | 'suggestion' | 'retryable' | 'retry_after' | 'issues'>
> & { headers?: Record<string, string>; extra?: Record<string, unknown>; cause?: unknown }

/** Thrown wherever a request ends in an error; `answerProblem` turns it into the one form. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  readonly code: z.infer<typeof ErrorCode>
  readonly words: Words

  constructor(status: ContentfulStatusCode, code: z.infer<typeof ErrorCode>, message: string, words: Words = {}) {
    super(message, { cause: words.cause })
    this.status = status
    this.code = code
    this.words = words
  }
}

export const notFound = (what: string, suggestion: string | null = null): Refusal =>
  new Refusal(404, 'NOT_FOUND', what, { suggestion })

export const invalid = (field: string, problem: string, suggestion: string | null = null): Refusal =>
  new Refusal(422, 'VALIDATION_FAILED', `${field}: ${problem}`, { suggestion, issues: [{ field, problem }] })

export const conflict = (message: string, suggestion: string | null, extra?: Record<string, unknown>): Refusal =>
  new Refusal(409, 'CONFLICT', message, { suggestion, extra })

/** A server that is not in the state that a start needs. */
export const notReady = (message: string, suggestion: string): Refusal =>
  new Refusal(400, 'PRECONDITION_FAILED', message, { suggestion })

export const notSetUp = (server: string): Refusal =>
  notReady(`${server} is not set up yet.`, `Set it up first: POST /v1/servers/${server}/setups.`)

export const unavailable = (message: string, cause?: unknown): Refusal =>
  new Refusal(503, 'SERVICE_UNAVAILABLE', message, {
    severity: 'high',
    retryable: true,
    retry_after: 30,
    suggestion: 'Look at /ready for what is missing, and try again.',
    cause,
  })

export const notJson = (): Refusal =>
  new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON.', {
    suggestion: 'Send the header "Content-Type: application/json".',
  })

const statusOfCode: Partial<Record<Problem['code'], ContentfulStatusCode>> = {
  CONNECTION_FAILED: 502,
  AUTH_FAILED: 401,
  TIMEOUT: 504,
  SETUP_RETRYABLE: 503,
  RETRYABLE: 503,
  SERVICE_UNAVAILABLE: 503,
}

/** A failure that a workflow or activity explained, as an answer of the API. */
export const refusalOf = (problem: Problem): Refusal =>
  new Refusal(statusOfCode[problem.code] ?? 500, problem.code, problem.message, {
    type: problem.type,
    severity: problem.severity,
    details: problem.details,
    suggestion: problem.suggestions.join(' ') || null,
    retryable: problem.retryable,
    retry_after: problem.retryable ? 30 : null,
  })

/** `app.onError`: every thrown thing ends here, and nothing of an unknown one is told outside. */
export function answerProblem(error: Error, c: Request): Response {
  const refusal = asRefusal(error)
  const correlationId = c.get('correlationId')
  if (refusal.status >= 500) {
    const cause = error === refusal ? refusal.cause : error // what was refused knowingly needs no stack
    c.get('log').error({ err: cause, correlation_id: correlationId, path: c.req.path }, refusal.message)
  }
  const { headers = {}, extra = {}, cause: _, ...words } = refusal.words
  const body: ProblemBody = {
    error: refusal.message,
    code: refusal.code,
    type: null,
    severity: refusal.status >= 500 ? 'high' : 'low',
    details: null,
    suggestion: null,
    retryable: false,
    retry_after: null,
    correlation_id: correlationId,
    time: new Date().toISOString(),
    ...words,
    ...extra,
  }
  if (body.retry_after !== null) headers['retry-after'] = String(Math.ceil(body.retry_after))
  return c.json(body, refusal.status, headers)
}

export function asRefusal(error: Error): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof HTTPException) return refusalOfHttp(error)
  if (isGrpcServiceError(error)) return unavailable('Temporal did not answer as it should.', error)
  if (isDatabaseAway(error)) return unavailable('PostgreSQL cannot be reached.', error)
  return new Refusal(500, 'INTERNAL_ERROR', 'The API failed in a way that it does not know.', {
    suggestion: "Look for the correlation id in the API's log.",
    severity: 'critical',
    cause: error,
  })
}

function refusalOfHttp(error: HTTPException): Refusal {
  if (error.status === 415) return notJson()
  return new Refusal(400, 'MALFORMED_REQUEST', error.message || 'The request cannot be read.')
}

/** SQLSTATE classes 08, 53, 57 and what the socket says: the database is away, starting, full or stopping. */
function isDatabaseAway(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(08|53|57)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND'].includes(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  )
}
