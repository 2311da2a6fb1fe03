import type { Function as FunctionNode } from 'unbash'
import type { Arg } from './call.ts'
import { some, unknown } from './marks.ts'
import { Names } from './names.ts'

/** What a shell knows at one point of a script. A variable has several values where only the host decides which. */
export type Scope = {
  readonly variables: Names<readonly Arg[]>
  readonly arrays: Names<readonly Arg[]>
  readonly functions: Names<FunctionNode>
  /** `$1` and on; null where anything could have been given. */
  positional: readonly Arg[] | null
  cwds: readonly string[]
}

/** Where a log-in begins; what is below it is somebody's home. */
export const home = `/home/${some}`
const atHome: readonly string[] = [home]

/** What a shell knows when it starts, with the words that it was given. */
export const newScope = (positional: readonly Arg[] | null = []): Scope => ({
  variables: new Names(),
  arrays: new Names(),
  functions: new Names(),
  positional,
  cwds: atHome,
})

export const copyScope = (scope: Scope): Scope => ({
  variables: scope.variables.copy(),
  arrays: scope.arrays.copy(),
  functions: scope.functions.copy(),
  positional: scope.positional,
  cwds: scope.cwds,
})

const maxAlternatives = 32

/** Gives a variable a value; where it may or may not have happened, both values stay possible. */
export function assign(scope: Scope, name: string, values: readonly Arg[], certain: boolean): void {
  const before = certain ? [] : (scope.variables.get(name) ?? [])
  const merged = [...before, ...values]
  scope.variables.set(name, merged.length > maxAlternatives ? [{ text: unknown }, ...merged.slice(0, 8)] : merged)
}

const surroundings: Readonly<Record<string, string>> = {
  HOME: home,
  PWD: home,
  TMPDIR: '/tmp',
  SHELL: '/bin/bash',
  BASH: '/bin/bash',
  IFS: ' ',
  USER: some,
  LOGNAME: some,
  HOSTNAME: some,
  RANDOM: some,
  UID: some,
  EUID: some,
  PPID: some,
  SECONDS: some,
  LINENO: some,
  OLDPWD: home,
  SUDO_USER: some,
  XDG_RUNTIME_DIR: `/run/user/${some}`,
  '#': some,
  '?': some,
  $: some,
  '!': some,
  '-': some,
  '0': some,
}

/** The values a variable may have, as far as the script and a log-in's usual surroundings tell. */
export function lookUp(scope: Scope, name: string): readonly Arg[] {
  if (name === 'PWD' && !scope.variables.has(name)) return scope.cwds.map((text) => ({ text }))
  const set = scope.variables.get(name)
  if (set !== undefined) return set
  if (/^[1-9]\d*$/.test(name)) {
    if (scope.positional === null) return [{ text: unknown }]
    return [scope.positional[Number(name) - 1] ?? { text: '' }]
  }
  const usual = surroundings[name]
  return [{ text: usual ?? unknown }]
}

export const isSet = (scope: Scope, name: string): boolean =>
  scope.variables.has(name) || surroundings[name] !== undefined || /^\d+$/.test(name)

/** Is set as soon as there is an alias: most scripts have none, and look for none. */
export const anyAlias = 'alias '

/** The words an alias stands for, where they are plain words. */
export function aliasOf(scope: Scope, name: string): readonly Arg[] | null {
  if (!scope.variables.has(anyAlias)) return null
  const [definition] = scope.variables.get(`alias ${name}`) ?? []
  return definition === undefined || !/^[\w./ =:@%+-]+$/.test(definition.text)
    ? null
    : definition.text
        .trim()
        .split(/\s+/)
        .map((text) => ({ text }))
}
