import type { LockdownSettings } from '../schema/lockdown.ts'
import { pipe, sh, type Script } from './shell.ts'

type Service = LockdownSettings['fail2ban']['services'][number]

/** What fail2ban watches for one service; `journal` where the service logs there and may have no file. */
export type JailKind = {
  readonly jail: string
  readonly service: Service
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
