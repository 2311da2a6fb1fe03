import type { Reading } from '../../commands/audit/reading.ts'
import type { AuditArea, CheckStatus, SkipReason } from '../../schema/audit.ts'
import type { Risk } from '../../schema/guard.ts'

/** The parsed answer of a reading; only of those that the check names. */
export type See = <T>(reading: Reading<T>) => T

export type Judgement =
  | {
      readonly status: Exclude<CheckStatus, 'skipped'>
      /** What the host said, in words that stay the same while the host does. */
      readonly evidence: string
      readonly present: string
    }
  | { readonly status: 'skipped'; readonly because: SkipReason; readonly evidence: string }

/**
 * One check: what should be so, how bad it is where it is not, what is read and how that is judged, and what mends it.
 * `fix`: lockdown brings it about, or a command does.
 */
export type Check = {
  readonly id: string
  readonly title: string
  readonly severity: Risk
  readonly setting: string
  readonly wanted: string
  readonly reads: readonly Reading<unknown>[]
  readonly judge: (see: See) => Judgement
  readonly remedy: string
  readonly fix?: 'lockdown' | { readonly run: string }
  readonly reference?: string
}

/** The checks of one area. */
export type Area = { readonly area: AuditArea; readonly checks: readonly Check[] }

/** Benchmarks that sections are quoted from. */
export const cis = (section: string): string => `CIS Debian Linux 12 Benchmark v1.1.0, ${section}`

export const pass = (evidence: string, present: string): Judgement => ({ status: 'pass', evidence, present })
export const warn = (evidence: string, present: string): Judgement => ({ status: 'warn', evidence, present })
export const fail = (evidence: string, present: string): Judgement => ({ status: 'fail', evidence, present })
export const passIf = (isSo: boolean, evidence: string, present: string): Judgement =>
  isSo ? pass(evidence, present) : fail(evidence, present)

export const notApplicable = (why: string): Judgement => ({
  status: 'skipped',
  because: 'not_applicable',
  evidence: why,
})
export const unreadable = (why: string): Judgement => ({ status: 'skipped', because: 'unreadable', evidence: why })

const shownLimit = 12

/** The beginning of a list, a line each. */
export function listed(items: readonly string[]): string {
  const rest = items.length - shownLimit
  return [...items.slice(0, shownLimit), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')
}

/** Nothing of the kind may be there: the list is the evidence, `worse` what it is called when it is not empty. */
export const noneOf = (
  items: readonly string[],
  o: { readonly none: string; readonly some: string; readonly status?: 'warn' | 'fail' },
): Judgement =>
  items.length === 0
    ? pass(o.none, 'none')
    : { status: o.status ?? 'fail', evidence: `${o.some}:\n${listed(items)}`, present: `${items.length}` }
