import { describe, expect, it } from 'vitest'
import { blockedAnswer, explain, hasWorsened, isReadOnly } from '../../../guard/index.ts'
import { assessed, server } from './situation.ts'

const stopAll = 'docker stop $(docker ps -q)'
const running = (...names: string[]) => assessed(stopAll, { answers: { containers: { running: names } } })

const wiping = (files: number, bytes: number) =>
  assessed('rm -rf /var/lib/mysql', { answers: { paths: { '/var/lib/mysql': { files, bytes, more: false } } } })

describe('whether it has worsened', () => {
  it.each([
    ['the same set', running('a', 'b'), running('b', 'a'), false],
    ['one less', running('a', 'b'), running('a'), false],
    ['one more', running('a', 'b'), running('a', 'b', 'c'), true],
    ['another in place of one', running('a', 'b'), running('a', 'c'), true],
    ['nothing at all any more', running('a'), assessed('ls'), false],
    ['now in production', running('a'), assessed(stopAll, { environment: 'production' }), true],
    [
      'now denied',
      running('a'),
      assessed(stopAll, { answers: { parity: { running: true, percentage: null, remaining: null } } }),
      true,
    ],
    ['another act', assessed('reboot'), assessed('poweroff'), true],
    ['estimates before and after', assessed(stopAll), assessed(stopAll), false],
  ])('is right for %s', (_, before, now, worse) => {
    expect(hasWorsened(before, now)).toBe(worse)
  })

  it('counts more files under a path as growth and fewer bytes as none', () => {
    expect(hasWorsened(wiping(10, 500), wiping(11, 500))).toBe(true)
    expect(hasWorsened(wiping(10, 500), wiping(10, 900))).toBe(false)
  })
})

describe('what is found', () => {
  it('has every kind of act, however many of another kind stand before it', () => {
    const many = Array.from({ length: 120 }, (_, index) => `rm -rf /srv/shop-${index}`)
    const { findings } = assessed([...many, 'mkfs.ext4 /dev/sda'].join('\n'))
    expect(findings.length).toBeLessThanOrEqual(101)
    expect(findings.map(({ action }) => action)).toContain('disk_format')
  })
})

describe('the blocked answer', () => {
  const names = Array.from({ length: 12 }, (_, index) => `app-${index}`)
  const answer = blockedAnswer({ operationId: 'op-1', assessment: running(...names), timeoutMs: 300_000 })

  it('has every part that spec GUARD-12 names', () => {
    expect(Object.keys(answer)).toEqual([
      'status',
      'operation_id',
      'risk_assessment',
      'impact_details',
      'confirmation_required',
      'safety_checklist',
      'device_checks',
    ])
    expect(answer).toMatchObject({
      status: 'DESTRUCTIVE_ACTION_BLOCKED',
      operation_id: 'op-1',
      risk_assessment: { level: 'high', affected_count: 12, rollback_possible: true },
      confirmation_required: { phrase: 'yes, stop all 12 containers', timeout_seconds: 300 },
    })
  })

  it('shows the first ten of what would be hit', () => {
    expect(answer.impact_details.affected_items).toEqual(names.slice(0, 10))
  })

  it('has nothing to confirm where it is denied', () => {
    const denied = assessed(stopAll, { answers: { parity: { running: true, percentage: 1, remaining: null } } })
    expect(blockedAnswer({ operationId: 'op-1', assessment: denied, timeoutMs: 1000 }).confirmation_required).toBeNull()
  })
})

describe('the explanation', () => {
  const told = explain({
    command: 'sudo sh -c \'echo hi; zpool destroy tank\' && eval "$X"',
    device: 'generic',
    environment: 'unknown',
    server,
  })

  it('shows each call below what starts it, with what was found there', () => {
    expect(told.calls[0]).toMatchObject({
      program: 'sudo',
      runs: [
        {
          program: 'sh',
          runs: [{ program: 'echo' }, { program: 'zpool', findings: [{ action: 'zfs_pool_destroy' }] }],
        },
      ],
    })
  })

  it('names what could not be read, and the answer', () => {
    expect(told.unreadable).toHaveLength(1)
    expect(told.assessment.phrase).toBe('yes, destroy pool tank and proceed with destructive operation')
  })

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(told))).toEqual(told)
  })
})

describe('read-only', () => {
  it.each([
    'ls -la',
    'cat /etc/os-release | grep ID',
    'docker ps -a',
    'systemctl status nginx',
    'sudo journalctl -u nginx',
    "sh -c 'uptime; df -h'",
    'find /var/log -name "*.log"',
    'git status',
    'echo hi',
    'echo $(hostname)',
    'cat x > /dev/null 2>&1',
    "awk '{print $1}' f",
  ])('is %s', (command) => {
    expect(isReadOnly(command)).toBe(true)
  })

  it.each([
    'touch x',
    'echo x > f',
    'systemctl restart nginx',
    'apt-get install -y curl',
    './deploy.sh',
    'sh deploy.sh',
    'docker restart web',
    'sed -i s/a/b/ f',
    'find . -delete',
    'curl -X POST http://x',
    '$X',
    'tee f',
    'git pull',
    'reboot',
    'ls; touch x',
    'echo $(touch x)',
    'sort -o f f',
    'awk \'{print > "f"}\' g',
    'kubectl apply -f x',
    'sed -n "w out" f',
    'date -s 10:00',
    '',
  ])('is not %s', (command) => {
    expect(isReadOnly(command)).toBe(false)
  })
})
