import { parse, type Function as FunctionNode, type ParsedScript, type SyntaxNode } from 'unbash'
import type { Arg, Call, Place, Redirect, Stdin } from './call.ts'
import type { Names } from './names.ts'
import type { Scope } from './scope.ts'

/** What could not be read, and why; it asks, it is never safe. */
export type Unclear = { readonly words: string; readonly because: string; readonly parent: Call | null }

export type Reading = {
  readonly calls: readonly Call[]
  readonly unclear: readonly Unclear[]
}

/** What surrounds a node of a script. */
export type Context = {
  readonly scope: Scope
  /** It surely runs, in this order; otherwise what it sets is only possible. */
  readonly certain: boolean
  readonly place: Place
  readonly stdin: Stdin | null
  readonly redirects: readonly Redirect[]
  readonly parent: Call | null
  readonly repeated: boolean
  readonly open: Arg | null
  readonly depth: number
  /** Functions that are being read: one that calls itself is not read again. */
  readonly inside: readonly FunctionNode[]
}

/** The state of one reading. Work waits on a stack of our own, so that no nesting can exhaust the engine's. */
export type Reader = {
  readonly tasks: (() => void)[]
  readonly calls: Call[]
  readonly unclear: Unclear[]
  /** Files that the script itself writes, by path; null where what is in them is not known. */
  readonly files: Names<string | null>
  /** Programs that the script puts under another name: which one it is. */
  readonly copies: Names<string>
  readonly functions: Map<FunctionNode, { readonly context: Context; called: boolean }>
  readonly walk: (reader: Reader, node: SyntaxNode, context: Context) => void
  /** A substitution may stand in what has been read. */
  nests: boolean
  steps: number
  characters: number
}

const maxCharacters = 262_144
const maxDepth = 24

/** Puts work on the stack so that it is done in the order given, before what waits already. */
export function later(reader: Reader, ...tasks: readonly (() => void)[]): void {
  for (let at = tasks.length - 1; at >= 0; at -= 1) {
    const task = tasks[at]
    if (task !== undefined) reader.tasks.push(task)
  }
}

export function notRead(reader: Reader, context: Context, words: string, because: string): void {
  reader.unclear.push({ words, because, parent: context.parent })
}

/** Reads shell text that is run as part of the command. */
export function readText(reader: Reader, text: string, context: Context): void {
  reader.characters += text.length
  if (context.depth >= maxDepth || reader.characters > maxCharacters) {
    notRead(reader, context, text.slice(0, 80), 'It is nested too deeply to be read to its end.')
    return
  }
  reader.nests ||= nested.test(text)
  readScript(reader, parse(text), { ...context, depth: context.depth + 1 })
}

/** With one of these a substitution begins; most texts hold none, and are not searched for them. */
const nested = /[(`]|\$\{[\s|]/

export function readScript(reader: Reader, script: ParsedScript, context: Context): void {
  if (context.depth > maxDepth) {
    notRead(reader, context, '', 'It is nested too deeply to be read to its end.')
    return
  }
  const error = script.errors?.[0]
  if (error !== undefined) notRead(reader, context, '', `It is not a whole shell text: ${error.message}.`)
  reader.tasks.push(() => reader.walk(reader, script, context))
}
