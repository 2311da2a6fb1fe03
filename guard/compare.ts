import { isAtLeast, type Assessment } from '../schema/guard.ts'

/** Whether what a command would hit has grown, or become more dangerous, since a person looked (spec GUARD-27). */
export function hasWorsened(before: Assessment, now: Assessment): boolean {
  if (now.verdict === 'allow') return false
  if (now.verdict === 'deny' && before.verdict !== 'deny') return true
  if (before.verdict === 'allow') return true
  if (now.risk !== before.risk && isAtLeast(now.risk, before.risk)) return true
  if (hasGrown(before, now) || isInWorseState(before, now)) return true
  const known = new Set(before.findings.map(({ action, words }) => `${action} ${words}`))
  return now.findings.some(({ action, words }) => !known.has(`${action} ${words}`))
}

/** A name that was not there counts even where another went. Counts compare only where both were really taken. */
function hasGrown(before: Assessment, now: Assessment): boolean {
  if (before.countIsEstimate || now.countIsEstimate) return false
  const named = new Set(before.affectedItems.map(nameOf))
  if (named.size > 0 && now.affectedItems.some((item) => !named.has(nameOf(item)))) return true
  return (now.affectedCount ?? 0) > (before.affectedCount ?? 0)
}

/** The device itself: a check that spoke against nothing when a person looked speaks against it now. */
function isInWorseState(before: Assessment, now: Assessment): boolean {
  const failed = new Set(before.deviceChecks.flatMap(({ text, result }) => (result === 'failed' ? [text] : [])))
  return now.deviceChecks.some(({ text, result }) => result === 'failed' && !failed.has(text))
}

/** Of `path: 12 files, 40 bytes` the path: sizes move by themselves and the count tells of growth. */
const nameOf = (item: string): string => item.replace(/: (more than )?\d+ files.*$/, '')
