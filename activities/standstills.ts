import { answerQuestions, questionCommand } from '../commands/guard-questions.ts'
import { standstillQuestions, standstillsOf } from '../guard/index.ts'
import type { Server } from '../schema/server.ts'
import type { Target } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'

/** What a device is in the middle of that must not be disturbed, and what to do then; most kinds need not even be asked. */
export async function standstills(
  deps: Deps,
  at: { operation: Operation | null; server: Server; target: Target; signal: AbortSignal },
): Promise<string[]> {
  const { deviceType } = at.server
  const questions = standstillQuestions(deviceType)
  if (questions.length === 0) return []
  const seen = await ask(deps, { ...at, command: questionCommand(questions), as: 'root', fresh: true })
  return standstillsOf(deviceType, answerQuestions(questions, seen.stdout))
}
