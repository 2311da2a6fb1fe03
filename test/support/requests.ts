import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Told } from './asker.ts'

/** What became of requests. */
export type Seen = {
  readonly answers: readonly string[]
  /** Those that got no answer at all. */
  readonly failed: number
  /** Each that got no answer with status 200: what it got, and after how many milliseconds of asking it began. */
  readonly failures: readonly string[]
  /** The longest time between two answers, in milliseconds. */
  readonly longestGapMs: number
  /** So many were begun in a second, and the latest of them so late. */
  readonly perSecond: number
  readonly latestMs: number
}

/** Requests that somebody outside makes all the time. */
export type Requests = {
  /** What became of those since the last look, or since the first of them; it goes on asking. */
  look(): Promise<Seen>
  stop(): Promise<Seen>
}

/**
 * Asks for an address again and again, `everyMs`, each time on a connection of its own; of several, each in turn. It
 * does so in a process of its own, and has begun when this resolves.
 */
export async function keepAsking(url: string | readonly string[], everyMs = 10): Promise<Requests> {
  const urls = typeof url === 'string' ? [url] : url
  const asker = fork(join(import.meta.dirname, 'asker.ts'), [String(everyMs), ...urls], {
    execArgv: ['--import', 'tsx'],
  })
  await once(asker, 'message')
  const hear = async (word: 'look' | 'stop'): Promise<Seen> => {
    const answered = once(asker, 'message')
    asker.send(word)
    const told: Told = (await answered)[0]
    return seenOf(told)
  }
  return { look: () => hear('look'), stop: () => hear('stop') }
}

function seenOf(told: Told): Seen {
  const times = told.answers.map(({ at }) => at).toSorted((a, b) => a - b)
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
  return {
    answers: told.answers.map(({ text }) => text),
    failed: told.unanswered,
    failures: told.failures,
    longestGapMs: Math.round(Math.max(0, ...gaps)),
    perSecond: Math.round((told.begun * 1_000) / told.forMs),
    latestMs: told.latestMs,
  }
}
