import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { logins } from '../../../commands/audit/logins.ts'
import type { Answer } from '../../../commands/audit/reading.ts'
import type { CheckStatus } from '../../../schema/audit.ts'
import { judged } from './captured-audit.ts'

type Row = [id: string, instead: Readonly<Record<string, string | Answer>>, status: CheckStatus, evidence: RegExp]

const runs = { fail2ban: '`- Jail list:\tsshd\n' }

/** Each with what was changed in the answers of a fresh host. */
const rows: Row[] = [
  ['ssh.guessed-logins', { logins: '' }, 'pass', /no log-in by a password followed 10 failures/],
  [
    'ssh.guessed-logins',
    { logins: 'guessed bob 192.0.2.9\npassword bob 192.0.2.9\n' },
    'fail',
    /bob from 192\.0\.2\.9/,
  ],
  ['ssh.guessed-logins', { logins: { text: '', exitCode: 3 } }, 'skipped', /no journal/],
  ['ssh.password-logins', { logins: '' }, 'pass', /no log-in by a password/],
  ['ssh.password-logins', { logins: 'password bob 192.0.2.9\npassword bob 192.0.2.10\n' }, 'warn', /came\nbob$/],
  ['fail2ban.bans', { ...runs, 'fail2ban-bans': '0\n' }, 'pass', /none banned/],
  ['fail2ban.bans', { ...runs, 'fail2ban-bans': '42\n' }, 'pass', /10 or more banned/],
  ['fail2ban.bans', { ...runs, 'fail2ban-bans': '142\n' }, 'warn', /100 or more banned/],
  ['fail2ban.bans', { ...runs, 'fail2ban-bans': '' }, 'skipped', /does not run/],
]

it.each(rows)('%s with %j: %s', (id, instead, status, evidence) => {
  expect(judged(id, instead)).toMatchObject({ status, evidence: expect.stringMatching(evidence) })
})

const failed = (who: string, address: string, times: number): string[] =>
  Array.from({ length: times }, () => `Failed password for ${who} from ${address} port 4711 ssh2`)

it.each([
  [
    'a password after ten failures',
    [...failed('bob', '192.0.2.9', 10), 'Accepted password for bob from 192.0.2.9 port 1 ssh2'],
    ['bob'],
  ],
  [
    'a password after nine',
    [...failed('bob', '192.0.2.9', 9), 'Accepted password for bob from 192.0.2.9 port 1 ssh2'],
    [],
  ],
  [
    'a key after ten failures',
    [...failed('bob', '192.0.2.9', 10), 'Accepted publickey for bob from 192.0.2.9 port 1 ssh2: ED25519 SHA256:x'],
    [],
  ],
  [
    'failures of somebody who names himself after another address',
    [
      ...failed('invalid user x from 192.0.2.9 port 1', '198.51.100.1', 10),
      'Accepted password for bob from 192.0.2.9 port 1 ssh2',
    ],
    [],
  ],
])('the journal is read for guessed log-ins: %s', (_, journal, users) => {
  const script = `journalctl() { printf '%s\\n' "$JOURNAL"; }; ${logins.script.text}`
  const text = execFileSync('sh', ['-c', script], {
    env: { PATH: process.env.PATH, JOURNAL: journal.join('\n') },
    encoding: 'utf8',
  })
  expect(logins.parse({ text, exitCode: 0 })?.guessed.map(({ user }) => user)).toEqual(users)
})
