import { parse, type DoubleQuotedChild, type ParameterExpansionPart, type Word, type WordPart } from 'unbash'
import { expandBraces } from './braces.ts'
import type { Arg } from './call.ts'
import { gap, isDynamic, isLiteral, one, some, star, unknown, withoutMarks } from './marks.ts'
import { operate } from './parameter.ts'
import { home, lookUp, type Scope } from './scope.ts'

/** Evaluates what a substitution prints, where that can be known. */
export type OutputOf = (
  part: { readonly text: string; readonly script: WordScript },
  scope: Scope,
  depth: number,
) => Arg
type WordScript = Extract<WordPart, { type: 'CommandExpansion' }>['script']

export type Expansion = {
  readonly scope: Scope
  readonly outputOf: OutputOf
  readonly depth: number
  /** It is the name of a command: each way it could come out counts. */
  readonly isName?: true
}

/** How a word stands: as arguments (split, globs), inside double quotes, or as the value of an assignment. */
type Manner = 'argument' | 'quoted' | 'value'

const maxAlternatives = 32
const maxDepth = 12
const maxText = 65_536

/** The words that a word becomes. Where a variable may have several values, all of them are there. */
export const expandWord = (word: Word, x: Expansion): readonly Arg[] => literalWord(word) ?? expandOther(word, x)

/** The same of a word that is not plain. */
export function expandOther(word: Word, x: Expansion): readonly Arg[] {
  const usual = oneStar(word.text) ?? oneVariable(word.text, x.scope)
  if (usual !== null) return [usual]
  const values = evaluate(word, x, 'argument')
  const only = values[0]
  if (values.length === 1 && only !== undefined && !isDynamic(only.text) && !only.text.includes(gap)) return values
  return values.flatMap(split).map(withoutUnset)
}

/** All the words that a list of words becomes. */
export function expandWords(words: readonly Word[], x: Expansion): readonly Arg[] {
  const all: Arg[] = []
  for (const word of words) for (const arg of expandWord(word, x)) all.push(arg)
  return all
}

/** `dest${nothing}roy`: what is most likely empty must not hide a word. What names a path or has a value stays as it is. */
export const withoutUnset = (arg: Arg): Arg => {
  if (!isDynamic(arg.text) || arg.outputOf !== undefined) return arg
  if (/^[\w.:@%+,\uE000-]*[\w-][\w.:@%+,\uE000-]*$/.test(arg.text))
    return { ...arg, text: arg.text.replaceAll(unknown, '') }
  // In a path only what splits a name: at its end a variable is a part of the name.
  return /\s/.test(arg.text) ? arg : { ...arg, text: arg.text.replaceAll(/\uE000(?=[\w-])/g, '') }
}

/** The same, one list for each way it could come out: for the name of a command. */
export const expandEachWay = (word: Word, x: Expansion): Arg[][] => {
  const literal = literalWord(word)
  return literal === null
    ? evaluate(word, { ...x, isName: true }, 'argument').map((arg) =>
        split(arg).map((piece, index) => (index === 0 ? piece : withoutUnset(piece))),
      )
    : [literal]
}

/** The values an assignment may give. */
export const expandValue = (word: Word, x: Expansion): Arg[] => evaluate(word, x, 'value')

/** Text with expansions but neither splitting nor globs: here-documents, `[[ ]]`. */
export const expandParts = (parts: readonly WordPart[], x: Expansion): Arg[] => product(parts, x, 'quoted')

/** The text of a word that comes out as it stands, in one way, whole in quotes or in none: most words do. */
export function plainText({ text }: Word): string | null {
  if (!notPlain.test(text)) return text
  return quotedPlain.test(text) ? text.slice(1, -1) : null
}
const notPlain = /[^\w./:=@%+,-]/
const quotedPlain = /^(?:'[^'\uE000-\uE004]*'|"[^"$`\\!\uE000-\uE004]*")$/

const literalWord = (word: Word): Arg[] | null => {
  const text = plainText(word)
  return text === null ? null : [{ text }]
}

// What follows are the two forms of nearly all words that are not plain: their parts need not be found first.

/** `/var/log/*.log`. */
function oneStar(text: string): Arg | null {
  if (!withStar.test(text)) return null
  const at = text.indexOf('*')
  return { text: `${text.slice(0, at)}${star}${text.slice(at + 1)}` }
}
const withStar = /^[\w./:=@%+,-]*\*[\w./:=@%+,-]*$/

