import type { Command } from '../schema/command.ts'
import { higherRisk, type Alternative, type Assessment, type Finding, type Risk } from '../schema/guard.ts'
import type { HostAnswers, HostQuestion } from '../schema/host-questions.ts'
import type { DeviceType, Environment } from '../schema/server.ts'
import { checklistFor } from './checklist.ts'
import { batchAlternative, splitOf } from './batches.ts'
import { asSplit } from './split.ts'
import { deviceChecksFor } from './device-checks.ts'
import { standingOn } from './dependencies.ts'
import { foundBehindLinks, linkQuestion } from './links.ts'
import { questionsFor } from './questions.ts'
import { rollbackFor } from './rollback.ts'
import { findIn, type Found, type Shell } from './findings.ts'
import { beyondOwnStarts } from './own-starts.ts'
import { extentOf, rate, type Circumstances, type Extent, type Rated } from './rate.ts'
import { rules } from './rules/index.ts'

export type Question = {
  readonly command: string
  readonly device: DeviceType
  readonly environment: Environment
  /** Which shell reads it, where that is not the usual one of the device. */
  readonly shell?: Shell
  readonly server: Circumstances['server']
  readonly answers?: HostAnswers | undefined
  readonly backupMaxAgeHours?: number
  /** What a step has run that this command takes back. */
  readonly takesBack?: readonly Command[]
}

/** What stands in the way of a command. Pure, and never throws: where the guard itself fails, it asks (spec GUARD-33). */
export function assess(question: Question): Assessment {
  try {
    const { reading, found } = findIn(question.command, question.device, question.shell)
    if (found.length === 0 && question.answers?.links === undefined) return harmless()
    const behind = foundBehindLinks(reading, question.device, question.answers?.links)
    const all = [...beyondOwnStarts(found, question.takesBack ?? [], question.device), ...behind]
    return asSplit(assessFound(all, question), all, reading.calls, question)
  } catch (error) {
    const because = `The guard could not read it: ${error instanceof Error ? error.message : String(error)}`
    const finding: Finding = { action: 'opaque', words: question.command.slice(0, 200), because, targets: [] }
    return assessFound([{ rule: rules.opaque, match: { because, targets: [] }, call: null, finding }], question)
  }
}

/** Everything that the host has to be asked before a command is rated; nothing where its text says all. */
export function hostQuestions(
  question: Question,
  settings: { readonly places: readonly string[] },
  own?: readonly string[],
): HostQuestion[] {
  const links = linkQuestion(findIn(question.command, question.device, question.shell).reading, question.device)
  const { findings } = assess(question)
  const { device } = question
  return [
    ...(links === null ? [] : [links]),
    ...(findings.length === 0 ? [] : questionsFor({ findings }, { device, backups: own ?? settings.places })),
  ]
}

type Act = { readonly found: Found; readonly extent: Extent; readonly rated: Rated }

/** The assessment of acts that were found, under the circumstances of one server. */
export function assessFound(found: readonly Found[], at: Circumstances): Assessment {
  if (found.length === 0) return harmless()
  const acts = found.map((one): Act => {
    const extent = extentOf(one, at)
    return { found: one, extent, rated: rate(one, extent, at) }
  })
  const risk = acts.reduce<Risk>((highest, { rated }) => higherRisk(highest, rated.risk), 'low')
  const denied = deniedBecause(acts, at)
  const counts = acts.flatMap(({ extent }) => (extent.count === null ? [] : [extent.count]))
  const deeds = deedsOf(acts, at)
  const items = unique(acts.flatMap(({ extent }) => extent.items))
  const dependants = standingOn(items, at.answers, at.server.serviceDependencies ?? {})
  const rollback = rollbackFor(acts, at.answers)
  const rollbackPossible = rollback !== null || found.every(({ rule, match }) => match.rollback ?? rule.rollback)
  const actions = unique(found.map(({ rule }) => rule.action))
  return {
    verdict: denied === null ? 'confirm' : 'deny',
    risk,
    findings: found.map(({ finding }) => finding),
    affectedCount: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0),
    countIsEstimate: acts.some(({ extent }) => extent.isEstimate),
    affectedItems: items.slice(0, mostItems),
    dependencies: unique([...dependants, ...dependenciesOf(acts, at)]),
    downtime: longest(found),
    rollbackPossible,
    phrase: phraseOf(deeds),
    summary: denied ?? summaryOf(deeds, acts, at),
    warnings: unique([...(denied === null ? [] : [denied]), ...acts.flatMap(({ rated }) => rated.warnings)]),
    alternatives: [...batchesOf(acts, at), ...alternativesOf(acts, at)],
    checklist: checklistFor({
      found,
      risk,
      rollbackPossible,
      rollback,
      answers: at.answers,
      backupMaxAgeHours: at.backupMaxAgeHours,
      items,
      dependants,
    }),
    deviceChecks: deviceChecksFor(at.device, actions, at.answers),
    production: at.environment === 'production',
    batches: acts.flatMap(({ found: one, extent }) =>
      (splitOf(one, extent, at)?.batches ?? []).map((batch) => [...batch]),
    ),
    split: null,
    rollback,
  }
}

