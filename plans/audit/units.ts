import { activeUnits, container, failedUnits, unitFiles } from '../../commands/audit/units.ts'
import { type Area, cis, noneOf, notApplicable, passIf, pass } from './check.ts'

const noSystemd = notApplicable('the host is not run by systemd')

/** What a server seldom needs: what its benchmark section says of it stands behind each. */
const seldomNeeded = new Map([
  ['autofs.service', '2.1.1'],
  ['avahi-daemon.service', '2.1.2'],
  ['avahi-daemon.socket', '2.1.2'],
  ['isc-dhcp-server.service', '2.1.3'],
  ['ypserv.service', '2.1.10'],
  ['cups.service', '2.1.11'],
  ['cups.socket', '2.1.11'],
  ['rpcbind.service', '2.1.12'],
  ['rpcbind.socket', '2.1.12'],
  ['rsync.service', '2.1.13'],
  ['snmpd.service', '2.1.15'],
  ['tftpd-hpa.service', '2.1.16'],
  ['xinetd.service', '2.1.19'],
  ['gdm.service', '2.1.20'],
  ['gdm3.service', '2.1.20'],
  ['lightdm.service', '2.1.20'],
  ['bluetooth.service', '3.1.3'],
  ['ModemManager.service', ''],
  ['whoopsie.service', ''],
])

const clearText =
  /^(telnet|telnetd|inetutils-inetd|inetd|openbsd-inetd|rsh|rlogin|rexec|vsftpd|proftpd|pure-ftpd)\.(service|socket)$/

const clocks = [
  'systemd-timesyncd.service',
  'chrony.service',
  'chronyd.service',
  'ntp.service',
  'ntpsec.service',
  'openntpd.service',
]

/** What runs, and whether it should. */
export const services: Area = {
  area: 'services',
  checks: [
    {
      id: 'services.unneeded',
      title: 'Nothing runs that a server seldom needs',
      severity: 'low',
      setting: 'active units',
      wanted: 'none of those that a server seldom needs',
      reads: [activeUnits],
      judge(see) {
        const active = see(activeUnits)
        if (active === null) return noSystemd
        return noneOf(
          [...seldomNeeded].flatMap(([unit, section]) =>
            active.has(unit) ? [section === '' ? unit : `${unit} (${section})`] : [],
          ),
          { none: 'systemctl list-units: none of them is active', some: 'active', status: 'warn' },
        )
      },
      remedy: 'Stop and disable those that nobody uses: systemctl disable --now UNIT.',
      reference: cis('2.1'),
    },
    {
      id: 'services.clear-text',
      title: 'No service of clear text is started',
      severity: 'high',
      setting: 'units for telnet, rsh and FTP',
      wanted: 'none active or enabled',
      reads: [activeUnits, unitFiles],
      judge(see) {
        const [active, files] = [see(activeUnits), see(unitFiles)]
        if (active === null || files === null) return noSystemd
        const enabled = [...files].flatMap(([unit, state]) => (state === 'enabled' ? [unit] : []))
        const found = [...new Set([...active, ...enabled])].filter((unit) => clearText.test(unit)).toSorted()
        return noneOf(found, { none: 'systemctl: none of them is active or enabled', some: 'active or enabled' })
      },
      remedy: 'Stop and disable them: systemctl disable --now UNIT.',
    },
    {
      id: 'services.failed',
      title: 'No unit has failed',
      severity: 'low',
      setting: 'failed units',
      wanted: 'none',
      reads: [failedUnits],
      judge(see) {
        const failed = see(failedUnits)
        if (failed === null) return noSystemd
        return noneOf(failed, { none: 'systemctl list-units: none', some: 'failed', status: 'warn' })
      },
      remedy: 'Look at each with systemctl status UNIT, then mend it, or run systemctl reset-failed UNIT.',
    },
    {
      id: 'services.clock',
      title: 'The clock is kept right',
      severity: 'medium',
      setting: 'a daemon of time',
      wanted: 'one active',
      reads: [activeUnits, container],
      judge(see) {
        const active = see(activeUnits)
        const inside = see(container)
        if (inside !== null) return notApplicable(`a container (${inside}) has the clock of its machine`)
        if (active === null) return noSystemd
        const found = clocks.filter((unit) => active.has(unit))
        if (found.length > 0) return pass(`active: ${found.join(', ')}`, found.join(', '))
        return passIf(false, `none is active of ${clocks.join(', ')}`, 'none')
      },
      remedy: 'Run: systemctl enable --now systemd-timesyncd, or install chrony.',
      reference: cis('2.3.1.1'),
    },
  ],
}