/** `"$file"`, `"$file.gz"`, where it has one value that is known. */
function oneVariable(text: string, scope: Scope): Arg | null {
  if (!text.startsWith('"$')) return null
  const match = withVariable.exec(text)
  if (match === null) return null
  const name = match[1] ?? ''
  const rest = match[2] ?? ''
  if (scope.arrays.has(name)) return null
  const values = lookUp(scope, name)
  const value = values[0]
  if (value === undefined || values.length > 1 || value.text.length + rest.length > maxText) return null
  return isDynamic(value.text) || value.text.includes(gap) ? null : { ...value, text: value.text + rest }
}
const withVariable = /^"\$([A-Za-z_]\w*)([\w./:=@%+,-]*)"$/

const split = (arg: Arg): Arg[] =>
  arg.text.includes(gap)
    ? arg.text
        .split(gap)
        .filter((piece) => piece !== '')
        .map((text) => ({ ...arg, text }))
    : [arg]

function evaluate(word: Word, x: Expansion, manner: Manner): Arg[] {
  if (x.depth > maxDepth) return [{ text: unknown }]
  const parts = word.parts
  if (parts === undefined) return [{ text: atHome(word.text, word.value) }]
  if (manner === 'argument' && parts.some(({ type }) => type === 'BraceExpansion')) return braces(word, x)
  const first = parts[0]
  const values = product(parts, x, manner)
  if (first?.type !== 'Literal' || !first.text.startsWith('~')) return values
  return values.map((value) => ({ ...value, text: atHome(word.text, value.text) }))
}

function atHome(raw: string, value: string): string {
  const [, user] = /^~([A-Za-z0-9_.-]*)(?:\/|$)/.exec(raw) ?? []
  if (user === undefined) return value
  const directory = user === '' ? home : user === 'root' ? '/root' : `/home/${user}`
  return directory + value.slice(user.length + 1)
}

function braces(word: Word, x: Expansion): Arg[] {
  const spellings = expandBraces(word.text)
  if (spellings === null) return [{ text: unknown }]
  const texts = spellings.map((spelling) => {
    const [statement] = parse(`: ${spelling}`).commands
    const command = statement?.command
    const argument = command?.type === 'Command' ? command.suffix[0] : undefined
    if (argument?.type !== 'Word') return [{ text: '' }]
    const inner = { ...x, depth: x.depth + 1 }
    // What still looks like braces stands for itself.
    const plain = argument.parts?.some((part) => part.type === 'BraceExpansion') ? undefined : argument
    return plain === undefined ? [{ text: argument.value }] : evaluate(plain, inner, 'argument')
  })
  return [{ text: texts.flatMap((values) => values.map((value) => value.text)).join(gap) }]
}

function product(parts: readonly WordPart[], x: Expansion, manner: Manner): Arg[] {
  let values: Arg[] = [{ text: '' }]
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]
    if (part === undefined) break
    const possible = valuesOf(part, x, manner)
    const next =
      possible.length < 2 || (x.isName === true && parts.length === 1)
        ? possible
        : likeliest(possible, parts, placeOf(values[0]?.text ?? '', parts[at + 1]))
    values = joined(values, next)
    if (values.length > maxAlternatives) values = [{ text: unknown }, ...values.slice(0, maxAlternatives)]
  }
  return values
}

