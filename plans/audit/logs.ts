import { journald, logTools } from '../../commands/audit/logs.ts'
import { activeUnits, unitFiles } from '../../commands/audit/units.ts'
import { type Area, cis, fail, notApplicable, pass, passIf, warn } from './check.ts'

/** Whether somebody can read later what has happened, and the disk does not fill with it. */
export const logs: Area = {
  area: 'logs',
  checks: [
    {
      id: 'logs.journal',
      title: 'The journal is written',
      severity: 'medium',
      setting: 'systemd-journald.service',
      wanted: 'active',
      reads: [activeUnits, logTools],
      judge(see) {
        const active = see(activeUnits)
        const { syslog } = see(logTools)
        if (active === null)
          return syslog === null
            ? fail('neither journald nor syslog is there', 'none')
            : pass(`${syslog} is there`, syslog)
        const isActive = active.has('systemd-journald.service')
        return passIf(
          isActive,
          `systemctl list-units: systemd-journald.service is ${isActive ? '' : 'not '}active`,
          isActive ? 'active' : 'not active',
        )
      },
      remedy: 'Run: systemctl start systemd-journald.',
      reference: cis('6.1.1.1'),
    },
    {
      id: 'logs.kept',
      title: 'Logs outlive a reboot',
      severity: 'medium',
      setting: 'Storage of journald',
      wanted: 'persistent, or auto with /var/log/journal',
      reads: [journald, logTools],
      judge(see) {
        const { keepsJournal, syslog } = see(logTools)
        const storage = see(journald).get('Storage') ?? 'auto'
        const isKept = storage === 'persistent' || (storage === 'auto' && keepsJournal)
        const evidence = `journald: Storage=${storage}, /var/log/journal is ${keepsJournal ? '' : 'not '}there`
        if (isKept) return pass(evidence, 'kept')
        return syslog === null ? fail(evidence, 'lost at reboot') : pass(`${evidence}; ${syslog} writes files`, 'kept')
      },
      remedy: 'Set Storage=persistent in a file of /etc/systemd/journald.conf.d, and restart systemd-journald.',
    },
    {
      id: 'logs.journal-limit',
      title: 'The journal does not fill the disk',
      severity: 'low',
      setting: 'SystemMaxUse of journald',
      wanted: 'set, or the default of a tenth of the disk',
      reads: [journald],
      judge(see) {
        const most = see(journald).get('SystemMaxUse')
        return most === undefined
          ? pass('journald: no SystemMaxUse, which means a tenth of the file system and 4 GB at most', 'default')
          : passIf(!/^(infinity|0)$/.test(most), `journald: SystemMaxUse=${most}`, most)
      },
      remedy: 'Set SystemMaxUse=1G in a file of /etc/systemd/journald.conf.d.',
      reference: cis('6.1.1.3'),
    },
    {
      id: 'logs.rotation',
      title: 'Log files are rotated',
      severity: 'medium',
      setting: 'logrotate',
      wanted: 'installed, with its timer enabled',
      reads: [logTools, unitFiles],
      judge(see) {
        const { logrotate, syslog } = see(logTools)
        const timer = see(unitFiles)?.get('logrotate.timer') ?? 'not there'
        if (!logrotate)
          return syslog === null
            ? notApplicable('no daemon writes log files of its own: the journal limits itself')
            : fail(`${syslog} writes files, and there is no logrotate`, 'not installed')
        const isOn = timer === 'enabled' || see(unitFiles) === null
        return isOn
          ? pass(`logrotate is there, logrotate.timer ${timer}`, timer)
          : warn(`logrotate is there, logrotate.timer ${timer}`, timer)
      },
      remedy: 'Install logrotate, and run: systemctl enable --now logrotate.timer.',
    },
  ],
}
