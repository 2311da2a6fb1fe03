import type { EventAnswer } from './answers.ts'
import type { Colour, Palette } from './colour.ts'
import { shortDuration } from './durations.ts'

/** What is known of an operation from its events so far. */
export type Story = {
  readonly titles: Readonly<Record<string, string>>
  readonly running: { readonly step: string; readonly title: string } | null
  readonly percentage: number | null
  readonly state: string
  readonly detail: string | null
}

export const beginning: Story = { titles: {}, running: null, percentage: null, state: 'waiting', detail: null }

/** Takes one event into the story; `line` is what is said of it to people, if anything. */
export function narrate(story: Story, event: EventAnswer, paint: Palette): { story: Story; line: string | null } {
  switch (event.type) {
    case 'step':
      return narrateStep(story, event, paint)
    case 'state':
      return narrateState(story, event, paint)
    case 'warning':
      return { story, line: paint.yellow(`! ${event.message}`) }
    case 'approval':
      return { story, line: paint.yellow(`  ${event.message}`) }
    case 'notice':
      return { story, line: paint.dim(`  ${event.message}`) }
    default:
      return { story, line: null } // output has a stream of its own; what a later API adds is not for this client
  }
}

function narrateStep(story: Story, event: EventAnswer, paint: Palette): { story: Story; line: string | null } {
  const step = event.step ?? ''
  const percentage = event.percentage ?? story.percentage
  if (event.status === 'running' || event.status === 'pending') {
    const titles = { ...story.titles, [step]: event.message }
    return { story: { ...story, titles, percentage, running: { step, title: event.message } }, line: null }
  }
  const state = typeof event.data.state === 'string' ? event.data.state : (event.status ?? '')
  const title = story.titles[step] ?? step
  const running = story.running?.step === step ? null : story.running
  const because = event.message && event.message !== title ? event.message : null
  return {
    story: { ...story, percentage, running },
    line: stepLine({ title, state, because, durationMs: event.duration_ms }, paint),
  }
}

function narrateState(story: Story, event: EventAnswer, paint: Palette): { story: Story; line: string | null } {
  const { state, reason, detail } = event.data
  if (typeof state !== 'string') return { story, line: null }
  const told = typeof detail === 'string' ? detail : null
  const next = { ...story, state, detail: told }
  if (state !== 'waiting' || typeof reason !== 'string') return { story: next, line: null }
  return { story: next, line: paint.yellow(`… ${waitingFor(reason, told)}`) }
}

/** One step as a line: its mark, title, time, and why where that is not plain. */
export function stepLine(
  o: { title: string; state: string; because?: string | null; durationMs?: number | null | undefined },
  paint: Palette,
): string {
  const [mark, colour, word] = lookOf(o.state, paint)
  const aside = [word, o.durationMs && o.durationMs >= 100 ? shortDuration(o.durationMs) : '']
    .filter(Boolean)
    .join(', ')
  const because = o.because ? `\n    ${o.because.replaceAll('\n', '\n    ')}` : ''
  return `${colour(mark)} ${o.title}${aside ? paint.dim(` (${aside})`) : ''}${because}`
}

function lookOf(state: string, paint: Palette): [mark: string, colour: Colour, word: string] {
  switch (state) {
    case 'applied':
    case 'completed':
      return ['✓', paint.green, '']
    case 'unchanged':
      return ['=', paint.dim, 'already so']
    case 'undone':
      return ['↺', paint.yellow, 'undone']
    case 'skipped':
      return ['-', paint.dim, 'skipped']
    case 'running':
      return ['…', paint.cyan, 'running']
    case 'pending':
      return ['·', paint.dim, '']
    case 'unknown':
      return ['?', paint.yellow, 'outcome unknown']
    case 'undo_failed':
      return ['✗', paint.red, 'could not be undone']
    default:
      return ['✗', paint.red, state === 'error' || state === 'failed' ? 'failed' : state]
  }
}

/** Why nothing moves, in words; `detail` names the holder, the missing worker, the next try. */
export function waitingFor(reason: string | null | undefined, detail: string | null | undefined): string {
  const words: Readonly<Record<string, string>> = {
    server_lock: 'waits for its turn on the server',
    worker: 'waits for a worker',
    schedule: 'waits for its time',
    retry: 'waits for the next try',
    host: 'waits for the host',
  }
  const says = reason ? (words[reason] ?? `waits (${reason})`) : 'waits'
  return detail ? `${says}: ${detail}` : says
}
