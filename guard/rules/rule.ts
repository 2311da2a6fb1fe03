import type { ActionType, Risk } from '../../schema/guard.ts'
import type { HostAnswers, HostQuestion } from '../../schema/host-questions.ts'
import type { DeviceType } from '../../schema/server.ts'
import type { Call } from '../reading/call.ts'
import type { Rows } from './listed/row.ts'

/** One act that a rule found in a call. */
export type Match = {
  readonly because: string
  /** Named things it hits, as far as the text says. */
  readonly targets: readonly string[]
  /** How many things, where the text itself tells. */
  readonly count?: number
  /** Where this one is more or less than the rule says of its kind. */
  readonly risk?: Risk
  /** Where this one can be taken back although most of its kind cannot. */
  readonly rollback?: boolean
}

export type Impact = {
  readonly count: number | null
  readonly targets: readonly string[]
  readonly server: string
}

/** What an alternative says and does; `command` is shown ready to be used. */
export type Advice = { readonly text: string; readonly command: string | null }

/** Everything the guard knows of one kind of destructive act: what it looks like, what it means, what to do instead. */
export type Rule = {
  readonly action: ActionType
  /** Names of the programs it looks at. */
  readonly programs: readonly string[]
  /** By program, what the tables of listed/ add to it. */
  readonly listed?: ReadonlyMap<string, Rows>
  /** It looks at every call that sends its output to a file as well. */
  readonly redirected?: true
  /** By program, and parted by blanks: the words of which it needs one. With none of them a call is not looked at. */
  readonly verbs?: Readonly<Record<string, string>>
  readonly match: (call: Call, device: DeviceType) => Match | null
  /** The act in words that a person repeats: 'stop all 12 containers'. */
  readonly act: (impact: Impact) => string
  /** `by_count`: 1 and 2 are low, 3 to 10 medium, more high (spec GUARD-7). */
  readonly risk: Risk | 'by_count'
  readonly things: string
  readonly downtime: string
  readonly rollback: boolean
  readonly advice: (impact: Impact) => readonly Advice[]
  /** What to count on the host. */
  readonly questions?: (targets: readonly string[]) => readonly HostQuestion[]
  readonly counted?: (
    answers: HostAnswers,
    targets: readonly string[],
  ) => { readonly items: readonly string[]; readonly count?: number } | null
  /** Commands it must find, and commands that look alike and must pass. */
  readonly examples: readonly string[]
  readonly nearMisses: readonly string[]
}
