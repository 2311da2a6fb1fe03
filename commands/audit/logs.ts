import { lines, pipe, sh } from '../shell.ts'
import { linesOf, type Reading } from './reading.ts'

/** Settings of journald as files say them; the last one counts. Null where there is no journald. */
export const journald: Reading<ReadonlyMap<string, string>> = {
  name: 'journald',
  script: pipe(
    sh`cat /etc/systemd/journald.conf /usr/lib/systemd/journald.conf.d/*.conf /etc/systemd/journald.conf.d/*.conf`,
    sh`grep -E '^[A-Z][A-Za-z]*='`,
  ),
  needsRoot: false,
  parse: (answer) =>
    new Map(linesOf(answer).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
}

export type LogTools = {
  /** /var/log/journal is there, so that the journal outlives a reboot. */
  readonly keepsJournal: boolean
  /** A daemon writes text files of its own. */
  readonly syslog: string | null
  readonly logrotate: boolean
}

export const logTools: Reading<LogTools> = {
  name: 'log-tools',
  script: lines(
    sh`[ -d /var/log/journal ] && echo journal`,
    sh`for tool in rsyslogd syslog-ng logrotate; do command -v "$tool" > /dev/null && echo "$tool"; done`,
  ),
  needsRoot: false,
  parse: (answer) => {
    const found = linesOf(answer)
    return {
      keepsJournal: found.includes('journal'),
      syslog: found.find((name) => name === 'rsyslogd' || name === 'syslog-ng') ?? null,
      logrotate: found.includes('logrotate'),
    }
  },
}
