import type { AreaScore, AuditArea, CheckResult, ComplianceStatus, Recommendation } from '../../schema/audit.ts'
import { higherRisk, type Risk } from '../../schema/guard.ts'

/** How much a check of a severity counts. */
const weights: Readonly<Record<Risk, number>> = { low: 1, medium: 3, high: 6, critical: 10 }

type Judged = Pick<CheckResult, 'severity' | 'status'>

/**
 * How much of some checks is as it should be, 0 to 100: the weights of those that pass, and half of those that warn,
 * against the weights of all that were judged; skipped ones do not count. Rounded down, so that 100 means that nothing
 * is left. Null where nothing was judged.
 */
export function scoreOf(results: readonly Judged[]): number | null {
  const judged = results.filter(({ status }) => status !== 'skipped')
  const all = sum(judged.map(({ severity }) => weights[severity]))
  const earned = sum(judged.map(({ severity, status }) => weights[severity] * shares[status]))
  return all === 0 ? null : Math.floor((100 * earned) / all)
}

/**
 * The security score: the mean of the areas, each counting the same, rounded down. A way in that stands open is not
 * made good by what is right elsewhere: with a risk that is critical the score is 39 at most, with a high one 69. An
 * audit in which nothing could be judged scores 0.
 */
export function securityScore(scores: Partial<Record<AuditArea, AreaScore>>, risk: Risk): number {
  const known = Object.values(scores).flatMap(({ score }) => score ?? [])
  return known.length === 0 ? 0 : Math.min(Math.floor(sum(known) / known.length), ceilings[risk])
}

const ceilings: Readonly<Record<Risk, number>> = { critical: 39, high: 69, medium: 100, low: 100 }
const shares: Readonly<Record<CheckResult['status'], number>> = { pass: 1, warn: 0.5, fail: 0, skipped: 0 }
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

/** The highest risk of what is not as it should be: of a failed check its severity, of a warning one step less. */
export const riskOf = (results: readonly Judged[]): Risk =>
  results.reduce<Risk>((risk, result) => higherRisk(risk, riskOfOne(result) ?? 'low'), 'low')

const lower: Readonly<Record<Risk, Risk>> = { critical: 'high', high: 'medium', medium: 'low', low: 'low' }

function riskOfOne({ status, severity }: Judged): Risk | null {
  if (status === 'fail') return severity
  return status === 'warn' ? lower[severity] : null
}

/** How each area stands that has a check in this audit. */
export function areaScores(results: readonly CheckResult[]): Partial<Record<AuditArea, AreaScore>> {
  const scores: Partial<Record<AuditArea, AreaScore>> = {}
  for (const area of new Set(results.map((result) => result.area))) {
    const ours = results.filter((result) => result.area === area)
    const count = (status: CheckResult['status']): number => ours.filter((result) => result.status === status).length
    scores[area] = {
      score: scoreOf(ours),
      passed: count('pass'),
      warned: count('warn'),
      failed: count('fail'),
      skipped: count('skipped'),
    }
  }
  return scores
}

const order: Readonly<Record<Risk, number>> = { critical: 0, high: 1, medium: 2, low: 3 }

/** What to change, the highest risk first; among equals failures before warnings, then in the order of reports. */
export const recommendationsOf = (results: readonly CheckResult[]): readonly Recommendation[] =>
  results
    .flatMap((result) => {
      const risk = riskOfOne(result)
      return risk === null ? [] : [{ ...result, risk }]
    })
    .toSorted((a, b) => order[a.risk] - order[b.risk] || a.status.localeCompare(b.status))
    .map(({ id, title, risk, setting, present, wanted, remedy, fix }) => ({
      id,
      title,
      risk,
      setting,
      present,
      wanted,
      remedy,
      fix,
    }))

/** What does not exist here cannot be out of line; what could not be looked at leaves the answer open. */
export function complianceOf(results: readonly CheckResult[]): ComplianceStatus {
  if (results.some(({ status }) => status === 'warn' || status === 'fail')) return 'non_compliant'
  return results.some(({ skipped }) => skipped === 'needs_root' || skipped === 'unreadable')
    ? 'incomplete'
    : 'compliant'
}