/** It travels through a workflow's history, whose messages are kept small; the count says how many there are. */
const mostItems = 500

const harmless = (): Assessment => ({
  verdict: 'allow',
  risk: 'low',
  findings: [],
  affectedCount: 0,
  countIsEstimate: false,
  affectedItems: [],
  dependencies: [],
  downtime: 'none',
  rollbackPossible: true,
  phrase: '',
  summary: 'Nothing in it destroys.',
  warnings: [],
  alternatives: [],
  checklist: [],
  deviceChecks: [],
  production: false,
  batches: [],
  split: null,
  rollback: null,
})

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]

/** A parity operation blocks bulk acts outright (spec GUARD-19). */
function deniedBecause(acts: readonly Act[], { answers }: Circumstances): string | null {
  const parity = answers?.parity
  const touches = acts.some(({ found }) =>
    /^(container_bulk|array_stop|volume_or_image|disk_format|system_(reboot|shutdown))/.test(found.rule.action),
  )
  if (parity?.running !== true || !touches) return null
  const progress = parity.percentage === null ? '' : ` at ${parity.percentage} %`
  const left = parity.remaining === null ? '' : `, about ${parity.remaining} left`
  return `A parity operation is under way${progress}${left}. Wait for its end: nobody can confirm this now.`
}

const deedsOf = (acts: readonly Act[], at: Circumstances): string[] =>
  unique(
    acts.map(({ found, extent }) =>
      found.rule.act({ count: extent.count, targets: found.match.targets, server: at.server.name }),
    ),
  )

const maxPhrase = 160

/** Names the act and its number; whoever repeats it has read it (spec GUARD-14). */
function phraseOf(deeds: readonly string[]): string {
  const clean = deeds.map((deed) =>
    deed
      .replaceAll(/[^\x20-\x7e]+/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  )
  const whole = `yes, ${clean.slice(0, 3).join(' and ')}`
  if (clean.length > 3) return `yes, proceed with ${clean.length} destructive acts`
  return whole.length <= maxPhrase ? whole : 'yes, proceed with destructive operation'
}

function summaryOf(deeds: readonly string[], acts: readonly Act[], at: Circumstances): string {
  const [first] = acts
  const estimate = acts.some(({ extent }) => extent.isEstimate) ? ' How much it hits is an estimate.' : ''
  return `On ${at.server.name} this would ${deeds.slice(0, 3).join(' and ')}. ${first?.found.match.because ?? ''}${estimate}`.slice(
    0,
    1000,
  )
}

function dependenciesOf(acts: readonly Act[], at: Circumstances): string[] {
  const wide = acts.some(({ found }) =>
    /^(container|service|system|virtual|array|database|zfs|filesystem)/.test(found.rule.action),
  )
  const containers = acts.some(({ found }) => found.rule.action.startsWith('system_'))
    ? (at.answers?.containers?.running ?? [])
    : []
  return wide ? unique([...at.server.services, ...containers]) : []
}

/** From the least to the most time without service. */
const downtimes = [
  'none',
  'none for others',
  '2 to 10 minutes',
  '5 to 15 minutes',
  '5 to 30 minutes',
  '30 minutes or more',
  'unknown',
  'unknown; access may be lost',
  'until restored from backup',
  'until somebody reaches the console',
  'until somebody starts it by hand',
]

const longest = (found: readonly Found[]): string =>
  downtimes[Math.max(...found.map(({ rule }) => downtimes.indexOf(rule.downtime)))] ?? 'unknown'

const batchesOf = (acts: readonly Act[], at: Circumstances): Alternative[] =>
  acts.flatMap(({ found, extent }) => {
    const split = splitOf(found, extent, at)
    const alternative = split === null ? null : batchAlternative(found, split)
    return alternative === null ? [] : [alternative]
  })

function alternativesOf(acts: readonly Act[], at: Circumstances): Alternative[] {
  const seen = new Set<string>()
  return acts.flatMap(({ found, extent }) => {
    if (seen.has(found.rule.action)) return []
    seen.add(found.rule.action)
    return found.rule
      .advice({ count: extent.count, targets: found.match.targets, server: at.server.name })
      .map(({ text, command }) => ({
        text,
        command,
        guarded: command !== null && findIn(command, at.device).found.length > 0,
      }))
  })
}
