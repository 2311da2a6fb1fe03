import { sh } from '../shell.ts'
import { fieldsOf, linesOf, type Reading } from './reading.ts'

/** What starts at boot: 'enabled', 'disabled', 'masked', 'static' and so on, by unit; null where systemd is not asked. */
export const unitFiles: Reading<ReadonlyMap<string, string> | null> = {
  name: 'unit-files',
  script: sh`systemctl list-unit-files --no-legend --no-pager --plain --type=service,socket,timer`,
  needsRoot: false,
  parse: (answer) =>
    answer.exitCode === 0
      ? new Map(
          fieldsOf({ text: answer.text.replaceAll(/ +/g, ' ') }, 3).map(([unit = '', state = '']) => [unit, state]),
        )
      : null,
}

/** Units that are active now; null where systemd is not asked. */
export const activeUnits: Reading<ReadonlySet<string> | null> = {
  name: 'active-units',
  script: sh`systemctl list-units --no-legend --no-pager --plain --state=active --type=service,socket,timer`,
  needsRoot: false,
  parse: (answer) => (answer.exitCode === 0 ? new Set(linesOf(answer).map((line) => line.split(' ')[0] ?? '')) : null),
}

export const failedUnits: Reading<readonly string[] | null> = {
  name: 'failed-units',
  script: sh`systemctl list-units --no-legend --no-pager --plain --state=failed`,
  needsRoot: false,
  parse: (answer) =>
    answer.exitCode === 0
      ? linesOf(answer)
          .map((line) => line.split(' ')[0] ?? '')
          .toSorted()
      : null,
}

/** The name of the container that the host is, such as 'systemd-nspawn'; null of a machine of its own. */
export const container: Reading<string | null> = {
  name: 'container',
  script: sh`cat /run/systemd/container`,
  needsRoot: false,
  parse: ({ text }) => text.trim() || null,
}
