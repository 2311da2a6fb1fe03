import { logins, manyFailures } from '../../commands/audit/logins.ts'
import { type Check, listed, noneOf, notApplicable, pass, warn } from './check.ts'

const noJournal = notApplicable('there is no journal to read log-ins from')

/** Who has got in, and how (spec AUDIT-9). */
export const loginChecks: readonly Check[] = [
  {
    id: 'ssh.guessed-logins',
    title: 'Nobody has got in by a password after many that failed',
    severity: 'critical',
    setting: 'log-ins of the last day',
    wanted: 'none',
    reads: [logins],
    judge(see) {
      const found = see(logins)
      if (found === null) return noJournal
      return noneOf(
        found.guessed.map(({ user, address }) => `${user} from ${address}`),
        {
          none: `journal of sshd: no log-in by a password followed ${manyFailures} failures of its address`,
          some: `journal of sshd: log-ins by a password after ${manyFailures} failures or more of the same address`,
        },
      )
    },
    remedy:
      'Ask who that was. If nobody knows: lock the account, look for what was left behind, and lock the server down.',
  },
  {
    id: 'ssh.password-logins',
    title: 'Nobody logs in by a password',
    severity: 'low',
    setting: 'log-ins of the last day',
    wanted: 'by keys alone',
    reads: [logins],
    judge(see) {
      const found = see(logins)
      if (found === null) return noJournal
      return found.byPassword.length === 0
        ? pass('journal of sshd: no log-in by a password', 'by keys alone')
        : warn(`journal of sshd: by a password came\n${listed(found.byPassword)}`, 'by passwords')
    },
    remedy: 'Give them keys, then refuse passwords.',
  },
]
