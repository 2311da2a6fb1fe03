import { forEachChild, type CompoundList, type Pipeline, type Script, type SyntaxNode } from 'unbash'
import type { Arg, Call, Stdin } from './call.ts'
import { readCommand } from './command.ts'
import { expandWords } from './expand.ts'
import { unknown } from './marks.ts'
import { expansionIn, withRedirects } from './redirects.ts'
import { outputOfNode } from './substitution.ts'
import { later, readScript, type Context, type Reader } from './reader.ts'
import { assign, copyScope, type Scope } from './scope.ts'

/** Reads one node of a script; what is below it goes on the reader's stack. */
export function walk(reader: Reader, node: SyntaxNode, context: Context): void {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- words, redirections and tests run nothing but the scripts in them
  switch (node.type) {
    case 'Script':
    case 'CompoundList':
      for (let at = node.commands.length - 1; at >= 0; at -= 1) {
        const statement = node.commands[at]
        if (statement !== undefined) reader.tasks.push(() => walk(reader, statement, context))
      }
      return
    case 'Statement':
      walk(reader, node.command, context)
      return
    case 'AndOr':
      chain(reader, node.commands, context)
      return
    case 'Pipeline':
      pipeline(reader, node, context)
      return
    case 'Command':
      readNested(reader, node, context)
      readCommand(reader, node, context)
      return
    case 'Redirected':
      for (const redirect of node.redirects) readNested(reader, redirect, context)
      walk(reader, node.command, withRedirects(node.redirects, context))
      return
    case 'Subshell':
      walk(reader, node.body, subshell(context))
      return
    case 'BraceGroup':
      walk(reader, node.body, context)
      return
    case 'Coproc':
      walk(reader, node.body, { ...context, stdin: writtenLater })
      return
    case 'If':
      branches(
        reader,
        [
          node.clause,
          node.then,
          ...node.elif.flatMap((branch) => [branch.clause, branch.then]),
          ...(node.else === undefined ? [] : [node.else]),
        ],
        context,
      )
      return
    case 'While':
      branches(reader, [node.clause, node.body], { ...context, repeated: true })
      return
    case 'For':
    case 'Select':
      for (const word of node.wordlist ?? []) readNested(reader, word, context)
      reader.tasks.push(() => overWords(reader, node, context))
      return
    case 'ArithmeticFor':
      readNested(reader, node, context)
      branches(reader, [node.body], { ...context, repeated: true })
      return
    case 'Case':
      readNested(reader, node.word, context)
      branches(
        reader,
        node.items.map((item) => item.body),
        context,
      )
      return
    case 'Function':
      context.scope.functions.set(node.name.value, node)
      reader.functions.set(node, { context: { ...context, scope: copyScope(context.scope) }, called: false })
      return
    default:
      readNested(reader, node, context)
  }
}

/** What the script writes to a coprocess as it goes on. */
const writtenLater: Stdin = { read: () => null, from: 'what is written to a coprocess', source: () => null }

const subshell = (context: Context): Context => ({ ...context, scope: copyScope(context.scope) })

/** What may or may not run: directories before and after stay possible. */
function branches(reader: Reader, lists: readonly CompoundList[], context: Context): void {
  const before = context.scope.cwds
  const inner = { ...context, certain: false }
  later(reader, ...lists.map((list) => () => walk(reader, list, inner)), () => mergeDirectories(context.scope, before))
}

function mergeDirectories(scope: Scope, before: readonly string[]): void {
  if (scope.cwds !== before) scope.cwds = [...new Set([...scope.cwds, ...before])].slice(0, 8)
}

/** `a && b || c`: the first surely runs. A directory entered on the way is where the next one runs. */
function chain(reader: Reader, commands: readonly SyntaxNode[], context: Context): void {
  let before = context.scope.cwds
  const possible = { ...context, certain: false }
  reader.tasks.push(() => mergeDirectories(context.scope, before))
  for (let at = commands.length - 1; at >= 0; at -= 1) {
    const command = commands[at]
    if (command === undefined) continue
    reader.tasks.push(() => {
      if (at === 1) before = context.scope.cwds
      walk(reader, command, at === 0 ? context : possible)
    })
  }
}

function pipeline(reader: Reader, node: Pipeline, context: Context): void {
  const [only] = node.commands
  if (node.commands.length === 1 && only !== undefined) {
    walk(reader, only, context)
    return
  }
  const from = reader.calls.length
  let stdin = context.stdin
  const tasks = node.commands.map((command, index) => {
    const inner = { ...context, scope: copyScope(context.scope), stdin }
    stdin = new Piped(node.commands, index + 1, inner, () => reader.calls[from] ?? null)
    return () => walk(reader, command, inner)
  })
  later(reader, ...tasks)
}

/** What comes out of the commands before a pipe; nothing of it is worked out before somebody asks. */
class Piped implements Stdin {
  readonly #commands: readonly SyntaxNode[]
  readonly #before: number
  readonly #last: Context
  readonly source: () => Call | null
  #printed: string | null | undefined

  constructor(commands: readonly SyntaxNode[], before: number, last: Context, source: () => Call | null) {
    this.#commands = commands
    this.#before = before
    this.#last = last
    this.source = source
  }

  read(): string | null {
    const command = this.#commands[this.#before - 1]
    if (command === undefined) return null
    this.#printed ??= outputOfNode(command, this.#last.scope, this.#last.stdin?.read() ?? null)
    return this.#printed
  }

  get from(): string {
    return this.#commands.slice(0, this.#before).map(spellNode).join(' | ')
  }
}

function spellNode(node: SyntaxNode): string {
  if (node.type !== 'Command') return '…'
  return [node.name, ...node.suffix]
    .map((word) => (word?.type === 'Word' ? word.text : ''))
    .join(' ')
    .trim()
}

/** Loops in loops are read twice each: not without an end. */
const maxSteps = 2_000

type Loop = Extract<SyntaxNode, { type: 'For' | 'Select' }>

function overWords(reader: Reader, node: Loop, context: Context): void {
  const x = expansionIn(context)
  const values =
    node.wordlist === undefined ? (context.scope.positional ?? [{ text: unknown }]) : expandWords(node.wordlist, x)
  reader.tasks.push(() => {
    assign(context.scope, node.name.value, values, true)
    reader.steps += values.length
    branches(reader, [node.body], { ...context, repeated: true })
  })
  if (node.wordlist !== undefined) withOneValue(reader, node, values, context)
}

/** With all values at once, a word that has its place, such as the host of ssh, would push the others on. */
function withOneValue(reader: Reader, node: Loop, values: readonly Arg[], context: Context): void {
  const [first] = values
  if (first === undefined || values.length < 2 || reader.steps > maxSteps) return
  const scope = copyScope(context.scope)
  assign(scope, node.name.value, [first], true)
  branches(reader, [node.body], { ...context, scope, repeated: true })
}

/** Scripts inside words: substitutions of any kind, each read in a shell of its own. */
export function readNested(reader: Reader, node: SyntaxNode, context: Context): void {
  if (!reader.nests) return
  const found: Script[] = []
  const todo: SyntaxNode[] = [node]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next.type === 'Script') found.push(next)
    else if (next.type === 'Word' && !/[(`]|\$\{[\s|]/.test(next.text)) continue
    else forEachChild(next, (child) => todo.push(child))
  }
  for (const script of found.toReversed())
    readScript(reader, script, {
      ...subshell(context),
      stdin: null,
      redirects: [],
      open: null,
      depth: context.depth + 1,
    })
}
