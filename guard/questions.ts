import type { Assessment } from '../schema/guard.ts'
import type { HostQuestion } from '../schema/host-questions.ts'
import type { DeviceType } from '../schema/server.ts'
import { backupQuestions } from './backups.ts'
import { checkQuestions } from './device-checks.ts'
import { rules } from './rules/index.ts'

const maxQuestions = 30

/** What of a server decides what it is asked. `backups`: where its backups lie. */
export type Asked = { readonly device: DeviceType; readonly backups: readonly string[] }

/** What to count and to look at on the host before a person decides. Pure; `commands/guard-questions.ts` is what is typed there. */
export function questionsFor(assessment: Pick<Assessment, 'findings'>, { device, backups }: Asked): HostQuestion[] {
  const asked = new Map<string, HostQuestion>()
  const ask = (questions: readonly HostQuestion[]): void => {
    for (const question of questions) asked.set(JSON.stringify(question), question)
  }
  const { findings } = assessment
  for (const { action, targets } of findings) {
    ask(rules[action].questions?.(targets) ?? [])
    if (isBulk.test(action)) ask([{ kind: 'parity' }])
    if (action.startsWith('container')) ask([{ kind: 'container_details' }])
    if (action === 'service_bulk_disable')
      ask(
        targets
          .filter((unit) => /^[\w@.:-]+$/.test(unit))
          .slice(0, 5)
          .map((unit) => ({ kind: 'dependants', unit })),
      )
    ask(backupQuestions(action, targets, backups))
  }
  ask(
    checkQuestions(
      device,
      findings.map(({ action }) => action),
      findings.flatMap(({ targets }) => targets),
    ),
  )
  return [...asked.values()].slice(0, maxQuestions)
}

/** Any host may turn out to be an Unraid server: what a parity operation forbids is asked of each. */
const isBulk = /^(container_bulk|array_stop|volume_or_image)/
