import { once } from 'node:events'
import type { DetailsAnswer, EventAnswer } from './answers.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { shortDuration } from './durations.ts'
import { exitCode } from './exit-code.ts'
import { endsOperation, followEvents, readDetails } from './follow.ts'
import { watchInterrupts } from './interrupts.ts'
import { beginning, narrate, type Story, waitingFor } from './narrate.ts'
import { createStatusLine, type StatusLine } from './status-line.ts'

/** How watching ended: with the operation, or by leaving it alone while it goes on. */
export type Watched =
  | { readonly kind: 'ended'; readonly details: DetailsAnswer }
  | { readonly kind: 'left'; readonly details: DetailsAnswer | null }

export type WatchOptions = {
  readonly id: string
  /** Where what happens is said: standard output belongs to the command's own output in `run`. */
  readonly say: 'stdout' | 'stderr' | 'json lines'
  readonly after?: number
  /** Called when a person must decide; answers whether to go on watching. */
  readonly onApproval: (signal: AbortSignal) => Promise<'go on' | 'leave'>
  /** `cancel`: what goes on is for us alone, and ends when we leave. */
  readonly onInterrupt?: 'ask' | 'cancel'
  /** Runs beside the events, such as the copying of output; `until` settles with the last event, `signal` is for leaving. */
  readonly beside?: (o: { id: string; signal: AbortSignal; until: Promise<void>; status: StatusLine }) => Promise<void>
}

const drawEveryMs = 120
const askEveryMs = 4_000
const plainEveryMs = 10_000
const silentMs = 2_000
const mostPlain = 160

/** Shows an operation as it goes until it ends, survives an API that restarts, lets Ctrl-C leave or cancel it. */
export async function watchOperation(cli: Cli, o: WatchOptions): Promise<Watched> {
  const leaving = new AbortController()
  const view = createView(cli, o)
  const client = cli.api()
  const stopInterrupts = watchInterrupts({
    around: cli.around,
    operationId: o.id,
    first: o.onInterrupt ?? 'ask',
    note: (text) => view.status.above(() => cli.screen.note(text)),
    detach: () => leave(exitCode.interrupted),
    cancel() {
      cli.endWith(exitCode.interrupted)
      client
        .post(`/v1/operations/${segment(o.id)}/cancellation`, {})
        .catch((error: unknown) =>
          view.status.above(() => cli.screen.note(error instanceof Error ? error.message : String(error))),
        )
    },
  })
  function leave(code: typeof exitCode.interrupted | typeof exitCode.refused): void {
    cli.endWith(code)
    leaving.abort()
  }

  const ticker = setInterval(view.tick, drawEveryMs)
  const eventsOver = new AbortController()
  const until = once(eventsOver.signal, 'abort').then(() => undefined)
  const beside = o.beside?.({ id: o.id, signal: leaving.signal, until, status: view.status }) ?? Promise.resolve()
  beside.catch(() => leaving.abort()) // the error itself is thrown by the await below
  try {
    const happened = followEvents({
      client,
      id: o.id,
      signal: leaving.signal,
      onGap: view.onGap,
      ...(o.after === undefined ? {} : { after: o.after }),
    })
    for await (const event of happened) {
      view.take(event)
      if (!endsOperation(event) && asksForDecision(event)) {
        view.status.clear()
        view.pause(true)
        if ((await o.onApproval(leaving.signal)) === 'leave') leave(exitCode.refused)
        view.pause(false)
      }
    }
    eventsOver.abort()
    await beside
    if (!leaving.signal.aborted) return { kind: 'ended', details: await readDetails(client, o.id) }
    // Whoever leaves is not held back by an API that is away.
    return { kind: 'left', details: await readDetails(client, o.id).catch(() => null) }
  } finally {
    leaving.abort()
    clearInterval(ticker)
    stopInterrupts()
    view.status.clear()
  }
}

const asksForDecision = (event: EventAnswer): boolean =>
  event.type === 'approval' && event.status === 'pending' && typeof event.data.phrase === 'string'

function createView(cli: Cli, o: WatchOptions) {
  const { screen, around } = cli
  const toStdout = o.say === 'stdout'
  const paint = toStdout ? screen.paint : screen.paintNote
  const sink = toStdout ? around.stdout : around.stderr
  const live = !screen.json && sink.isTTY === true && around.env.TERM !== 'dumb'
  const status = createStatusLine(sink, live)
  let story: Story = beginning
  let since = Date.now()
  let lastPlain = 0
  let lastAsked = Date.now()
  let paused = false
  let lost = false
  let waits: string | null = null

  const say = (line: string): void => {
    if (o.say === 'json lines' || screen.json) return
    status.above(() => (toStdout ? screen.line(line) : screen.note(line)))
  }

  function take(event: EventAnswer): void {
    if (o.say === 'json lines') screen.jsonLine(event)
    const told = narrate(story, event, paint)
    if (told.story.running?.step !== story.running?.step || told.story.state !== story.state) since = Date.now()
    story = told.story
    waits = null
    lastPlain = Date.now()
    lastAsked = Date.now()
    if (told.line !== null) say(told.line)
  }

  /** Events say what happened; only the engine knows that nothing does, such as when no worker runs. */
  async function askForState(): Promise<void> {
    lastAsked = Date.now()
    const details = await readDetails(cli.api(), o.id).catch(() => null)
    if (details === null) return
    const { operation } = details
    const now = operation.state === 'waiting' ? waitingFor(operation.reason, operation.detail) : null
    if (now !== null && now !== waits && operation.reason === 'worker') say(paint.yellow(`… ${now}`))
    waits = now
    story = { ...story, state: operation.state, detail: operation.detail ?? null }
  }

  function tick(): void {
    if (paused || screen.json) return
    const now = Date.now()
    if (now - lastAsked > askEveryMs && !lost) void askForState()
    const text = statusText({ story, waits, lost, elapsedMs: now - since })
    if (live) status.show(`${spinner[Math.floor(now / drawEveryMs) % spinner.length] ?? ''} ${text}`)
    else if (now - since > silentMs && now - lastPlain > (lastPlain < since + silentMs ? silentMs : plainEveryMs)) {
      lastPlain = now
      say(paint.dim(`… ${text.length > mostPlain ? `${text.slice(0, mostPlain)}…` : text}`))
    }
  }

  return {
    status,
    take,
    tick,
    pause: (wanted: boolean) => {
      paused = wanted
    },
    onGap: (because: 'lost' | 'back') => {
      lost = because === 'lost'
      if (!screen.json) say(paint.yellow(lost ? '… the API does not answer; trying again' : '… the API is back'))
    },
  }
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** What goes on now, as one line. */
export function statusText(o: { story: Story; waits: string | null; lost: boolean; elapsedMs: number }): string {
  const { story } = o
  const what = o.lost
    ? 'the API does not answer; trying again'
    : (o.waits ??
      story.running?.title ??
      (story.detail ? `${story.state.replaceAll('_', ' ')}: ${story.detail}` : story.state.replaceAll('_', ' ')))
  const percentage = story.percentage === null ? '' : `${Math.round(story.percentage)} % `
  return `${percentage}${what} (${shortDuration(o.elapsedMs)})`
}
