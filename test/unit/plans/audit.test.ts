import { describe, expect, it } from 'vitest'
import { collect, parseCollected } from '../../../commands/audit/collect.ts'
import { createDoor, isReadOnly } from '../../../guard/index.ts'
import { areas } from '../../../plans/audit/checks.ts'
import { judge, readingsOf } from '../../../plans/audit/judge.ts'
import { chooseChecks } from '../../../plans/audit/profile.ts'
import {
  areaScores,
  complianceOf,
  recommendationsOf,
  riskOf,
  scoreOf,
  securityScore,
} from '../../../plans/audit/score.ts'
import { AuditArea, AuditRequest, CheckResult, type CheckStatus } from '../../../schema/audit.ts'
import type { Risk } from '../../../schema/guard.ts'
import { baseline, capturedAudit, readings } from './captured-audit.ts'

const door = createDoor({ isBound: () => false })
const server = {
  id: '01970000-0000-7000-8000-000000000001',
  name: 'web-1',
  deviceType: 'generic' as const,
  environment: 'production' as const,
  services: [],
}
const mayBeAsked = (script: string): unknown =>
  door.clear({
    command: { script, shown: 'read', effect: 'read', category: 'system' },
    server,
    operationId: 'one',
    requester: 'ada',
    runId: '',
    evidence: { kind: 'question' },
  })

/** Tools that only print with these words, and that the guard's own list of readers does not name. */
const printers =
  /\b(sshd -T|ufw status verbose|nft -s list ruleset|ip6?tables-save -t|fail2ban-client (status|get)|setpriv --reuid|apt-get -s|dnf -q -C updateinfo list)\b/

describe('what an audit reads', () => {
  it.each(readings.map((reading) => [reading.name, reading] as const))(
    'passes the guard as a question: %s',
    (_, reading) => {
      expect(mayBeAsked(reading.script.text)).toMatchObject({ clearedBecause: 'a question' })
      if (!printers.test(reading.script.text)) expect(isReadOnly(reading.script.text)).toBe(true)
    },
  )

  it('passes the guard as a question as a whole', () => {
    const command = collect(readings)
    expect(command.effect).toBe('read')
    expect(mayBeAsked(command.script)).toMatchObject({ clearedBecause: 'a question' })
  })

  it('writes to no file', () => {
    for (const { script } of readings) expect(script.text.replaceAll(/2?> ?\/dev\/null/g, '')).not.toContain('>')
  })

  it('has a name of its own, and each check names only what it looks at', () => {
    const byName = new Map(
      areas
        .flatMap(({ checks }) => checks)
        .flatMap(({ reads }) => reads)
        .map((one) => [one.name, one]),
    )
    for (const { checks } of areas)
      for (const check of checks) for (const reading of check.reads) expect(byName.get(reading.name)).toBe(reading)
  })
})

describe('the checks', () => {
  it('are of every area, with ids that say which', () => {
    expect(areas.map(({ area }) => area)).toEqual(AuditArea.options)
    for (const { area, checks } of areas) for (const { id } of checks) expect(id.split('.')[0]).toBe(area)
    const ids = baseline().map(({ check }) => check.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['trixie-fresh', 'bookworm-hardened'] as const)('all have evidence on %s, twice the same', (name) => {
    const results = judge({ server: 'web-1', checks: baseline(), answers: capturedAudit(name) })
    for (const result of results) {
      expect(CheckResult.parse(result)).toEqual(result)
      expect(result.evidence, result.id).not.toBe('')
    }
    expect(judge({ server: 'web-1', checks: baseline(), answers: capturedAudit(name) })).toEqual(results)
  })

  it('are skipped with the reason where their answer is missing', () => {
    const collected = parseCollected('@uid 1000\n', readings)
    expect(collected.isRoot).toBe(false)
    const results = judge({ server: 'web-1', checks: baseline(), answers: collected.answers })
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['skipped']))
    expect(results.find(({ id }) => id === 'ssh.root-login')).toMatchObject({ skipped: 'needs_root', present: null })
    expect(results.find(({ id }) => id === 'logs.rotation')).toMatchObject({ skipped: 'unreadable' })
  })
})

const b64 = (text: string): string => Buffer.from(text).toString('base64')

describe('answers of a host', () => {
  const [one] = readings.filter(({ name }) => name === 'accounts')
  if (one === undefined) throw new Error('there is no reading of accounts')
  const answerTo = (stdout: string) => parseCollected(`@uid 0\n${stdout}`, [one]).answers.get('accounts')

  it.each([
    ['of one line', `@accounts ${b64('root:x\n\n#0')}\n`, { text: 'root:x\n', exitCode: 0 }],
    [
      'of several lines',
      `@accounts ${b64('abc')}\n@other AAAA\n@accounts ${b64('def\n#2')}\n`,
      { text: 'abcdef', exitCode: 2 },
    ],
    ['that were cut', `@accounts ${b64('root:x\n')}\n`, 'too_long'],
    ['that took too long', `@accounts ${b64('root\n#124')}\n`, 'timed_out'],
    ['that did not come', '', 'no_answer'],
    ['that are silent where every host says something', `@accounts ${b64('\n\n#127')}\n`, 'no_answer'],
    [
      'in which somebody pretends to be another',
      `@accounts ${b64('\n@uid 1000\n@sshd AAAA\n#0')}\n`,
      { text: '\n@uid 1000\n@sshd AAAA', exitCode: 0 },
    ],
  ])('%s', (_, stdout, answer) => expect(answerTo(stdout)).toEqual(answer))

  it('of no host at all are refused', () =>
    expect(() => parseCollected('Permission denied', [one])).toThrow(/did not answer/))
})

