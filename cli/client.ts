import { randomUUID } from 'node:crypto'
import type { Connection } from './connection.ts'
import { Failure } from './failure.ts'
import { apiFailure } from './api-failure.ts'

type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** The API over HTTP. Answers are as they came; each command parses the fields that it shows. */
export type Client = {
  readonly connection: Connection
  get(path: string, query?: Query): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  /** Starts an operation, with a key of its own, so that asking again after a lost answer starts it once. */
  start(path: string, body: unknown): Promise<unknown>
  /** Sends bytes as they come; asked once, because they come only once. */
  upload(path: string, bytes: ReadableStream<Uint8Array>, length: number): Promise<unknown>
  put(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  remove(path: string): Promise<unknown>
  /** An answer to be read as it comes; errors of the API are thrown. */
  open(path: string, o: { headers?: Record<string, string>; query?: Query; signal?: AbortSignal }): Promise<Response>
}

type Call = {
  method: string
  path: string
  body?: unknown
  bytes?: ReadableStream<Uint8Array>
  query?: Query | undefined
  headers?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
}

const tries = 3
const pauseMs = 250

export function createClient(o: { connection: Connection; fetch: typeof fetch }): Client {
  const { connection } = o

  async function call({ method, path, body, bytes, query, headers, signal }: Call): Promise<Response> {
    const mayRepeat = method !== 'POST' || headers?.['idempotency-key'] !== undefined
    const request = {
      method,
      headers: {
        authorization: `Bearer ${connection.token}`,
        accept: 'application/json',
        'x-drydock-interface': 'cli',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
      ...(bytes === undefined ? {} : { duplex: 'half' as const }),
      ...(signal ? { signal } : {}),
    }
    const response = await fetchWithRetry(`${connection.url}${path}${queryText(query)}`, request, mayRepeat)
    if (response.ok) return response
    throw await apiFailure(response)
  }

  async function fetchWithRetry(url: string, request: RequestInit, mayRepeat: boolean): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await o.fetch(url, request)
      } catch (cause) {
        if (request.signal?.aborted) throw cause
        if (attempt === tries || !(mayRepeat || wasNotSent(cause))) throw apiAway(connection.url, cause)
        await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt))
      }
    }
  }

  const json = async (wanted: Call): Promise<unknown> => {
    const response = await call(wanted)
    if (response.status === 204) return null
    if (!/^application\/json\b/.test(response.headers.get('content-type') ?? '')) throw noApi(connection.url)
    return response.json()
  }

  return {
    connection,
    get: (path, query) => json({ method: 'GET', path, query }),
    post: (path, body) => json({ method: 'POST', path, body }),
    start: (path, body) => json({ method: 'POST', path, body, headers: { 'idempotency-key': randomUUID() } }),
    upload: (path, bytes, length) =>
      json({
        method: 'POST',
        path,
        bytes,
        headers: { 'content-type': 'application/octet-stream', 'content-length': String(length) },
      }),
    put: (path, body) => json({ method: 'PUT', path, body }),
    patch: (path, body) => json({ method: 'PATCH', path, body }),
    remove: (path) => json({ method: 'DELETE', path }),
    open: (path, { headers, query, signal }) => call({ method: 'GET', path, headers, query, signal }),
  }
}

/** One segment of a path, whatever was typed. */
export const segment = (text: string): string => encodeURIComponent(text)

function queryText(query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** Nobody answers at the address. */
export const apiAway = (url: string, cause: unknown): Failure =>
  new Failure({
    message: `The Drydock API at ${url} does not answer (${reasonOf(cause)}).`,
    code: 'NO_API',
    suggestions: ['Check that it runs (`drydock up` starts a local one) and that DRYDOCK_URL is right.'],
    retryable: true,
    cause,
  })

const noApi = (url: string): Failure =>
  new Failure({
    message: `What answers at ${url} is no Drydock API: its answer is no JSON.`,
    code: 'NO_API',
    suggestions: ['Check DRYDOCK_URL; `drydock up` prints the address of a local one.'],
  })

const wasNotSent = (error: unknown): boolean => /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(reasonOf(error))

/** `fetch` says only "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error ? (error.cause ?? error) : error
  if (!(inner instanceof Error)) return String(inner)
  return 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.message
}
