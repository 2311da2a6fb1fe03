import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Collected, parseCollected } from '../../../commands/audit/collect.ts'
import type { Answer } from '../../../commands/audit/reading.ts'
import { judge, readingsOf } from '../../../plans/audit/judge.ts'
import { chooseChecks, type Chosen } from '../../../plans/audit/profile.ts'
import { AuditRequest, type CheckResult } from '../../../schema/audit.ts'

/** Every check there is. */
export function baseline(): readonly Chosen[] {
  const chosen = chooseChecks(AuditRequest.parse({}), { profiles: {}, off: [] })
  if (chosen.kind !== 'chosen') throw new Error(chosen.what)
  return chosen.checks
}

export const readings = readingsOf(baseline())

/** What a real host answered: a fresh Debian 13, or a Debian 12 with ufw, fail2ban and rules. */
export function capturedAudit(name: 'trixie-fresh' | 'bookworm-hardened'): ReadonlyMap<string, Collected> {
  const stdout = readFileSync(join(import.meta.dirname, 'captured', `audit-${name}.txt`), 'utf8')
  return parseCollected(stdout, readings).answers
}

/** One check's result on the fresh host, with some answers in place of its own. */
export function judged(id: string, instead: Readonly<Record<string, string | Answer>>): CheckResult {
  const answers = new Map(capturedAudit('trixie-fresh'))
  for (const [name, answer] of Object.entries(instead))
    answers.set(name, typeof answer === 'string' ? { text: answer, exitCode: 0 } : answer)
  const checks = baseline().filter(({ check }) => check.id === id)
  const [result] = judge({ server: 'web-1', checks, answers })
  if (result === undefined) throw new Error(`there is no check ${id}`)
  return result
}
