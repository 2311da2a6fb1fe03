import { readable, unknown } from './marks.ts'

/** One word as it would reach a program; see marks.ts. */
export type Arg = {
  readonly text: string
  /** The text of the command whose output this word is made of, where it is. */
  readonly outputOf?: string
  /** What stands in the file that a process substitution names; null where only the host knows. */
  readonly content?: string | null
}

export type Redirect = { readonly operator: string; readonly target: Arg }

/** What a command reads: text that is known, or the output of another command, or nothing we can say. */
export type Stdin = { readonly read: () => string | null; readonly from: string; readonly source: () => Call | null }

/** Where a command runs as seen from the server that was asked. */
export type Place = 'host' | 'container' | 'elsewhere'

/** One simple command that would run, seen through whatever wraps it. */
export type Call = {
  /** Base name of the program: `/usr/bin/docker` is `docker`. */
  readonly name: string
  readonly program: Arg
  readonly args: readonly Arg[]
  readonly redirects: readonly Redirect[]
  readonly stdin: Stdin | null
  /** Directories it may run in; the first is the likeliest. */
  readonly cwds: readonly string[]
  readonly place: Place
  /** More words come from somewhere at run time: xargs, parallel. */
  readonly open: Arg | null
  /** Stands in a loop or under find: runs an unknown number of times. */
  readonly repeated: boolean
  readonly parent: Call | null
}

/** The words of a call as they would run, for people. */
export function wordsOf(call: Call): string {
  let words = call.program.text
  for (const arg of call.args) words += ` ${spell(arg)}`
  if (call.open !== null) words += ` ${spell(call.open)}`
  for (const { operator, target } of call.redirects) words += ` ${operator} ${target.text}`
  return readable(words).trim()
}

function spell({ text, outputOf }: Arg): string {
  if (outputOf === undefined) return text
  const command = `$(${outputOf.trim()})`
  // `NAME=$(…)`: what stands around it counts.
  return text.includes(unknown) && text !== unknown ? text.replace(unknown, () => command) : command
}

/** The words after the name, without what only the host knows. */
export const textsOf = (call: Call): string[] => call.args.map((arg) => arg.text)

/** Reads something of a call once: rules ask for the same one after the other. */
export function ofLastCall<T>(read: (call: Call) => T): (call: Call) => T {
  let last: { readonly call: Call; readonly value: T } | null = null
  return (call) => {
    if (last?.call !== call) last = { call, value: read(call) }
    return last.value
  }
}

/** The same where the answer is another for each kind of device. */
export function ofLastCallOn<T, On>(read: (call: Call, on: On) => T): (call: Call, on: On) => T {
  let last: { readonly call: Call; readonly on: On; readonly value: T } | null = null
  return (call, on) => {
    if (last?.call !== call || last.on !== on) last = { call, on, value: read(call, on) }
    return last.value
  }
}

/** Last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
