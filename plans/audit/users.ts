import { accounts, homes, type KeyFile, keyFiles, mayLogIn, passwords, sudoRules } from '../../commands/audit/users.ts'
import { type Area, cis, fail, listed, noneOf, notApplicable, pass, unreadable, warn } from './check.ts'
import { othersMayWrite } from './modes.ts'

const firstUserId = 1000
const nobodyId = 65_534

/** Those that stand in a list more than once. */
const twice = (values: readonly string[]): readonly string[] =>
  [...new Set(values.filter((value, at) => values.indexOf(value) !== at))].toSorted()

const shown = ({ mode, owner, path }: Pick<KeyFile, 'mode' | 'owner' | 'path'>): string => `${mode} ${owner} ${path}`

/** Who is on the host, what opens the door for them, and what they may do as root. */
export const users: Area = {
  area: 'users',
  checks: [
    {
      id: 'users.uid-zero',
      title: 'Only root is root',
      severity: 'critical',
      setting: 'accounts with user id 0',
      wanted: 'root alone',
      reads: [accounts],
      judge(see) {
        const doubles = see(accounts).filter(({ uid, name }) => uid === 0 && name !== 'root')
        return noneOf(
          doubles.map(({ name, shell }) => `${name} has user id 0, shell ${shell}`),
          { none: '/etc/passwd: user id 0 is root alone', some: 'more than root has user id 0' },
        )
      },
      remedy: 'Find out who made the account, then remove it or give it a user id of its own.',
      reference: cis('5.4.2.1'),
    },
    {
      id: 'users.empty-passwords',
      title: 'Nobody gets in without a password',
      severity: 'critical',
      setting: 'password fields in /etc/shadow',
      wanted: 'none empty',
      reads: [passwords],
      judge: (see) =>
        noneOf(
          see(passwords).flatMap(({ user, state }) => (state === 'none' ? [`${user} has an empty password`] : [])),
          { none: '/etc/shadow: every account is locked or has a password', some: 'accounts without a password' },
        ),
      remedy: 'Lock each of them with: passwd -l NAME.',
      reference: cis('7.2.2'),
    },
    {
      id: 'users.shadowed',
      title: 'Passwords are kept in /etc/shadow',
      severity: 'high',
      setting: 'password fields in /etc/passwd',
      wanted: 'x',
      reads: [accounts],
      judge: (see) =>
        noneOf(
          see(accounts).flatMap(({ name, password }) => (password === 'x' ? [] : [`${name} has no x there`])),
          { none: '/etc/passwd: every password is in /etc/shadow', some: 'passwords that anybody may read' },
        ),
      remedy: 'Run: pwconv.',
      reference: cis('7.2.1'),
    },
    {
      id: 'users.password-hash',
      title: 'Passwords are hashed with what is strong today',
      severity: 'high',
      setting: 'hashes in /etc/shadow',
      wanted: 'yescrypt or sha512',
      reads: [passwords],
      judge(see) {
        const set = see(passwords).filter(({ state }) => state === 'set')
        if (set.length === 0) return pass('/etc/shadow: nobody has a password', 'none')
        return noneOf(
          set.flatMap(({ user, hash }) => (/^\$(y|gy|6|7|2b)$/.test(hash) ? [] : [`${user}: ${hash}`])),
          { none: '/etc/shadow: $y$, $6$ or better', some: 'weak hashes' },
        )
      },
      remedy: 'Have the user set the password anew, with ENCRYPT_METHOD YESCRYPT in /etc/login.defs.',
      reference: cis('5.4.1.4'),
    },
    {
      id: 'users.passwords',
      title: 'Keys open the door, not passwords',
      severity: 'low',
      setting: 'accounts with a password',
      wanted: 'none',
      reads: [passwords],
      judge: (see) =>
        noneOf(
          see(passwords).flatMap(({ user, state }) => (state === 'set' ? [`${user} has a password`] : [])),
          { none: '/etc/shadow: nobody has a password', some: 'passwords that could be guessed', status: 'warn' },
        ),
      remedy: 'Lock those that nobody needs with: passwd -l NAME.',
    },
    {
      id: 'users.duplicate-ids',
      title: 'Every account has a user id of its own',
      severity: 'high',
      setting: 'user ids in /etc/passwd',
      wanted: 'each once',
      reads: [accounts],
      judge: (see) =>
        noneOf(
          twice(see(accounts).map(({ uid }) => String(uid))).map(
            (uid) =>
              `${uid}: ${see(accounts)
                .filter((account) => String(account.uid) === uid)
                .map(({ name }) => name)
                .join(', ')}`,
          ),
          { none: '/etc/passwd: every user id is there once', some: 'user ids of several accounts' },
        ),
      remedy: 'Give one of them another user id, and its files with it.',
      reference: cis('7.2.5'),
    },
    {
      id: 'users.duplicate-names',
      title: 'Every account has a name of its own',
      severity: 'medium',
      setting: 'names in /etc/passwd',
      wanted: 'each once',
      reads: [accounts],
      judge: (see) =>
        noneOf(twice(see(accounts).map(({ name }) => name)), {
          none: '/etc/passwd: every name is there once',
          some: 'names that are there twice',
        }),
      remedy: 'Rename one of them.',
      reference: cis('7.2.7'),
    },
    {
      id: 'users.system-shells',
      title: 'Accounts of the system have no shell',
      severity: 'medium',
      setting: 'shells of accounts with a user id under 1000',
      wanted: 'nologin',
      reads: [accounts],
      judge: (see) =>
        noneOf(
          see(accounts)
            .filter(
              (account) =>
                account.uid > 0 && account.uid < firstUserId && account.uid !== nobodyId && mayLogIn(account),
            )
            .map(({ name, shell }) => `${name}: ${shell || '/bin/sh'}`),
          { none: '/etc/passwd: none of them may log in', some: 'system accounts with a shell', status: 'warn' },
        ),
      remedy: 'Run: usermod -s /usr/sbin/nologin NAME.',
      reference: cis('5.4.2.7'),
    },
    {
      id: 'users.sudo-nopasswd',
      title: 'Sudo asks before it makes somebody root',
      severity: 'low',
      setting: 'NOPASSWD in sudoers',
      wanted: 'for single commands at most',
      reads: [sudoRules],
      judge(see) {
        const rules = see(sudoRules)
        if (rules.length === 0) return notApplicable('there are no rules of sudo')
        return noneOf(
          rules.flatMap(({ file, rule }) => (/NOPASSWD:\s*ALL\s*$/.test(rule) ? [`${file}: ${rule}`] : [])),
          { none: `${rules.length} lines, no NOPASSWD: ALL`, some: 'everything without a password', status: 'warn' },
        )
      },
      remedy: 'Name the commands, or take NOPASSWD out and give the server a sudo password in its log-in.',
      reference: cis('5.2.4'),
    },
    {
      id: 'users.sudo-authenticate',
      title: 'Sudo is not told to believe everybody',
      severity: 'high',
      setting: '!authenticate in sudoers',
      wanted: 'nowhere',
      reads: [sudoRules],
      judge(see) {
        const rules = see(sudoRules)
        if (rules.length === 0) return notApplicable('there are no rules of sudo')
        return noneOf(
          rules.flatMap(({ file, rule }) =>
            /!authenticate/.test(rule) || /^ALL\s.*NOPASSWD/.test(rule) ? [`${file}: ${rule}`] : [],
          ),
          { none: `${rules.length} lines, no !authenticate`, some: 'rules that ask nobody' },
        )
      },
      remedy: 'Take the rule out with visudo.',
      reference: cis('5.2.5'),
    },
    {
      id: 'users.sudo-pty',
      title: 'What sudo starts has a terminal of its own',
      severity: 'low',
      setting: 'Defaults use_pty',
      wanted: 'set',
      reads: [sudoRules],
      judge(see) {
        const rules = see(sudoRules)
        if (rules.length === 0) return notApplicable('there are no rules of sudo')
        const rule = rules.find((one) => /^Defaults\b.*\buse_pty\b/.test(one.rule) && !/!use_pty/.test(one.rule))
        return rule === undefined
          ? warn(`${rules.length} lines, no Defaults use_pty`, 'not set')
          : pass(`${rule.file}: ${rule.rule}`, 'set')
      },
      remedy: 'Add Defaults use_pty to a file of /etc/sudoers.d with visudo.',
      reference: cis('5.2.2'),
    },
    {
      id: 'users.key-files',
      title: 'Only their owners may write key files',
      severity: 'high',
      setting: 'modes of homes, .ssh and authorized_keys',
      wanted: 'owned by the user or root, not writable by others',
      reads: [keyFiles],
      judge(see) {
        const files = see(keyFiles)
        if (files.length === 0) return notApplicable('nobody has a directory .ssh')
        const bad = files.filter(
          ({ user, owner, mode }) => (owner !== user && owner !== 'root') || othersMayWrite(mode),
        )
        return noneOf(bad.map(shown), { none: listed(files.map(shown)), some: 'others may let themselves in' })
      },
      remedy: 'Run, for each of them: chown NAME FILE; chmod go-w FILE.',
    },
    {
      id: 'users.private-keys',
      title: 'Key files can be read by their owners alone',
      severity: 'low',
      setting: 'modes of .ssh and authorized_keys',
      wanted: '700 and 600',
      reads: [keyFiles],
      judge(see) {
        const files = see(keyFiles).filter(({ path }) => path.includes('/.ssh'))
        if (files.length === 0) return notApplicable('nobody has a directory .ssh')
        return noneOf(files.filter(({ mode }) => (Number.parseInt(mode, 8) & 0o077) !== 0).map(shown), {
          none: listed(files.map(shown)),
          some: 'others may look',
          status: 'warn',
        })
      },
      remedy: 'Run: chmod 700 ~/.ssh; chmod 600 ~/.ssh/authorized_keys.',
      reference: cis('7.2.10'),
    },
    {
      id: 'users.homes',
      title: 'Nobody else may write into a home',
      severity: 'medium',
      setting: 'modes of home directories',
      wanted: 'owned by the user, 750 or stricter',
      reads: [homes],
      judge(see) {
        const found = see(homes).filter(({ path }) => path !== '/')
        if (found.length === 0) return unreadable('no home directory could be looked at')
        const open = found.filter(({ user, owner, mode }) => owner !== user || othersMayWrite(mode))
        if (open.length > 0) return fail(`others may write here:\n${listed(open.map(shown))}`, `${open.length}`)
        const readable = found.filter(({ mode }) => (Number.parseInt(mode, 8) & 0o007) !== 0)
        return readable.length > 0
          ? warn(`everybody may look in:\n${listed(readable.map(shown))}`, `${readable.length}`)
          : pass(listed(found.map(shown)), 'none')
      },
      remedy: 'Run: chmod 750 HOME.',
      reference: cis('7.2.9'),
    },
  ],
}
