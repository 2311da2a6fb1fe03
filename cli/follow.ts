import { hasEnded, OperationState } from '../schema/operation.ts'
import { DetailsAnswer, EventAnswer } from './answers.ts'
import { apiAway, type Client, segment } from './client.ts'
import { Failure } from './failure.ts'
import { type SseMessage, sseMessages } from './sse.ts'

const firstPauseMs = 200
const longestPauseMs = 2_000
const giveUpAfterMs = 300_000

type Following = {
  client: Client
  path: string
  lastEventId?: string
  signal: AbortSignal
  /** Called when the stream broke and when it is there again. */
  onGap?: (because: 'lost' | 'back') => void
  /** Whether a stream that the API ended is complete; asked each time one ends. */
  isComplete: () => Promise<boolean>
}

/** A stream of the API, whole: continues after the last message wherever a connection or the API itself goes away. */
export async function* followStream(o: Following): AsyncGenerator<SseMessage> {
  let lastEventId = o.lastEventId
  let lostAt: number | null = null
  let pauseMs = firstPauseMs
  while (!o.signal.aborted) {
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      }
      const response = await o.client.open(o.path, { headers, signal: o.signal })
      if (lostAt !== null) o.onGap?.('back')
      lostAt = null
      for await (const message of sseMessages(bodyOf(response))) {
        pauseMs = firstPauseMs
        lastEventId = message.id ?? lastEventId
        yield message
      }
      if (await o.isComplete()) return
    } catch (error) {
      if (o.signal.aborted) return
      if (error instanceof Failure && !mayComeBack(error)) throw error
      if (lostAt === null) o.onGap?.('lost')
      lostAt ??= Date.now()
      if (Date.now() - lostAt > giveUpAfterMs) throw apiAway(o.client.connection.url, error)
    }
    await pause(pauseMs, o.signal)
    pauseMs = Math.min(longestPauseMs, pauseMs * 2)
  }
}

/** What happened and happens in an operation, in order and without gaps, until it has ended. */
export async function* followEvents(
  o: Pick<Following, 'client' | 'signal' | 'onGap'> & { id: string; after?: number },
): AsyncGenerator<EventAnswer> {
  let ended = false
  const path = `/v1/operations/${segment(o.id)}/events`
  const isComplete = async () => ended || hasEnded((await readDetails(o.client, o.id)).operation.state)
  const stream = followStream({
    ...o,
    path,
    isComplete,
    ...(o.after === undefined ? {} : { lastEventId: String(o.after) }),
  })
  for await (const message of stream) {
    const event = eventOf(message)
    if (event === null) continue
    ended = endsOperation(event)
    yield event
    if (ended) return
  }
}

/** One operation as it stands: its state, plan and steps. */
export const readDetails = async (client: Client, id: string): Promise<DetailsAnswer> =>
  DetailsAnswer.parse(await client.get(`/v1/operations/${segment(id)}`))

export function endsOperation(event: EventAnswer): boolean {
  const state = OperationState.safeParse(event.data.state)
  return event.type === 'state' && state.success && hasEnded(state.data)
}

function eventOf(message: SseMessage): EventAnswer | null {
  try {
    const parsed = EventAnswer.safeParse(JSON.parse(message.data))
    return parsed.success ? parsed.data : null
  } catch {
    return null // a heartbeat or a message of another kind
  }
}

const mayComeBack = (failure: Failure): boolean => failure.retryable || failure.code === 'NOT_DRYDOCK'

const bodyOf = (response: Response): AsyncIterable<Uint8Array> => response.body ?? emptyBody()

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
