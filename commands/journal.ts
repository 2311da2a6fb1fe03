import type { Command } from '../schema/command.ts'
import type { JournalSettings } from '../schema/journal.ts'
import { command, lines, sh, type Script } from './shell.ts'
import { systemdWords, type UnitOf } from './systemd.ts'

const ofUnit = ({ unit, scope = 'system' }: UnitOf): Script =>
  scope === 'system' ? sh`--unit=${unit}` : sh`--user-unit=${unit}`

// With both --since and --lines, the journalctl of systemd 252 prints the first lines of that time: tail has the last.

/** Prints the last lines of a unit since a time, which is shell text such as `"@$since"`. */
export const lastJournalLines = (of: UnitOf, count: number, since: Script): Script =>
  sh`journalctl --no-pager --quiet --no-hostname --output=short-iso --since=${since} ${ofUnit(of)} | tail -n ${count}`

/** Reads the journal of a unit; with `follow`, goes on until the time is over, which is no failure. */
export function readJournal(of: UnitOf, settings: JournalSettings): Command {
  const { lines: count, since, until, priority, follow, followMs, format } = settings
  const words: readonly Script[] = [
    sh`journalctl --no-pager --quiet --no-hostname --output=${format === 'json' ? 'json' : 'short-iso'}`,
    ...(since === undefined || follow ? [sh`--lines=${count}`] : []),
    ...(since === undefined ? [] : [sh`--since=${`@${secondsOf(since)}`}`]),
    ...(until === undefined ? [] : [sh`--until=${`@${secondsOf(until)}`}`]),
    ...(priority === undefined ? [] : [sh`--priority=${priority}`]),
    ...(follow ? [sh`--follow`] : []),
    ofUnit(of),
  ]
  const journalctl: Script = { text: words.map(({ text }) => text).join(' ') }
  const seconds = Math.ceil(followMs / 1_000)
  return command({
    script: lines(
      systemdWords(of.scope ?? 'system'),
      ...(follow
        ? // 124 is how timeout(1) says that the time is over.
          [sh`timeout ${seconds} ${journalctl}`, sh`status=$?`, sh`[ "$status" -eq 124 ] || exit "$status"`]
        : since === undefined
          ? [journalctl]
          : lastOf(journalctl, count)),
    ),
    shown: `journalctl --unit=${of.unit}${follow ? ' --follow' : ''}`,
    effect: 'read',
    category: 'system',
    timeoutMs: follow ? followMs + 30_000 : 120_000,
  })
}

/** The last lines of what a command prints, and its own exit status. */
const lastOf = (printing: Script, count: number): readonly Script[] => [
  sh`exec 3>&1`,
  sh`status=$( { { ${printing} 4>&-; echo $? >&4; } | tail -n ${count} >&3; } 4>&1)`,
  sh`exit "$status"`,
]

const secondsOf = (time: string): string => (Date.parse(time) / 1_000).toFixed(3)
