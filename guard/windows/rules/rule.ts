import type { ActionType } from '../../../schema/guard.ts'
import type { Act } from '../delete.ts'
import type { WindowsCommand } from '../text.ts'
import { isOpen, isPattern, plainWords, valuesOf } from '../words.ts'

/** What a command is called, what it would be, and when. */
export type WindowsRule = { readonly action: ActionType; readonly names: RegExp; readonly because: string | Act }

/** The words of a command in small letters. */
export const text = ({ words }: WindowsCommand): string => words.join(' ').toLowerCase()

/** An act wherever the words of a command fit. */
export const when =
  (pattern: RegExp, because: string): Act =>
  (command) =>
    pattern.test(text(command)) ? because : null

/** Whether a command goes over what a list or a pattern holds. */
export const listed = (command: WindowsCommand): boolean =>
  command.before.length > 0 ||
  [...plainWords(command), ...valuesOf(command, 'name', 'vmname', 'taskname', 'displayname', 'identity')].some(
    (word) => isPattern(word) || isOpen(word),
  )

/** An act where more than a few things are meant. */
export const bulk =
  (because: string): Act =>
  (command) =>
    listed(command) || plainWords(command).length > 2 ? because : null
