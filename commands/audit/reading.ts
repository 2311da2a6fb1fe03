import type { Script } from '../shell.ts'

/**
 * One thing that an audit reads of a host, with the parser of what comes back. It only reads, takes no lock, and prints
 * nothing that moves by itself: no times, counters or process ids.
 */
export type Reading<T> = {
  /** Stands in the output; unique among all readings. */
  readonly name: string
  readonly script: Script
  /** Only root sees the whole of it: without root it is not believed. */
  readonly needsRoot: boolean
  /** Every host has something to say here: silence is no answer, and must not pass for a good one. */
  readonly neverEmpty?: true
  /** After this it is ended on the host and counts as unreadable; 15 by default. */
  readonly timeoutSeconds?: number
  readonly parse: (answer: Answer) => T
}

/** What a reading's script printed and how it ended. */
export type Answer = { readonly text: string; readonly exitCode: number }

/** The lines of an answer that are not empty. */
export const linesOf = ({ text }: Pick<Answer, 'text'>): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')

/** The lines of an answer as fields; `limit` keeps the rest in the last one, such as a path with blanks. */
export const fieldsOf = (answer: Pick<Answer, 'text'>, limit: number): readonly (readonly string[])[] =>
  linesOf(answer).map((line) => {
    const words = line.split(' ')
    return words.length <= limit ? words : [...words.slice(0, limit - 1), words.slice(limit - 1).join(' ')]
  })