/** Whether a part stands in a name, or is a word by itself, as between two `$IFS`. */
function placeOf(before: string, after: WordPart | undefined): 'glued' | 'alone' | 'path' {
  const next = after?.text ?? ' '
  const goesOn = after?.type !== 'SimpleExpansion' && /^["'\\]*([\w$-]|$)/.test(next) && !next.startsWith('${IFS}')
  if (/[\w.-]$/.test(before) || goesOn) return 'glued'
  const starts = before === '' || before.endsWith(gap)
  return starts && (after === undefined || /^\$\{?IFS\}?$/.test(after.text)) ? 'alone' : 'path'
}

/** `${kind:-des}troy`: in a word that is no path, a part that may be set elsewhere is taken for what stands there. */
const likeliest = (
  values: readonly Arg[],
  parts: readonly WordPart[],
  place: 'glued' | 'alone' | 'path',
): readonly Arg[] => {
  if (values.some((value) => value.text.includes('/'))) return values
  if (place === 'path' && parts.some((part) => part.text.includes('/'))) return values
  const known = values.filter((value) => value.text !== unknown)
  return known.length > 0 &&
    (place !== 'alone' || known.every((value) => /^(-{0,2}\w[\w.@,:+%=-]*|\.|--)$/.test(value.text)))
    ? known
    : values
}

/** Each on the left with each on the right: one of both nearly always. */
function joined(left: readonly Arg[], right: readonly Arg[]): Arg[] {
  const values: Arg[] = []
  for (const before of left) for (const after of right) values.push(join(before, after))
  return values
}

function join(left: Arg, right: Arg): Arg {
  // A script can double a text with each line.
  const text = left.text.length + right.text.length > maxText ? unknown : left.text + right.text
  return isText(left) && isText(right) ? { text } : { ...left, ...right, text }
}

const isText = ({ outputOf, content }: Arg): boolean => outputOf === undefined && content === undefined

function valuesOf(part: WordPart, x: Expansion, manner: Manner): readonly Arg[] {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return [{ text: part.value }]
    case 'AnsiCQuoted':
      // An escape must not be able to write a mark.
      return [{ text: isLiteral(part.text) ? withoutMarks(part.value) : part.value }]
    case 'DoubleQuoted':
    case 'LocaleString':
      return product(childrenOf(part.parts), x, 'quoted')
    case 'Glob':
      return [{ text: manner === 'argument' ? (part.kind === 'star' ? star : one) : part.text }]
    case 'ExtendedGlob':
      return [{ text: manner === 'argument' ? star : part.text }]
    case 'SimpleExpansion':
      return parameter(part.text.slice(1), x, manner)
    case 'ParameterExpansion':
      return parameterExpansion(part, x, manner)
    case 'CommandExpansion':
      return [unquoted(x.outputOf(part, x.scope, x.depth + 1), x, manner)]
    case 'ArithmeticExpansion':
      return [{ text: some }]
    case 'ProcessSubstitution':
      return [{ text: `/dev/fd/${some}`, ...contentOf(part, x) }]
    case 'BraceExpansion':
      return [{ text: part.text }]
    default:
      return part satisfies never
  }
}

function contentOf(part: Extract<WordPart, { type: 'ProcessSubstitution' }>, x: Expansion): Partial<Arg> {
  const { text } = x.outputOf(part, x.scope, x.depth + 1)
  return { outputOf: part.text.slice(2, -1), content: isDynamic(text) ? null : text }
}

const childrenOf = (parts: readonly DoubleQuotedChild[]): readonly WordPart[] => parts

function parameter(name: string, x: Expansion, manner: Manner): readonly Arg[] {
  if (name === '@' || name === '*') return [list(x.scope.positional, manner)]
  const array = x.scope.arrays.get(name)
  if (array !== undefined) return [unquoted(array[0] ?? { text: '' }, x, manner)]
  return lookUp(x.scope, name).map((value) => unquoted(value, x, manner))
}

function list(values: readonly Arg[] | null, manner: Manner): Arg {
  if (values === null) return { text: unknown }
  return {
    ...values.find((value) => value.outputOf !== undefined),
    text: values.map((value) => value.text).join(manner === 'value' ? ' ' : gap),
  }
}

function parameterExpansion(part: ParameterExpansionPart, x: Expansion, manner: Manner): readonly Arg[] {
  if (part.prefix === '#') return [{ text: some }]
  const inner = { ...x, depth: x.depth + 1 }
  const array = x.scope.arrays.get(part.parameter)
  if (part.index !== undefined && array !== undefined) {
    const index = part.index.text
    if (index === '@' || index === '*') return [list(array, manner)]
    return [unquoted(array[Number(index)] ?? { text: unknown }, x, manner)]
  }
  if (part.prefix === '!')
    return lookUp(x.scope, part.parameter).flatMap((value) => parameter(value.text, inner, manner))
  if (part.operation === undefined) return parameter(part.parameter, x, manner)
  return operate(part, x.scope, (word) => evaluate(word, inner, 'value')).map((value) => unquoted(value, x, manner))
}

/** An unquoted value is split at IFS, and its globs count. */
function unquoted(value: Arg, x: Expansion, manner: Manner): Arg {
  if (manner !== 'argument') return value
  const [separators] = lookUp(x.scope, 'IFS')
  const blank = separators === undefined || separators.text.trim() === '' ? ' \t\n' : separators.text
  let text = ''
  for (const char of value.text)
    text += blank.includes(char) ? gap : char === '*' ? star : char === '?' || char === '[' ? one : char
  return { ...value, text }
}
