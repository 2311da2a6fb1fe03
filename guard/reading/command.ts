import type { Assignment, Command, Word } from 'unbash'
import { isBuiltin, runBuiltin } from './builtins.ts'
import { byName } from './by-name.ts'
import { baseName, wordsOf, type Arg, type Call } from './call.ts'
import { expandEachWay, expandOther, expandValue, expandWord, plainText, withoutUnset } from './expand.ts'
import { contentOf, copiedFrom, noteFiles } from './files.ts'
import { readHook, readHookWords } from './hooks.ts'
import { couldBe, isDynamic, isGlob, isLiteral, readable, unknown } from './marks.ts'
import { later, notRead, readText, type Context, type Reader } from './reader.ts'
import { aliasOf, assign, copyScope, newScope } from './scope.ts'
import type { Inner } from './inner.ts'
import { programOf } from './program.ts'
import { expansionIn, withRedirects } from './redirects.ts'

/** Reads a simple command: its assignments, then each way its name could come out. */
export function readCommand(reader: Reader, node: Command, outer: Context): void {
  const context = withRedirects(node.redirects, outer)
  const assignments = assignmentsOf(node)
  if (node.name === undefined) {
    for (const assignment of assignments) setVariable(assignment, context)
    readHooks(reader, assignments, context)
    if (context.redirects.length > 0) startCall(reader, [{ text: '' }], context)
    return
  }
  // `A=1 program`: only the program sees it. What `IFS= read` sets is seen by all after it.
  const alone = assignments.length === 0 || isBuiltin(node.name.text)
  const inner = alone ? context : { ...context, scope: copyScope(context.scope) }
  if (!alone) for (const assignment of assignments) setVariable(assignment, inner)
  readHooks(reader, assignments, inner)
  const name = plainText(node.name)
  const words: Arg[] = name === null ? [] : [{ text: name }]
  const arePlain = addArguments(words, node, context)
  if (name !== null && (arePlain || !takesText(name))) {
    if (name === '') startWords(reader, words, inner)
    else startCall(reader, words, inner)
    return
  }
  const args = name === null ? words : words.slice(1)
  for (const way of expandEachWay(node.name, expansionIn(context))) {
    const given = takesText(way[0]?.text ?? '') ? argumentsEachWay(node, context) : [args]
    for (const ways of given) startWords(reader, [...way, ...ways], inner)
  }
}

/** Puts what the words behind a name become to the others; whether all of them come out as they stand. */
function addArguments(words: Arg[], { suffix }: Command, context: Context): boolean {
  let arePlain = true
  for (const part of suffix) {
    const text = part.type === 'Word' ? plainText(part) : null
    if (text !== null) {
      words.push({ text })
      continue
    }
    arePlain = false
    if (part.type === 'Word') for (const arg of expandOther(part, expansionIn(context))) words.push(arg)
    else if (part.type === 'Assignment') for (const arg of assignedWords(part, context)) words.push(arg)
  }
  return arePlain
}

const none: readonly Assignment[] = []
const assignmentsOf = ({ prefix }: Command): readonly Assignment[] =>
  prefix.length === 0 ? none : prefix.filter((part) => part.type === 'Assignment')

/** Of these one word is a text to run: a variable with two values is two texts, and not a text and its argument. */
const takesText = byName((program) => /^(\S*\/)?((ba|da|z|k)?sh|su|ssh|eval|watch|sudo|env)$/.test(program))
const maxWays = 8

function argumentsEachWay(node: Command, context: Context): readonly Arg[][] {
  const x = expansionIn(context)
  const words = node.suffix.flatMap((part) => {
    if (part.type === 'Word') return [expandEachWay(part, x).map((way) => way.map(withoutUnset))]
    return part.type === 'Assignment' ? [[assignedWords(part, context)]] : []
  })
  const most = Math.min(Math.max(1, ...words.map((ways) => ways.length)), maxWays)
  return Array.from({ length: most }, (_, way) => words.flatMap((ways) => ways[way % ways.length] ?? []))
}

function readHooks(reader: Reader, nodes: readonly Assignment[], context: Context): void {
  for (const { name, value } of nodes)
    if (value.type !== 'ArrayValue')
      for (const { text } of expandValue(value, expansionIn(context))) readHook(reader, name, text, context)
}