const choose = (request: Partial<AuditRequest>, settings = {}) =>
  chooseChecks(AuditRequest.parse(request), { profiles: {}, off: [], ...settings })
const idsOf = (chosen: ReturnType<typeof choose>): string[] =>
  chosen.kind === 'chosen' ? chosen.checks.map(({ check }) => check.id) : [chosen.what]

describe('the choice of checks', () => {
  it('is a profile, narrowed by areas', () => {
    expect(idsOf(choose({ areas: ['fail2ban'] }))).toEqual([
      'fail2ban.running',
      'fail2ban.boot',
      'fail2ban.ssh-jail',
      'fail2ban.limits',
      'fail2ban.bans',
    ])
    expect(idsOf(choose({ profile: 'access' })).some((id) => id.startsWith('kernel.'))).toBe(false)
    expect(idsOf(choose({ profile: 'cis-debian-12' }))).toContain('ssh.root-login')
  })

  it('may be a profile of the settings', () => {
    const profiles = { front: { title: 'The front servers', checks: ['logs' as const, 'ssh.pam'] } }
    expect(idsOf(choose({ profile: 'front' }, { profiles }))).toEqual([
      'ssh.pam',
      'logs.journal',
      'logs.kept',
      'logs.journal-limit',
      'logs.rotation',
    ])
  })

  it('keeps what is switched off in sight, and reads nothing for it', () => {
    const chosen = choose({ areas: ['updates'], off: ['updates.security', 'updates.others'] })
    if (chosen.kind !== 'chosen') throw new Error(chosen.what)
    expect(readingsOf(chosen.checks).map(({ name }) => name)).not.toContain('upgrades')
    const results = judge({ server: 'web-1', checks: chosen.checks, answers: capturedAudit('trixie-fresh') })
    expect(results[0]).toMatchObject({ id: 'updates.security', status: 'skipped', skipped: 'switched_off' })
  })

  it.each([
    [{ profile: 'nope' }, /no profile nope: baseline, access/],
    [{ profile: 'constructor' }, /no profile constructor/],
    [{ off: ['ssh.nope'] }, /no check ssh\.nope/],
    [{ profile: 'access', areas: ['kernel' as const] }, /no check in kernel/],
  ])('refuses what means nothing: %j', (request, why) =>
    expect(choose(request)).toMatchObject({ kind: 'unknown', what: expect.stringMatching(why) }),
  )
})

const result = (severity: Risk, status: CheckStatus, id = 'ssh.one'): CheckResult => ({
  id,
  area: 'ssh',
  title: id,
  severity,
  status,
  evidence: 'said',
  setting: 'one',
  present: 'this',
  wanted: 'that',
  remedy: 'do',
  fix: null,
  reference: null,
  skipped: status === 'skipped' ? 'unreadable' : null,
})

describe('the score', () => {
  it.each<[string, CheckResult[], number | null]>([
    ['nothing judged', [result('high', 'skipped')], null],
    ['all well', [result('high', 'pass'), result('low', 'skipped')], 100],
    ['all bad', [result('low', 'fail')], 0],
    ['a warning counts half', [result('low', 'warn')], 50],
    ['what is worse counts more', [result('critical', 'fail'), result('low', 'pass')], 9],
    [
      'never rounded up to 100',
      [...Array.from({ length: 60 }, () => result('critical', 'pass')), result('low', 'warn')],
      99,
    ],
  ])('of an area: %s', (_, results, score) => expect(scoreOf(results)).toBe(score))

  it.each<[Risk, number]>([
    ['low', 75],
    ['medium', 75],
    ['high', 69],
    ['critical', 39],
  ])('with a risk that is %s is %i where the areas have 100 and 50', (risk, score) => {
    const area = { passed: 1, warned: 0, failed: 0, skipped: 0 }
    const scores = { ssh: { ...area, score: 100 }, logs: { ...area, score: 50 }, kernel: { ...area, score: null } }
    expect(securityScore(scores, risk)).toBe(score)
  })

  it.each<[CheckResult[], Risk]>([
    [[result('critical', 'pass')], 'low'],
    [[result('critical', 'warn')], 'high'],
    [[result('medium', 'fail'), result('high', 'skipped')], 'medium'],
    [[result('low', 'warn'), result('critical', 'fail')], 'critical'],
  ])('has a risk beside it %#', (results, risk) => expect(riskOf(results)).toBe(risk))

  it('comes with the worst recommended first', () => {
    const results = [
      result('low', 'fail', 'ssh.a'),
      result('critical', 'warn', 'ssh.b'),
      result('high', 'fail', 'ssh.c'),
      result('critical', 'fail', 'ssh.d'),
      result('critical', 'pass', 'ssh.e'),
    ]
    expect(recommendationsOf(results).map(({ id, risk }) => [id, risk])).toEqual([
      ['ssh.d', 'critical'],
      ['ssh.c', 'high'],
      ['ssh.b', 'high'],
      ['ssh.a', 'low'],
    ])
  })

  it.each<[CheckResult[], string]>([
    [[result('low', 'pass')], 'compliant'],
    [[result('low', 'pass'), { ...result('low', 'skipped'), skipped: 'not_applicable' }], 'compliant'],
    [[result('low', 'pass'), result('low', 'skipped')], 'incomplete'],
    [[result('low', 'warn')], 'non_compliant'],
  ])('says whether the profile is held to %#', (results, status) => expect(complianceOf(results)).toBe(status))

  it('counts by area', () => {
    expect(areaScores([result('low', 'fail'), result('low', 'pass'), result('low', 'skipped')])).toEqual({
      ssh: { score: 50, passed: 1, warned: 0, failed: 1, skipped: 1 },
    })
  })
})
