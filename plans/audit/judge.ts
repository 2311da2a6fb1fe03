import type { Collected } from '../../commands/audit/collect.ts'
import type { Reading } from '../../commands/audit/reading.ts'
import { quote } from '../../commands/shell.ts'
import type { AuditFix, CheckResult } from '../../schema/audit.ts'
import type { Check, Judgement, See } from './check.ts'
import type { Chosen } from './profile.ts'

type Answers = ReadonlyMap<string, Collected>

/** What has to be read for some checks, each thing once. */
export function readingsOf(checks: readonly Chosen[]): readonly Reading<unknown>[] {
  const readings = checks.filter(({ isOff }) => !isOff).flatMap(({ check }) => check.reads)
  return [...new Map(readings.map((reading) => [reading.name, reading])).values()]
}

/** The results of checks over what was collected, in their order. The same answers give the same results. */
export const judge = (o: {
  readonly server: string
  readonly checks: readonly Chosen[]
  readonly answers: Answers
}): readonly CheckResult[] =>
  o.checks.map((chosen) => resultOf(o.server, chosen, chosen.isOff ? switchedOff : judgeOne(chosen.check, o.answers)))

const switchedOff: Judgement = { status: 'skipped', because: 'switched_off', evidence: 'switched off' }

function judgeOne(check: Check, answers: Answers): Judgement {
  for (const { name } of check.reads) {
    const answer = answers.get(name) ?? 'no_answer'
    if (typeof answer === 'string') return whyNot(answer)
  }
  const see: See = (reading) => {
    const answer = answers.get(reading.name)
    if (answer === undefined || typeof answer === 'string' || !check.reads.includes(reading))
      throw new Error(`${check.id} looks at ${reading.name}, which it does not name`)
    return reading.parse(answer)
  }
  return check.judge(see)
}

function whyNot(answer: Extract<Collected, string>): Judgement {
  switch (answer) {
    case 'needs_root':
      return {
        status: 'skipped',
        because: 'needs_root',
        evidence: 'only root can see this, and the log-in is neither root nor may it use sudo',
      }
    case 'timed_out':
      return { status: 'skipped', because: 'unreadable', evidence: 'the host took too long to answer' }
    case 'too_long':
      return { status: 'skipped', because: 'unreadable', evidence: 'the answer is too long to be judged' }
    case 'no_answer':
      return { status: 'skipped', because: 'unreadable', evidence: 'the host gave no answer' }
    default:
      return answer satisfies never
  }
}

const evidenceLimit = 4_000

function resultOf(server: string, { area, check }: Chosen, judgement: Judgement): CheckResult {
  const { id, title, severity, setting, wanted, remedy } = check
  return {
    id,
    area,
    title,
    severity,
    status: judgement.status,
    evidence: judgement.evidence.slice(0, evidenceLimit),
    setting,
    present: judgement.status === 'skipped' ? null : judgement.present,
    wanted,
    remedy,
    fix: fixOf(server, check),
    reference: check.reference ?? null,
    skipped: judgement.status === 'skipped' ? judgement.because : null,
  }
}

function fixOf(server: string, { fix }: Check): AuditFix | null {
  if (fix === undefined) return null
  if (typeof fix === 'string') return { operation: fix, command: `drydock ${fix} ${server}` }
  return { operation: 'command', command: `drydock run ${server} --root -- ${quote(fix.run)}` }
}
