import { inBatches } from '../commands/batches.ts'
import type { Command } from '../schema/command.ts'
import type { Assessment } from '../schema/guard.ts'

/** What runs once this is confirmed, and what the confirmation is bound to: the command itself, or its act in batches. */
export const confirmedCommand = (command: Command, { split }: Pick<Assessment, 'split'>): Command =>
  split === null || Object.keys(command.secrets ?? {}).length > 0 ? command : inBatches(split, command)

/** How people are told of it beside what was typed. */
export const shownBatches = ({ split }: Pick<Assessment, 'split'>): string =>
  split === null
    ? ''
    : `\n${split.batches.map((batch, index) => `batch ${index + 1} of ${split.batches.length}: ${[...split.words, ...batch].join(' ')}`).join('\n')}`
