import type { Arg } from '../reading/call.ts'

/**
 * What becomes of a file: `empties` leaves nothing of it, `comments` turns every line off, `drops` takes lines that a
 * pattern picks, `replaces` gives it another content.
 */
export type Manner = 'empties' | 'replaces' | 'appends' | 'removes' | 'moves' | 'comments' | 'drops'

/** What a call does to one path that it names, as it is told. */
export type Told = {
  readonly arg: Arg
  readonly how: Manner
  /** What is moved goes there. */
  readonly to?: string | undefined
  /** Which lines are dropped. */
  readonly lines?: string | undefined
}

/** The same with the path resolved. */
export type Effect = Omit<Told, 'arg'> & {
  readonly path: string
  /** A pattern, a loop or a list brings more than one. */
  readonly many: boolean
}

export const each = (args: readonly Arg[], how: Manner): readonly Told[] => args.map((arg) => ({ arg, how }))
