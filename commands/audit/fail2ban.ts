import { parseFail2banJails, printFail2banStatus } from '../fail2ban.ts'
import { lines, sh } from '../shell.ts'
import { linesOf, type Reading } from './reading.ts'

export type Fail2ban =
  | { readonly kind: 'missing' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'running'; readonly jails: readonly string[] }

export const fail2ban: Reading<Fail2ban> = {
  name: 'fail2ban',
  script: lines(sh`command -v fail2ban-client > /dev/null || exit 3`, printFail2banStatus),
  needsRoot: true,
  parse: ({ text, exitCode }) => {
    if (exitCode === 3) return { kind: 'missing' }
    const jails = parseFail2banJails(text)
    return jails === null ? { kind: 'stopped' } : { kind: 'running', jails: jails.toSorted() }
  },
}

/** How many addresses the jail sshd bans now; null without such a jail. */
export const sshBans: Reading<number | null> = {
  name: 'fail2ban-bans',
  script: sh`fail2ban-client status sshd | sed -n 's/.*Currently banned:[[:space:]]*//p'`,
  needsRoot: true,
  parse: (answer) => {
    const [count] = linesOf(answer)
    return count === undefined || !/^\d+$/.test(count) ? null : Number(count)
  },
}

export type JailLimits = { readonly tries: number; readonly banSeconds: number }

/** How many wrong log-ins over SSH ban, and for how long; a negative time is for ever. Null without such a jail. */
export const sshJail: Reading<JailLimits | null> = {
  name: 'fail2ban-sshd',
  script: sh`fail2ban-client get sshd maxretry && fail2ban-client get sshd bantime`,
  needsRoot: true,
  parse: (answer) => {
    const [tries, banSeconds] = linesOf(answer).map(Number)
    return tries === undefined || banSeconds === undefined || Number.isNaN(tries) || Number.isNaN(banSeconds)
      ? null
      : { tries, banSeconds }
  },
}
