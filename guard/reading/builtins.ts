import type { Arg, Call } from './call.ts'
import { isLiteral, unknown } from './marks.ts'
import { resolvePath } from './paths.ts'
import type { Context } from './reader.ts'
import { anyAlias, assign, home } from './scope.ts'

const declares = new Set(['export', 'declare', 'local', 'readonly', 'typeset'])
const names = new Set([
  ...declares,
  'alias',
  'cd',
  'pushd',
  'chdir',
  'read',
  'mapfile',
  'readarray',
  'set',
  'shift',
  'unset',
  'printf',
  'getopts',
])

export const isBuiltin = (name: string): boolean => names.has(name)

/** What a builtin changes for the commands after it. */
export function runBuiltin(call: Call, context: Context): void {
  const { scope, certain } = context
  const { name, args } = call
  if (declares.has(name))
    for (const arg of args)
      declare(
        arg,
        context,
        args.some(({ text }) => /^-\w*n/.test(text)),
      )
  else if (name === 'alias') {
    scope.variables.set(anyAlias, [])
    for (const arg of args) declare({ ...arg, text: `alias ${arg.text}` }, context, false)
  } else if (name === 'cd' || name === 'pushd' || name === 'chdir') scope.cwds = directories(args, scope.cwds)
  else if (name === 'read')
    for (const variable of variables(args, /^-[adinNptu]/)) assign(scope, variable, fromInput(call), certain)
  else if (name === 'mapfile' || name === 'readarray')
    for (const variable of variables(args, /^-[dnOsuCc]/)) scope.arrays.set(variable, fromInput(call))
  else if (name === 'set') setPositional(args, context)
  else if (name === 'shift') scope.positional = scope.positional?.slice(Number(args[0]?.text ?? 1)) ?? null
  else if (name === 'unset')
    for (const variable of variables(args, /^$/)) assign(scope, variable, [{ text: '' }], certain)
  else if (name === 'getopts')
    for (const variable of [args[1]?.text ?? '', 'OPTARG']) assign(scope, variable, [{ text: unknown }], certain)
  else if (name === 'printf' && args[0]?.text === '-v')
    assign(scope, args[1]?.text ?? '', printed(args.slice(2)), certain)
}

function declare(arg: Arg, { scope, certain }: Context, refers: boolean): void {
  const at = arg.text.indexOf('=')
  if (at <= 0) return
  const name = arg.text.slice(0, at).replace(/\+$/, '')
  // A reference has the value of another variable, whenever it is asked.
  const value = refers ? { text: unknown } : { ...arg, text: arg.text.slice(at + 1) }
  // Alternatives of one value come as several words: none of them takes another's place.
  assign(scope, name, [value], certain && !scope.variables.has(name))
}

function directories(args: readonly Arg[], before: readonly string[]): readonly string[] {
  const target = args.find((arg) => !/^-[LPe@]+$/.test(arg.text) && arg.text !== '--')
  if (target === undefined) return [home]
  if (target.text === '-') return [unknown]
  return before.map((cwd) => resolvePath(target.text, cwd)).slice(0, 8)
}

const variables = (args: readonly Arg[], withValue: RegExp): string[] => {
  const found = args
    .filter((arg, index) => !arg.text.startsWith('-') && !withValue.test(args[index - 1]?.text ?? ''))
    .map((arg) => arg.text)
  return found.length === 0 ? ['REPLY'] : found.filter(isLiteral)
}

function fromInput(call: Call): Arg[] {
  const text = call.stdin?.read() ?? null
  if (text !== null && isLiteral(text))
    return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trim() }, ...words(line)]))
  return [call.stdin === null ? { text: unknown } : { text: unknown, outputOf: call.stdin.from }]
}

const words = (line: string): Arg[] =>
  /\s/.test(line.trim())
    ? line
        .trim()
        .split(/\s+/)
        .map((text) => ({ text }))
    : []

function setPositional(args: readonly Arg[], { scope }: Context): void {
  const at = args.findIndex((arg) => arg.text === '--')
  if (at >= 0) scope.positional = args.slice(at + 1)
  else if (args.length > 0 && !/^[-+]/.test(args[0]?.text ?? '')) scope.positional = args
}

const printed = ([format, ...values]: readonly Arg[]): Arg[] =>
  format !== undefined && isLiteral(format.text) && /^(%s)*$/.test(format.text)
    ? [{ text: values.map((value) => value.text).join('') }]
    : [{ text: format !== undefined && !format.text.includes('%') ? format.text : unknown }]
