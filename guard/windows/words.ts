import { unknown } from '../reading/marks.ts'
import type { WindowsCommand } from './text.ts'

/** The options of a command: PowerShell's may be shortened, cmd's stand behind a slash. */
export function hasOption({ words }: WindowsCommand, ...names: readonly string[]): boolean {
  return words.some((word) => {
    if (!isOption.test(word)) return false
    const [, given, value] = /^[-/\u2013]([a-z]\w*)(?::(.*))?$/i.exec(word) ?? []
    return (
      given !== undefined && !/^\$?false$/i.test(value ?? '') && names.some((name) => fits(given.toLowerCase(), name))
    )
  })
}

const isOption = /^[-/\u2013]/

const fits = (given: string, name: string): boolean =>
  name === given ||
  (given.length > 1 && name.startsWith(given)) ||
  (name.length > 1 && given.length === 1 && name.startsWith(given) && !ambiguous.has(name))

/** Of these a first letter alone says too little. */
const ambiguous = new Set([
  'name',
  'path',
  'status',
  'startuptype',
  'filter',
  'include',
  'exclude',
  'id',
  'displayname',
  'command',
  'whatif',
  'wi',
])

/** The words given to an option, lists taken apart. */
export function valuesOf({ words }: WindowsCommand, ...names: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const [, given, value] = /^[-/]([a-z]\w*)(?::(.*))?$/i.exec(word) ?? []
    if (given === undefined || !names.some((name) => name.startsWith(given.toLowerCase()))) return []
    return listOf(value === undefined || value === '' ? (words[at + 1] ?? '') : value)
  })
}

const listOf = (word: string): string[] => word.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))

const takesNothing =
  /^[-/](r(ecurse?)?|fo(rce)?|f|s|q|p|v(erbose)?|whatif|wi|confirm|cf|passthru|turnoff|t|a|all(users)?|online|norestart|restart|removedata|removeoem|file|directory|fs|hidden|attributes|mir|e|y|yes|c|k|quiet)(:.*)?$/i

/** Words that are no options, nor given to one that takes a value. */
export function plainWords({ words }: WindowsCommand): string[] {
  return words.flatMap((word, at) => {
    if (/^(--?|\/)[a-z]/i.test(word) && !/^\/[^/]+\//.test(word)) return []
    const before = words[at - 1] ?? ''
    if (/^--?[a-z][\w-]*$/i.test(before) && !takesNothing.test(before)) return []
    return listOf(word)
  })
}

/** Every name or path that a command is given, wherever it stands. */
export const namesIn = (command: WindowsCommand, ...options: readonly string[]): string[] => [
  ...plainWords(command),
  ...valuesOf(command, ...options),
]

export const isPattern = (word: string): boolean => /[*?]/.test(word)
export const isOpen = (word: string): boolean => word.includes(unknown) || word.includes('$_')
export const isTrial = (command: WindowsCommand): boolean =>
  hasOption(command, 'whatif', 'wi') || command.words.some((word) => word === '/?' || /^-(\?|help)$/i.test(word))