function setVariable(node: Assignment, context: Context): void {
  const x = expansionIn(context)
  const { scope } = context
  if (node.value.type === 'ArrayValue') {
    const before = node.append === true ? (scope.arrays.get(node.name) ?? []) : []
    scope.arrays.set(node.name, [...before, ...node.value.elements.flatMap((word: Word) => expandWord(word, x))])
    return
  }
  const values = expandValue(node.value, x)
  const name = node.name.replace(/\[.*$/s, '')
  if (node.index !== undefined) {
    scope.arrays.set(name, [...(scope.arrays.get(name) ?? []), ...values])
    return
  }
  if (node.append !== true) assign(scope, name, values, context.certain)
  else {
    const before = scope.variables.get(name) ?? [{ text: '' }]
    assign(
      scope,
      name,
      before.flatMap((old) => values.map((value) => ({ ...old, ...value, text: old.text + value.text }))),
      context.certain,
    )
  }
}

function assignedWords(node: Assignment, context: Context): Arg[] {
  if (node.value.type === 'ArrayValue') {
    setVariable(node, context)
    return [{ text: node.name }]
  }
  return expandValue(node.value, expansionIn(context)).map((value) => ({
    ...value,
    text: `${node.name}${node.append === true ? '+' : ''}=${value.text}`,
  }))
}

/** A name that only the host knows is unclear; what it would be if that part were empty is read as well. */
function startWords(reader: Reader, words: readonly Arg[], context: Context): void {
  const [first] = words
  if (first === undefined) return
  const name = baseName(first.text)
  if (first.text !== '' && isLiteral(name)) {
    startCall(reader, words, context)
    return
  }
  const rest = words.slice(1)
  if (first.text === '') {
    startWords(reader, rest, context)
    return
  }
  notRead(
    reader,
    context,
    readable(words.map((word) => word.text).join(' ')),
    `Which program runs is known only on the host: ${readable(first.text)}.`,
  )
  for (const known of dangerous)
    if (isGlob(name) && /\w{2}|\w.*\w/.test(name) && couldBe(name, known))
      startCall(reader, [{ text: known }, ...rest], context)
  if (!isDynamic(first.text)) return
  const without = first.text.replaceAll(unknown, '')
  startWords(reader, without === '' ? rest : [{ text: without }, ...rest], context)
}

/** What a pattern as a name is tried for. */
const dangerous = [
  'rm',
  'dd',
  'reboot',
  'shutdown',
  'poweroff',
  'halt',
  'mkfs',
  'wipefs',
  'zpool',
  'docker',
  'systemctl',
]

/** Reads one program with its words, whoever starts it. */
export function startCall(reader: Reader, words: readonly Arg[], context: Context, functions = true): void {
  const [first = { text: '' }] = words
  const given = words.slice(1)
  const alias = functions ? aliasOf(context.scope, first.text) : null
  if (alias !== null) {
    startCall(reader, [...alias, ...given], context, false)
    return
  }
  const program = copiedFrom(reader, first, context.scope.cwds[0] ?? '') ?? first
  const { name, before, unit, isPath, setsVariables, isBuiltin: changesShell, way } = programOf(program.text)
  if (unit !== null && functions) {
    startCall(reader, [{ text: 'service' }, { text: unit }, ...given], context, false)
    return
  }
  const call: Call = {
    name,
    program,
    args: before.length === 0 ? given : [...before, ...given],
    redirects: context.redirects,
    stdin: context.stdin,
    cwds: context.scope.cwds,
    place: context.place,
    open: context.open,
    repeated: context.repeated,
    parent: context.parent,
  }
  if (functions && callFunction(reader, call, context)) return
  reader.calls.push(call)
  if (setsVariables) readHookWords(reader, call, context)
  if (changesShell) runBuiltin(call, context)
  for (const text of noteFiles(reader, call))
    reader.tasks.push(() =>
      readText(reader, text, { ...context, scope: newScope(), parent: call, stdin: null, redirects: [], open: null }),
    )
  const script = isPath ? contentOf(reader, program, call) : undefined
  if (script !== undefined) runFile(reader, script, call, context)
  if (way !== null) for (const inner of way(call)) reader.tasks.push(() => readInner(reader, inner, call, context))
}

function callFunction(reader: Reader, call: Call, context: Context): boolean {
  const node = context.scope.functions.get(call.program.text)
  if (node === undefined) return false
  const known = reader.functions.get(node)
  if (known !== undefined) known.called = true
  if (context.inside.includes(node)) {
    notRead(reader, context, wordsOf(call), `The function ${call.name} starts itself again.`)
    return true
  }
  const scope = context.scope
  const before = scope.positional
  scope.positional = call.open === null ? call.args : null
  later(
    reader,
    () => reader.walk(reader, node.body, { ...context, certain: false, inside: [...context.inside, node] }),
    () => {
      scope.positional = before
    },
  )
  return true
}

function readInner(reader: Reader, inner: Inner, call: Call, context: Context): void {
  const below: Context = { ...context, parent: call, redirects: [], open: null }
  switch (inner.kind) {
    case 'unclear':
      notRead(reader, below, wordsOf(call), inner.because)
      return
    case 'words': {
      const next = {
        ...below,
        place: inner.place ?? context.place,
        open: inner.open ?? null,
        repeated: context.repeated || inner.repeated === true,
        depth: context.depth + 1,
      }
      if (next.depth > 60) notRead(reader, below, '', 'It is nested too deeply to be read to its end.')
      else startInner(reader, inner.words, next)
      return
    }
    case 'text': {
      if (call.name === 'trap') {
        // It runs when all else has: what is set until then counts.
        reader.tasks.unshift(() => readText(reader, inner.text, below))
        return
      }
      const remote = inner.shell === 'remote'
      const scope = inner.shell === 'same' ? context.scope : remote ? newScope() : copyScope(context.scope)
      if (inner.positional !== undefined) scope.positional = inner.positional
      if (inner.zero !== undefined) scope.variables.set('0', [inner.zero])
      readText(reader, inner.text, {
        ...below,
        scope,
        place: inner.place ?? context.place,
        stdin: context.stdin,
      })
      return
    }
    case 'file': {
      const script = contentOf(reader, inner.path, call)
      if (script !== undefined)
        runFile(
          reader,
          script,
          { ...call, args: inner.positional ?? [] },
          inner.shell === 'same' ? context : { ...context, scope: copyScope(context.scope) },
        )
      return
    }
    default:
      inner satisfies never
  }
}

function startInner(reader: Reader, words: readonly Arg[], context: Context): void {
  const [first] = words
  if (first !== undefined && isLiteral(baseName(first.text)) && first.text !== '')
    startCall(reader, words, context, false)
  else startWords(reader, words, context)
}

/** A script that the command itself has written, fetched or is fed. */
function runFile(reader: Reader, script: string | null, call: Call, context: Context): void {
  const below: Context = { ...context, parent: call, redirects: [], open: null }
  if (script === null || (isDynamic(script) && script.trim() === unknown)) {
    notRead(reader, below, wordsOf(call), 'It runs a script that the same command fetches or makes.')
    return
  }
  context.scope.positional = call.args
  readText(reader, script, { ...below, stdin: null })
}
