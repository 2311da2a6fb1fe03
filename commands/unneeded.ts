import type { Command } from '../schema/command.ts'
import { command, lines, sh } from './shell.ts'
import { unitAsItWas, type Unit } from './units.ts'

/** What a server seldom needs, after the CIS benchmarks of Debian and Ubuntu, section 2; none of it is stopped unasked. */
export const seldomNeeded: readonly string[] = [
  'avahi-daemon',
  'bluetooth',
  'cups',
  'inetd',
  'nis',
  'openbsd-inetd',
  'rpcbind',
  'rsh-server',
  'rsync',
  'slapd',
  'snmpd',
  'telnet',
  'tftpd-hpa',
  'vsftpd',
  'xinetd',
  'ypserv',
]

export const unitNamed = (name: string): string => (/\.[a-z]+$/.test(name) ? name : `${name}.service`)

/** Exit 0 when a unit neither runs nor starts with the host. */
export const isOff = (unit: string): Command =>
  command({
    script: lines(
      sh`! systemctl is-active --quiet -- ${unit} || exit 1`,
      sh`! systemctl is-enabled --quiet -- ${unit} 2> /dev/null || exit 1`,
    ),
    effect: 'read',
    category: 'system',
  })

export const turnOff = (unit: string): Command =>
  command({ script: sh`systemctl disable --now -- ${unit}`, effect: 'change', category: 'system', timeoutMs: 120_000 })

/** `before` is the unit as it was found. */
export const turnOn = (unit: string, before: Unit): Command =>
  command({
    script: lines(
      sh`set -e`,
      before.enabled === 'enabled' ? sh`systemctl enable -- ${unit}` : sh`:`,
      unitAsItWas(unit, before),
    ),
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })
