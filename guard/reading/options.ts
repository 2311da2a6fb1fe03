import type { Arg } from './call.ts'
import { unknown } from './marks.ts'

/** Which options of a program take a value: short letters, long names. */
export type OptionShape = { readonly short?: string; readonly long?: readonly string[] }

export type Options = {
  /** Every option given, by letter or long name: `-rf` gives r and f. */
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, readonly Arg[]>
  readonly rest: readonly Arg[]
}

type Manner = 'permuted' | 'until_first_word'

const noShape: OptionShape = {}
const noFlags: ReadonlySet<string> = new Set()
const noValues: ReadonlyMap<string, readonly Arg[]> = new Map()

/** Reads options as getopt does, `--` included; `until_first_word` is for programs that run another. */
export function readOptions(args: readonly Arg[], shape: OptionShape = noShape, manner: Manner = 'permuted'): Options {
  if (!(manner === 'permuted' ? args.some(isOption) : beginsWithOption(args)))
    return { flags: noFlags, values: noValues, rest: args }
  const flags = new Set<string>()
  let values: Map<string, Arg[]> | null = null
  const rest: Arg[] = []
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at]
    if (arg === undefined) break
    const { text } = arg
    if (text === '--') {
      rest.push(...args.slice(at + 1))
      break
    }
    if (text.startsWith('--')) {
      const [name, value] = splitOnce(text.slice(2))
      const takes = shape.long?.includes(name) ?? false
      if (value === undefined && takes) at += 1
      flags.add(name)
      const given = value === undefined ? (takes ? args[at] : undefined) : { ...arg, text: value }
      if (given !== undefined) keep((values ??= new Map()), name, given)
    } else if (text.length > 1 && text.startsWith('-')) {
      for (let letter = 1; letter < text.length; letter += 1) {
        const name = text.charAt(letter)
        flags.add(name)
        if (shape.short?.includes(name) !== true) continue
        const inline = text.slice(letter + 1)
        if (inline === '') at += 1
        const given = inline === '' ? args[at] : { ...arg, text: inline }
        if (given !== undefined) keep((values ??= new Map()), name, given)
        break
      }
    } else if (manner === 'until_first_word') {
      rest.push(...args.slice(at))
      break
    } else rest.push(arg)
  }
  return { flags, values: values ?? noValues, rest }
}

const isOption = ({ text }: Arg): boolean => text.length > 1 && text.startsWith('-')
const beginsWithOption = ([first]: readonly Arg[]): boolean => first !== undefined && isOption(first)

function keep(values: Map<string, Arg[]>, name: string, value: Arg): void {
  const before = values.get(name)
  if (before === undefined) values.set(name, [value])
  else before.push(value)
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf('=')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Whether one of these options is given, or could be in a word that only the host knows. */
export const hasAny = ({ flags }: Options, ...names: readonly string[]): boolean =>
  names.some((name) => flags.has(name))

export const couldHoldOptions = (args: readonly Arg[]): boolean => args.some((arg) => arg.text.startsWith(unknown))
