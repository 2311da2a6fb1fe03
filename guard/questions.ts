import type { Assessment } from '../schema/guard.ts'
import type { HostQuestion } from '../schema/host-questions.ts'
import { rules } from './rules/index.ts'

const maxQuestions = 20

/** What to count on the host before a person decides. Pure; `commands/guard-questions.ts` is what is typed there. */
export function questionsFor(assessment: Pick<Assessment, 'findings'>): HostQuestion[] {
  const asked = new Map<string, HostQuestion>()
  for (const { action, targets } of assessment.findings) {
    const questions = [
      ...(rules[action].questions?.(targets) ?? []),
      ...(/^(container_bulk|array_stop|volume_or_image)/.test(action) ? [{ kind: 'parity' as const }] : []),
    ]
    for (const question of questions) asked.set(JSON.stringify(question), question)
  }
  return [...asked.values()].slice(0, maxQuestions)
}
