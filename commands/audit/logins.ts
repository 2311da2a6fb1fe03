import { lines, pipe, sh } from '../shell.ts'
import { fieldsOf, type Reading } from './reading.ts'

export type Logins = {
  /** Who has got in by a password, from an address from which many log-ins had failed before. */
  readonly guessed: readonly { readonly user: string; readonly address: string }[]
  /** Who has got in by a password. */
  readonly byPassword: readonly string[]
}

/** Failures of one address within the day, after which a password that fits looks guessed. */
export const manyFailures = 10

/**
 * Log-ins of the last day as sshd has noted them in the journal: who got in how, without times and counts, so that a
 * host where nobody new comes answers the same. Addresses are read from the end of a line: whoever fails names himself
 * as he likes. Null where there is no journal.
 */
export const logins: Reading<Logins | null> = {
  name: 'logins',
  script: lines(
    sh`command -v journalctl > /dev/null || exit 3`,
    pipe(
      sh`journalctl --quiet --no-pager --output=cat --since=-24h --lines=50000 -t sshd -t sshd-session`,
      sh`awk ${`$1 == "Failed" { at = 0; for (i = 3; i <= NF; i++) if ($i == "port") at = i; if (at) failed[$(at - 1)]++ }
$1 == "Accepted" && index($2, "password") + index($2, "keyboard-interactive") {
print "password", $4, $6; if (!(failed[$6] < ${manyFailures})) print "guessed", $4, $6 }`}`,
      sh`sort -u`,
    ),
  ),
  needsRoot: true,
  parse: (answer) => {
    if (answer.exitCode === 3) return null
    const found = fieldsOf(answer, 3)
    const of = (kind: string) => found.filter(([word]) => word === kind)
    return {
      guessed: of('guessed').map(([, user = '', address = '']) => ({ user, address })),
      byPassword: [...new Set(of('password').map(([, user = '']) => user))],
    }
  },
}
