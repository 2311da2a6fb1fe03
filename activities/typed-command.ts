import { bodyOf, userCommand } from '../commands/user-command.ts'
import type { Command, RunAs } from '../schema/command.ts'
import { SealedCommand, showAsked } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { preconditionFailed } from './failures.ts'
import { alteredCommand } from './operations.ts'
import { unseal } from './unseal.ts'

export type TypedCommand = {
  readonly command: Command
  readonly as: RunAs
  readonly text: string
  readonly whole: string
  /** Both streams come out as one. */
  readonly atTerminal: boolean
}

/** The command as it was typed, out of its sealed column. */
export const typedCommand = async (deps: Deps, operation: Operation): Promise<TypedCommand> =>
  openCommand(operation, await unseal(deps.store.operations.reveal(operation.id), alteredCommand))

/** The same from a sealed text that is at hand. */
export function openCommand(operation: Operation, sealed: string | null): TypedCommand {
  if (sealed === null) throw preconditionFailed(`Operation ${operation.id} holds no command.`, 'Start it anew.')
  const asked = SealedCommand.parse(JSON.parse(sealed))
  const typed = { ...asked, text: asked.command }
  return {
    command: userCommand(typed),
    as: asked.asRoot ? 'root' : 'app',
    text: bodyOf(typed).text,
    whole: showAsked(asked),
    atTerminal: asked.terminal !== undefined,
  }
}
