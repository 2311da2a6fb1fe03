import { userCommand } from '../commands/user-command.ts'
import type { Command, RunAs } from '../schema/command.ts'
import { SealedCommand } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { preconditionFailed } from './failures.ts'

/** The command as it was typed, out of its sealed column. */
export async function typedCommand(
  deps: Deps,
  operation: Operation,
): Promise<{ command: Command; as: RunAs; text: string }> {
  const sealed = await deps.store.operations.reveal(operation.id)
  if (sealed === null) throw preconditionFailed(`Operation ${operation.id} holds no command.`, 'Start it anew.')
  const asked = SealedCommand.parse(JSON.parse(sealed))
  return {
    command: userCommand({ ...asked, text: asked.command }),
    as: asked.asRoot ? 'root' : 'app',
    text: asked.command,
  }
}
