import { expect, it } from 'vitest'
import type { Answer } from '../../../commands/audit/reading.ts'
import type { CheckStatus } from '../../../schema/audit.ts'
import { judged } from './captured-audit.ts'

const missing: Answer = { text: '', exitCode: 3 }
const enabled = (...units: string[]): string => units.map((unit) => `${unit} enabled enabled\n`).join('')

type Row = [id: string, instead: Readonly<Record<string, string | Answer>>, status: CheckStatus, evidence: RegExp]

/** Each with what was changed in the answers of a fresh host. */
const rows: Row[] = [
  [
    'updates.security',
    { upgrades: 'apt\nInst openssl [3.0.1] (3.0.2 Debian-Security:12/stable-security [amd64])\n' },
    'fail',
    /openssl to 3\.0\.2/,
  ],
  ['updates.security', { upgrades: 'apt\nInst bash [5.1] (5.2 Debian:12.8/stable [amd64])\n' }, 'pass', /none/],
  ['updates.others', { upgrades: 'apt\nInst bash [5.1] (5.2 Debian:12.8/stable [amd64])\n' }, 'warn', /bash to 5\.2/],
  ['updates.security', { upgrades: missing }, 'skipped', /cannot be asked/],
  ['updates.security', { upgrades: { text: 'apt\n', exitCode: 127 } }, 'skipped', /did not answer/],
  ['updates.lists', { lists: '' }, 'warn', /eight days/],
  [
    'updates.automatic',
    {
      'automatic-updates':
        '/usr/bin/unattended-upgrade\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
      'unit-files': enabled('apt-daily-upgrade.timer'),
    },
    'pass',
    /Unattended-Upgrade "1"/,
  ],
  [
    'updates.automatic',
    { 'automatic-updates': '/usr/bin/unattended-upgrade\nAPT::Periodic::Unattended-Upgrade "0";\n' },
    'fail',
    /"0"/,
  ],
  [
    'updates.automatic',
    { 'automatic-updates': '/usr/bin/dnf-automatic\n', 'unit-files': enabled('dnf-automatic.timer') },
    'pass',
    /dnf-automatic/,
  ],
  [
    'updates.automatic',
    {
      'automatic-updates':
        '/usr/bin/unattended-upgrade\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
      'unit-files': 'apt-daily-upgrade.timer disabled enabled\n',
    },
    'fail',
    /timer disabled/,
  ],
  [
    'updates.timers',
    {
      'automatic-updates': '/usr/bin/unattended-upgrade\n',
      'unit-files': 'apt-daily.timer masked enabled\napt-daily-upgrade.timer masked-runtime enabled\n',
    },
    'fail',
    /masked apt-daily\.timer: .*\n.*masked apt-daily-upgrade\.timer/,
  ],
  [
    'updates.timers',
    { 'automatic-updates': '/usr/bin/dnf-automatic\n', 'unit-files': 'dnf-automatic.timer masked disabled\n' },
    'fail',
    /masked dnf-automatic\.timer/,
  ],
  [
    'updates.timers',
    { 'automatic-updates': '/usr/bin/unattended-upgrade\n', 'unit-files': enabled('apt-daily-upgrade.timer') },
    'pass',
    /none is masked/,
  ],
  ['updates.timers', { 'automatic-updates': '' }, 'skipped', /nothing is there/],
  ['updates.reboot', { reboot: 'linux-image-amd64\n' }, 'warn', /linux-image/],
]

it.each(rows)('%s with %j: %s', (id, instead, status, evidence) => {
  expect(judged(id, instead)).toMatchObject({ status, evidence: expect.stringMatching(evidence) })
})
