import { Readable } from 'node:stream'
import { runCli } from '../../../cli/program.ts'
import type { Sink, Surroundings } from '../../../cli/surroundings.ts'

export type Ran = { code: number; stdout: string; stderr: string }

/** Surroundings that live in memory, with the API as a function. */
export function inMemory(o: { env?: NodeJS.ProcessEnv; stdin?: string; fetch?: typeof fetch; isTTY?: boolean } = {}) {
  const written = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const sink = (to: Uint8Array[]): Sink => ({
    isTTY: o.isTTY ?? false,
    columns: 100,
    write(chunk) {
      to.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      return true
    },
  })
  const interrupts = new Set<() => void>()
  const around: Surroundings = {
    env: { DRYDOCK_URL: 'http://drydock.test', DRYDOCK_TOKEN: 'dd_test', ...o.env },
    stdin: Object.assign(Readable.from(o.stdin === undefined ? [] : [o.stdin]), { isTTY: o.isTTY ?? false }),
    stdout: sink(written.stdout),
    stderr: sink(written.stderr),
    fetch: o.fetch ?? refuseEverything,
    onInterrupt(callback) {
      interrupts.add(callback)
      return () => interrupts.delete(callback)
    },
    onTerminate: () => {},
  }
  return {
    around,
    stdout: () => Buffer.concat(written.stdout).toString('utf8'),
    stderr: () => Buffer.concat(written.stderr).toString('utf8'),
    interrupt: () => interrupts.forEach((callback) => callback()),
  }
}

/** One command line in memory. */
export async function run(words: readonly string[], o: Parameters<typeof inMemory>[0] = {}): Promise<Ran> {
  const memory = inMemory(o)
  const code = await runCli(words, memory.around)
  return { code, stdout: memory.stdout(), stderr: memory.stderr() }
}

const refuseEverything: typeof fetch = (input) => {
  throw new Error(`a request was made: ${input instanceof Request ? input.url : String(input)}`)
}

type Reply = { status?: number; body?: unknown; sse?: readonly object[]; bytes?: Uint8Array; cut?: boolean }

/** An API that answers from a list of `METHOD /path` and remembers what it was asked. */
export function fakeApi(
  routes: Readonly<Record<string, (call: { body: unknown; headers: Headers; nth: number }) => Reply>>,
) {
  const calls: { route: string; query: URLSearchParams; body: unknown; headers: Headers }[] = []
  const answer: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input))
    const route = `${init?.method ?? 'GET'} ${url.pathname}`
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : null
    const headers = new Headers(init?.headers)
    const nth = calls.filter((call) => call.route === route).length
    calls.push({ route, query: url.searchParams, body, headers })
    const reply = routes[route]?.({ body, headers, nth })
    if (!reply) return Response.json({ error: `no ${route}`, code: 'NOT_FOUND' }, { status: 404 })
    if (reply.bytes) return new Response(new Blob([Uint8Array.from(reply.bytes)]))
    if (reply.sse) return new Response(streamOf(reply.sse, reply.cut ?? false))
    return Response.json(reply.body ?? null, { status: reply.status ?? 200 })
  }
  return { fetch: answer, calls }
}

/** One chunk a read, so that what was sent before a cut arrives. */
function streamOf(events: readonly object[], cut: boolean): ReadableStream<Uint8Array> {
  const left = [...events]
  return new ReadableStream(
    {
      pull(controller) {
        const event = left.shift()
        if (event) {
          const seq = 'seq' in event ? `id: ${String(event.seq)}\n` : ''
          controller.enqueue(Buffer.from(`${seq}event: x\ndata: ${JSON.stringify(event)}\n\n`))
        } else if (cut) controller.error(new Error('socket hang up'))
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

export const operationId = '01936f5e-8d2a-7c31-9f0e-6b1d2c3a4e5f'

/** An operation as the API shows it. */
export const operation = (change: object = {}) => ({
  id: operationId,
  kind: 'setup',
  title: 'Set up web-1',
  server: { id: '01936f5e-8d2a-7c31-9f0e-6b1d2c3a4e60', name: 'web-1' },
  state: 'running',
  reason: null,
  detail: null,
  requester: 'ada',
  created_at: '2026-01-31T12:00:00.000Z',
  ended_at: null,
  result: null,
  ...change,
})

let nextSeq = 0
/** An event as the API sends it. */
export const event = (change: { type: string; message?: string; [field: string]: unknown }) => ({
  seq: ++nextSeq,
  at: '2026-01-31T12:00:00.000Z',
  message: '',
  data: {},
  ...change,
})

/** Where the operation of these tests is. */
export const at = `/v1/operations/${operationId}`
/** A change of state as an event. */
export const state = (value: string, more: object = {}) => event({ type: 'state', data: { state: value, ...more } })
/** What happened to one step. */
export const step = (status: string, message: string, more: object = {}) =>
  event({ type: 'step', step: 'user', status, message, data: {}, ...more })
/** An operation that is over. */
export const ended = (value: string, more: object = {}) =>
  operation({
    state: value,
    ended_at: '2026-01-31T12:00:04.000Z',
    result: { state: value, message: 'It is over.' },
    ...more,
  })
/** The answer about one operation. */
export const details = (of: object, more: object = {}) => ({
  body: { operation: of, plan: null, steps: [], runs: [], ...more },
})
