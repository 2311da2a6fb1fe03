import type { LockdownSettings } from '../schema/lockdown.ts'
import type { Command } from '../schema/command.ts'
import { restoreFile, saveFile, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { and, command, lines, must, pipe, sh, strict, when, type Script } from './shell.ts'
import { unitAsItWas, type Unit } from './units.ts'

type Watched = LockdownSettings['fail2ban']['services'][number]

/** What fail2ban watches for one service; `journal` where the service logs there and may have no file. */
export type JailKind = {
  readonly jail: string
  readonly service: Watched
  readonly units: readonly string[]
  readonly logs: readonly string[]
  readonly journal: boolean
}

/** Names of services as people say them, and the jails that fail2ban has for them. */
export const jailKinds: readonly JailKind[] = [
  { jail: 'sshd', service: 'ssh', units: [], logs: ['/var/log/auth.log', '/var/log/secure'], journal: true },
  {
    jail: 'nginx-http-auth',
    service: 'nginx',
    units: ['nginx.service'],
    logs: ['/var/log/nginx/error.log'],
    journal: false,
  },
  {
    jail: 'nginx-botsearch',
    service: 'nginx',
    units: ['nginx.service'],
    logs: ['/var/log/nginx/access.log'],
    journal: false,
  },
  {
    jail: 'apache-auth',
    service: 'apache',
    units: ['apache2.service', 'httpd.service'],
    logs: ['/var/log/apache2/error.log', '/var/log/httpd/error_log'],
    journal: false,
  },
  {
    jail: 'postfix',
    service: 'postfix',
    units: ['postfix.service'],
    logs: ['/var/log/mail.log', '/var/log/maillog'],
    journal: true,
  },
  {
    jail: 'dovecot',
    service: 'dovecot',
    units: ['dovecot.service'],
    logs: ['/var/log/mail.log', '/var/log/maillog'],
    journal: true,
  },
  { jail: 'vsftpd', service: 'vsftpd', units: ['vsftpd.service'], logs: ['/var/log/vsftpd.log'], journal: false },
]

/** Ours is read last, after every other file, and names its addresses for each jail. */
export const jailFile = '/etc/fail2ban/jail.d/drydock.local'

/** Prints the addresses that other files never ban, whatever section they stand in. */
export const printNeverBanned: Script = pipe(
  sh`for file in /etc/fail2ban/jail.conf /etc/fail2ban/jail.local /etc/fail2ban/jail.d/*; do [ "$file" = ${jailFile} ] || cat -- "$file"; done`,
  sh`awk '/^ignoreip[ \t]*=/ { sub(/^[^=]*=/, ""); on = 1; print; next } on && /^[ \t]+[^ \t]/ { print; next } { on = 0 }'`,
  sh`tr -s ', \t' '\n'`,
  sh`grep -E '^[0-9A-Fa-f.:/]+$'`,
  sh`sort -u`,
)

/** One jail as it stands in our file. */
export type Jail = {
  readonly kind: JailKind
  /** Read where there are any; the journal otherwise. */
  readonly logs: readonly string[]
  readonly ports: readonly number[]
}

export type JailRules = {
  readonly retries: number
  readonly findMs: number
  readonly banMs: number
  readonly neverBan: readonly string[]
  /** Debian's own choice differs by release, and iptables may not be there. */
  readonly banByNft: boolean
}

/** A process of sshd may end before the journal has found out its unit and name; what it says of itself, and its user id, are always there. */
const sshJournal = ['sshd', 'sshd-session', 'sshd-auth'].map((name) => `SYSLOG_IDENTIFIER=${name} _UID=0`).join(' + ')

/** A key that is refused where passwords are off leaves only this line, which fail2ban's own filter does not count. */
const refusedKey = String.raw`^(?:Connection (?:closed|reset)|Disconnected) (?:by|from) authenticating user <F-USER>\S+|.*?</F-USER> <HOST>(?: port \d+)?\s+\[preauth\]\s*$`

export const jailsFile = (jails: readonly Jail[], rules: JailRules): FileToWrite => ({
  path: jailFile,
  content: ['# Written by Drydock.', ...jails.flatMap((jail) => ['', ...jailLines(jail, rules)]), ''].join('\n'),
  mode: '644',
  owner: 'root',
  group: 'root',
})

const seconds = (ms: number): number => Math.ceil(ms / 1000)

function jailLines({ kind, logs, ports }: Jail, rules: JailRules): readonly string[] {
  return [
    `[${kind.jail}]`,
    'enabled = true',
    ...(logs.length > 0 ? ['backend = auto', `logpath = ${logs.join('\n          ')}`] : ['backend = systemd']),
    ...(kind.jail === 'sshd'
      ? [
          ...(logs.length > 0 ? [] : [`journalmatch = ${sshJournal}`]),
          `failregex = ${refusedKey}`,
          '            %(known/failregex)s',
        ]
      : []),
    ...(rules.banByNft ? ['banaction = nftables[type=multiport]'] : []),
    ...(ports.length > 0 ? [`port = ${ports.join(',')}`] : []),
    `maxretry = ${rules.retries}`,
    `findtime = ${seconds(rules.findMs)}`,
    `bantime = ${seconds(rules.banMs)}`,
    `ignoreip = ${rules.neverBan.join(' ')}`,
  ]
}

const watches = (jail: string): Script => sh`fail2ban-client status ${jail} > /dev/null 2>&1`

/** Exit 0 when our file is there, the daemon runs and starts with the host, and each jail is watched. */
export const isWatching = (file: FileToWrite, jails: readonly Jail[]): Command =>
  command({
    script: lines(
      must(isLike(file)),
      must(sh`systemctl is-enabled --quiet -- fail2ban.service`),
      must(sh`systemctl is-active --quiet -- fail2ban.service`),
      ...jails.map(
        ({ kind }) =>
          sh`${watches(kind.jail)} || { printf '%s\n' ${`fail2ban does not watch ${kind.jail}`} >&2; exit 1; }`,
      ),
    ),
    shown: `fail2ban-client status of ${jails.map(({ kind }) => kind.jail).join(', ')}`,
    effect: 'read',
    category: 'system',
  })

/** The daemon answers some moments after its start. */
const awaitJails = (jails: readonly Jail[]): Script =>
  lines(
    sh`waited=0`,
    sh`until ${and(...jails.map(({ kind }) => watches(kind.jail)))}; do`,
    sh`[ "$waited" -lt 60 ] || { echo 'fail2ban does not watch what it should' >&2; exit 1; }`,
    sh`sleep 0.1; waited=$((waited + 1))`,
    sh`done`,
  )

/** Writes our file, has fail2ban test the whole of its configuration, and starts it with that. */
export const watchJails = (file: FileToWrite, jails: readonly Jail[], backup: Backup): Command =>
  command({
    script: strict(
      saveFile(file.path, backup),
      replaceFile(file, fillWith(file)),
      when(
        sh`! said=$(fail2ban-client -t 2>&1)`,
        lines(restoreFile(file.path, backup), sh`printf '%s\n' "$said" >&2`, sh`exit 1`),
      ),
      sh`systemctl enable -- fail2ban.service`,
      sh`systemctl restart -- fail2ban.service`,
      awaitJails(jails),
    ),
    shown: `test and write ${file.path} and restart fail2ban`,
    effect: 'change',
    category: 'system',
    timeoutMs: 60_000,
  })

/** `before` is the daemon's unit as it was found: one that was not there goes with its package. */
export const unwatchJails = (path: string, before: Unit | undefined, backup: Backup): Command =>
  command({
    script: strict(restoreFile(path, backup), unitAsItWas('fail2ban.service', before)),
    shown: `restore ${path} and fail2ban as they were`,
    effect: 'change',
    category: 'system',
    timeoutMs: 60_000,
  })
