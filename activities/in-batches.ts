import { inBatches } from '../commands/batches.ts'
import type { Command } from '../schema/command.ts'
import type { Assessment } from '../schema/guard.ts'

type Assessed = Pick<Assessment, 'split'>

/** What runs once this is confirmed, and what the confirmation is bound to: the command itself, or its act in batches. */
export function confirmedCommand(command: Command, assessed: Assessed): Command {
  const split = splitOf(command, assessed)
  return split === null ? command : inBatches(split, command)
}

/** How people are told of it beside what was typed. */
export function shownBatches(command: Command, assessed: Assessed): string {
  const split = splitOf(command, assessed)
  if (split === null) return ''
  const shown = split.batches.map(
    (batch, index) => `batch ${index + 1} of ${split.batches.length}: ${[...split.words, ...batch].join(' ')}`,
  )
  return `\n${shown.join('\n')}`
}

/** A command with secrets stays whole: its words are not those that run. */
const splitOf = (command: Command, { split }: Assessed) =>
  Object.keys(command.secrets ?? {}).length > 0 ? null : split
