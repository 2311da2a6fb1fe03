import type { ActionType, Risk } from '../../../schema/guard.ts'

/** An act that the words of a program tell by themselves: one line of a table. */
export type Row = {
  readonly action: ActionType
  /** Names of the programs, parted by blanks. */
  readonly of: string
  /** What the words after the name look like; a group called `target` names what is hit. */
  readonly words: RegExp
  readonly because: string
  /** What it reads from its standard input counts as its words. */
  readonly fed?: true
  /** Words with which it only shows, or spares what matters. */
  readonly unless?: RegExp
  /** Only where several are named, or a list that the host makes; `repeated`: only for each of a list. */
  readonly many?: true | 'repeated'
  readonly risk?: Risk
}

/** The rows of one kind of act that look at a program. */
export type Rows = {
  readonly rows: readonly Row[]
  /** What the program reads from its standard input counts as its words for one of them. */
  readonly isFed: boolean
}
