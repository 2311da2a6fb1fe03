import type { ActionType, Risk } from '../../schema/guard.ts'
import { needleFor } from '../needles.ts'
import type { Call } from '../reading/call.ts'
import type { Match } from '../rules/rule.ts'
import { takesList } from './many.ts'
import { isPlainlySparing, toneOf } from './verbs.ts'
import { leading, onlyTries, textOf } from './words.ts'

/** A program whose job it is, among other things, to destroy: all that is not known to be harmless asks. */
export type Closed = {
  /** Names of the programs, parted by blanks. */
  readonly of: string
  readonly action: ActionType
  /** What else it may be told, parted by commas: patterns of its words from the first on. Verbs that spare need not stand here. */
  readonly harmless?: string
  /** Words with which it asks, whatever else they say. Options and all; tested before what is harmless. */
  readonly never?: RegExp
  /** Options whose value is a word of its own, parted by blanks. */
  readonly values?: string
  /** Told by options what to do: those that are harmless. Without this an option says nothing. */
  readonly options?: RegExp
  /** Words with which it only tries, beside those that every tool has. */
  readonly dry?: RegExp
  /** Verbs of which the one that spares elsewhere does not here. */
  readonly strict?: true
  /** Kinds of act that are nearer to some of its words. */
  readonly nearer?: readonly (readonly [words: RegExp, action: ActionType])[]
  readonly risk?: Risk
  readonly asks: readonly string[]
  readonly passes: readonly string[]
}

export type ClosedMatch = { readonly action: ActionType; readonly match: Match }

type Ready = Closed & {
  readonly known: RegExp
  readonly takesValue: ReadonlySet<string>
  /** A word has this where what always asks may be there; null: any word may. */
  readonly mayAsk: RegExp | null
}

export const asReady = (closed: Closed): Ready => ({
  ...closed,
  mayAsk: needleFor(closed.never === undefined ? [] : [closed.never]),
  known: new RegExp(`^(?:${(closed.harmless ?? '(?!)').split(', ').join('|')})(?:\\s|$)`, 'i'),
  takesValue: new Set(closed.values?.split(' ') ?? []),
})

/** What a program of the closed world would do, where that is not known to be harmless. */
export function closedMatch(closed: Ready, call: Call): ClosedMatch | null {
  if (sparesAtOnce(closed, call)) return null
  const text = textOf(call)
  if (closed.never?.test(text) !== true && !takesList(call) && isHarmless(closed, call, text)) return null
  if (onlyTries(call, text) || closed.dry?.test(text) === true) return null
  const action = closed.nearer?.find(([pattern]) => pattern.test(text))?.[1] ?? closed.action
  return {
    action,
    match: {
      because: `Not everything that ${call.name} does is harmless, and this is not known to be.`,
      targets: [],
      ...(closed.risk === undefined ? {} : { risk: closed.risk }),
    },
  }
}

/** `docker ps`: its first word spares, which needs no look at all of them together. */
function sparesAtOnce({ options, strict, mayAsk }: Ready, { args, open, repeated }: Call): boolean {
  if (options !== undefined || strict === true || mayAsk === null || open !== null || repeated) return false
  const verb = args[0]?.text ?? ''
  return verb.length <= longestVerb && isPlainlySparing(verb) && !args.some(({ text }) => mayAsk.test(text))
}

/** What is longer is most likely a name, of which there is no end. */
const longestVerb = 12

function isHarmless(closed: Ready, call: Call, text: string): boolean {
  if (closed.options !== undefined) {
    const { options } = closed
    return call.args.every(({ text: word }) => !word.startsWith('-') || options.test(word))
  }
  if (call.open === null && closed.known.test(text)) return true
  const tone = closed.strict === true ? 'unknown' : toneOf(leading(call, closed.takesValue))
  if (tone === 'spares') return true
  const words = wordsWithout(closed.takesValue, call)
  if (words.length === 0) return call.open === null
  const spoken = words.join(' ')
  if (closed.known.test(spoken) || (spoken !== text && closed.known.test(text))) return true
  if (closed.strict === true || tone === 'takes') return false
  // A value of an option that is not known here may stand before the verb.
  return call.args[0]?.text.startsWith('-') === true && closed.known.test(spoken.replace(/^\S+ /, ''))
}

/** Words that are no options, nor their values. */
function wordsWithout(takesValue: ReadonlySet<string>, { args }: Call): string[] {
  const words: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const text = args[at]?.text ?? ''
    if (text.startsWith('-') && text.length > 1) at += takesValue.has(text) ? 1 : 0
    else words.push(text)
  }
  return words
}
