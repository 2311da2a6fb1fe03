import type { Command } from '../schema/command.ts'
import type { PackageTool } from '../schema/facts.ts'
import { restoreFile, saveFile, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { command, lines, must, sh, strict } from './shell.ts'
import { unitAsItWas, type Unit } from './units.ts'

/** How a distribution installs security updates by itself. */
export type AutomaticUpdates = {
  readonly packages: readonly string[]
  /** The files that say so, from what is in them now. */
  readonly files: (found: (path: string) => string | null) => readonly FileToWrite[]
  /** What has to run for it. */
  readonly timers: readonly string[]
}

const owned = { mode: '644', owner: 'root', group: 'root' } as const

/** Read after 20auto-upgrades and 50unattended-upgrades: apt takes the last value. */
export const aptUpdatesPath = '/etc/apt/apt.conf.d/99drydock-upgrades'

const apt: AutomaticUpdates = {
  packages: ['unattended-upgrades'],
  files: () => [
    {
      path: aptUpdatesPath,
      content: [
        '// Written by Drydock. Which sources count as security updates stands in 50unattended-upgrades.',
        'APT::Periodic::Enable "1";',
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
        '',
      ].join('\n'),
      ...owned,
    },
  ],
  timers: ['apt-daily.timer', 'apt-daily-upgrade.timer'],
}

/** Sets keys of one part of an INI file and leaves the rest as it is. */
export function withKeys(content: string, part: string, keys: Readonly<Record<string, string>>): string {
  const given = content.split('\n')
  const start = given.findIndex((line) => line.trim() === `[${part}]`)
  const text = Object.entries(keys).map(([key, value]) => `${key} = ${value}`)
  if (start < 0)
    return `${content}${content === '' || content.endsWith('\n') ? '' : '\n'}[${part}]\n${text.join('\n')}\n`
  const next = given.findIndex((line, index) => index > start && /^\s*\[/.test(line))
  const end = next < 0 ? given.length : next
  const kept = given.slice(start + 1, end).filter((line) => !Object.hasOwn(keys, line.split('=')[0]?.trim() ?? ''))
  return [...given.slice(0, start + 1), ...text, ...kept, ...given.slice(end)].join('\n')
}

const iniFile =
  (path: string, part: string, keys: Readonly<Record<string, string>>): AutomaticUpdates['files'] =>
  (found) => [{ path, content: withKeys(found(path) ?? '', part, keys), ...owned }]

const security = { upgrade_type: 'security', download_updates: 'yes', apply_updates: 'yes' }

const dnf: AutomaticUpdates = {
  packages: ['dnf-automatic'],
  files: iniFile('/etc/dnf/automatic.conf', 'commands', security),
  timers: ['dnf-automatic.timer'],
}

const yum: AutomaticUpdates = {
  packages: ['yum-cron'],
  files: iniFile('/etc/yum/yum-cron.conf', 'commands', {
    update_cmd: 'security',
    download_updates: 'yes',
    apply_updates: 'yes',
  }),
  timers: ['yum-cron.service'],
}

const unit = (name: string, content: readonly string[]): FileToWrite => ({
  path: `/etc/systemd/system/${name}`,
  content: ['# Written by Drydock.', ...content, ''].join('\n'),
  ...owned,
})

/** SUSE has no package for it that every release carries; zypper tells 102 and 103 where a restart is due. */
const zypper: AutomaticUpdates = {
  packages: [],
  files: () => [
    unit('drydock-updates.service', [
      '[Unit]',
      'Description=Security updates',
      'Wants=network-online.target',
      'After=network-online.target',
      '',
      '[Service]',
      'Type=oneshot',
      'Environment=ZYPP_LOCK_TIMEOUT=300',
      'ExecStart=/usr/bin/zypper --non-interactive patch --category security',
      'SuccessExitStatus=102 103',
    ]),
    unit('drydock-updates.timer', [
      '[Unit]',
      'Description=Security updates once a day',
      '',
      '[Timer]',
      'OnCalendar=daily',
      'RandomizedDelaySec=4h',
      'Persistent=true',
      '',
      '[Install]',
      'WantedBy=timers.target',
    ]),
  ],
  timers: ['drydock-updates.timer'],
}

/** `null` where the distribution has no security updates apart from all others. */
export const automaticUpdatesOf = (tool: PackageTool): AutomaticUpdates | null =>
  ({ apt, dnf, yum, zypper, pacman: null })[tool]

/** Whoever masks a timer wants it off: neither lockdown nor its audit takes that for an oversight, and both say so. */
export const isMaskedByHand = (timer: string): string =>
  `somebody has masked ${timer}: updates do not run by it until it is unmasked`

export type UpdatesWork = {
  readonly tool: PackageTool
  readonly files: readonly FileToWrite[]
  /** Those that run and start with the host; one that somebody masked is not among them. */
  readonly timers: readonly string[]
}

const aptAgrees = sh`apt-config dump APT::Periodic::Unattended-Upgrade | grep -Fq '"1"'`

/** Exit 0 when the files are there, the timers run, and apt itself says so. */
export const areUpdatesAutomatic = ({ tool, files, timers }: UpdatesWork): Command =>
  command({
    script: lines(
      ...files.map((file) => must(isLike(file))),
      ...timers.flatMap((name) => [
        must(sh`systemctl is-enabled --quiet -- ${name}`),
        must(sh`systemctl is-active --quiet -- ${name}`),
      ]),
      ...(tool === 'apt' ? [must(aptAgrees)] : []),
    ),
    shown: `compare ${files.map(({ path }) => path).join(', ')} and ask for ${timers.join(', ') || 'no timers'}`,
    effect: 'read',
    category: 'system',
  })

const kept = (backup: Backup, index: number): Backup => ({ ...backup, item: `${backup.item}-${index}` })

export const makeUpdatesAutomatic = ({ files, timers }: UpdatesWork, backup: Backup): Command =>
  command({
    script: strict(
      ...files.flatMap((file, index) => [saveFile(file.path, kept(backup, index)), replaceFile(file, fillWith(file))]),
      sh`systemctl daemon-reload`,
      ...timers.map((name) => sh`systemctl enable --now -- ${name}`),
    ),
    shown: `write ${files.map(({ path }) => path).join(', ')}${timers.length === 0 ? '' : ` and start ${timers.join(', ')}`}`,
    effect: 'change',
    category: 'system',
    timeoutMs: 60_000,
  })

/** `units` as they were found. What is ours alone is stopped before its file goes. */
export const updatesAsTheyWere = (
  { files, timers }: UpdatesWork,
  units: ReadonlyMap<string, Unit>,
  backup: Backup,
): Command =>
  command({
    script: strict(
      ...timers.map((name) =>
        units.get(name)?.load === 'loaded' ? sh`:` : sh`systemctl disable --now -- ${name} 2> /dev/null || :`,
      ),
      ...files.map(({ path }, index) => restoreFile(path, kept(backup, index))),
      sh`systemctl daemon-reload`,
      ...timers.map((name) => unitAsItWas(name, units.get(name))),
    ),
    shown: `restore ${files.map(({ path }) => path).join(', ')} as they were`,
    effect: 'change',
    category: 'system',
    timeoutMs: 60_000,
  })
