import { answerQuestions, questionCommand } from '../commands/guard-questions.ts'
import { assess, hostQuestions, type Question } from '../guard/index.ts'
import type { RunAs } from '../schema/command.ts'
import type { Assessment } from '../schema/guard.ts'
import type { HostAnswers, HostQuestion } from '../schema/host-questions.ts'
import type { Server } from '../schema/server.ts'
import type { Target } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import { alertOfBlocked } from './alerts.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { asFailure, guardRefused } from './failures.ts'

type Place = {
  readonly operation: Operation
  readonly server: Server
  readonly as: RunAs
  readonly signal: AbortSignal
  /** Resolved once for all that is done there. */
  readonly target: () => Promise<Target>
}

const movesByItself: ReadonlySet<HostQuestion['kind']> = new Set([
  'containers',
  'services',
  'path',
  'links',
  'datasets',
  'pools',
  'sessions',
  'guests',
  'parity',
  'cluster',
])

/** What the text leads to may itself have to be counted: a link that leads into a protected directory. */
const mostRounds = 2

/**
 * Rates a command against the host itself: what the text cannot say is asked there. A host that cannot be asked is a
 * failure, never a guess (spec GUARD-33); a single question that it has no answer to leaves an estimate that is called
 * one. What nobody may confirm now ends here, and is recorded.
 */
export async function rateOnHost(deps: Deps, at: Place, question: Question): Promise<Assessment> {
  const assessment = await lookAtHost(deps, at, question)
  await refuseDenied(deps, at, assessment)
  return assessment
}

/** Just before it runs: asks only for what moves by itself, which is what it would hit and what the device is at. */
export const rateAgain = (deps: Deps, at: Place, question: Question): Promise<Assessment> =>
  lookAtHost(deps, at, question, 'moving')

/** Ends what nobody may confirm now, and records it. */
export async function refuseDenied(deps: Deps, at: Place, assessment: Assessment): Promise<void> {
  if (assessment.verdict !== 'deny') return
  await recordDenied(deps, at, assessment)
  await alertOfBlocked(deps, at.operation)
  throw guardRefused(assessment.summary)
}

async function lookAtHost(
  deps: Deps,
  at: Place,
  question: Question,
  which: 'all' | 'moving' = 'all',
): Promise<Assessment> {
  const { backups } = deps.settings.guard
  const rated = { ...question, backupMaxAgeHours: backups.maxAgeHours }
  const asked = new Set<string>()
  let answers: HostAnswers | undefined
  for (let round = 0; round < mostRounds; round += 1) {
    const wanted = hostQuestions({ ...rated, answers }, backups, backupsOf(at.server))
    const open = wanted.filter((one) => !asked.has(JSON.stringify(one)))
    for (const one of open) asked.add(JSON.stringify(one))
    // By themselves, so that the look just before it runs asks the same text, which the door has judged by then.
    const moving = open.filter(({ kind }) => movesByItself.has(kind))
    const still = which === 'all' ? open.filter(({ kind }) => !movesByItself.has(kind)) : []
    const groups = [moving, still].filter(({ length }) => length > 0)
    if (groups.length === 0) break
    const heard = await Promise.all(groups.map(async (group) => ({ group, stdout: await askHost(deps, at, group) })))
    for (const { group, stdout } of heard) answers = answerQuestions(group, stdout, answers)
  }
  return assess({ ...rated, answers })
}

async function askHost(deps: Deps, at: Place, questions: readonly HostQuestion[]): Promise<string> {
  const { operation, server, as, signal } = at
  try {
    const target = await at.target()
    const command = questionCommand(questions)
    return (await ask(deps, { operation, server, target, command, as, signal, fresh: true })).stdout
  } catch (error) {
    throw asFailure(error, { server, doing: 'Counting what the command would hit' })
  }
}

/** A server's own places of backups, where its metadata names them. */
function backupsOf({ metadata }: Server): readonly string[] | undefined {
  const { backups } = metadata
  const places = Array.isArray(backups) ? backups : [backups]
  const paths = places.flatMap((place) => (typeof place === 'string' && place.startsWith('/') ? [place] : []))
  return paths.length === 0 ? undefined : paths
}

async function recordDenied(deps: Deps, { operation, server }: Place, assessment: Assessment): Promise<void> {
  await deps.store.audit.record({
    action: 'guard.denied',
    actor: operation.requestedBy,
    success: false,
    error: assessment.summary,
    serverId: server.id,
    operationId: operation.id,
    correlationId: operation.correlationId,
    security: true,
    parameters: { risk: assessment.risk, actions: [...new Set(assessment.findings.map(({ action }) => action))] },
  })
}
