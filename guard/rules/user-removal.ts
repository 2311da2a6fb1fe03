import type { Call } from '../reading/call.ts'
import { isDynamic, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Match, Rule } from './rule.ts'

const systemUsers = /^(root|www-data|postgres|mysql|sshd|systemd-\w+|daemon|nobody|docker|messagebus|_apt)$/

/** Names under which people administer, and programs deploy, from elsewhere. */
const doorkeepers =
  /^(admin\w*|deploy(er)?|ops|sysadmin|ubuntu|debian|centos|fedora|rocky|ec2-user|azureuser|vagrant|ansible|terraform|jenkins|gitlab-runner|git|backup)$/

const administrators = /^(sudo|wheel|admin|root)$/

export const userRemoval: Rule = {
  action: 'user_removal',
  programs: [
    'userdel',
    'deluser',
    'groupdel',
    'gpasswd',
    'delgroup',
    'usermod',
    'passwd',
    'chage',
    'dscl',
    'homectl',
    'luserdel',
    'realm',
    'smbpasswd',
    'pdbedit',
    'net',
    'Remove-LocalUser',
    'samba-tool',
  ],
  match(call) {
    const options = readOptions(call.args, {
      short: call.name === 'passwd' ? 'RnxwiS' : call.name === 'usermod' ? 'cdgGulps' : 'RPe',
      long: ['root', 'prefix', 'home', 'shell', 'groups', 'gid', 'expiredate', 'inactive', 'login', 'password'],
    })
    const names = options.rest.map((arg) => readable(arg.text))
    const remote = call.open !== null && names.length === 0
    switch (call.name) {
      case 'userdel':
      case 'luserdel':
      case 'Remove-LocalUser':
        return {
          ...found(
            `It removes a user${hasAny(options, 'r', 'remove', 'remove-home') ? ' with home and mail' : ''}.`,
            names,
          ),
          ...(remote ? { risk: 'high' as const } : {}),
        }
      case 'deluser':
        return names.length > 1 && !hasAny(options, 'remove-home', 'remove-all-files')
          ? administrators.test(names[1] ?? '')
            ? found('It takes the right to administer from a user.', names)
            : null
          : found('It removes a user.', names)
      case 'groupdel':
      case 'delgroup':
        return names.some((name) => /^(sudo|wheel|root|adm|docker|ssh|systemd-\w+)$/.test(name))
          ? found('It removes a group that gives rights.', names, true)
          : null
      case 'gpasswd':
        if (hasAny(options, 'M', 'members') && administrators.test(names.at(-1) ?? ''))
          return found('It takes the right to administer from everybody whom it does not name.', names.slice(-1), true)
        return hasAny(options, 'd', 'delete') && administrators.test(names.at(-1) ?? '')
          ? found('It takes the right to administer from a user.', names.slice(0, 1))
          : null
      case 'usermod':
      case 'passwd':
        if (call.name === 'usermod' && hasAny(options, 'G', 'groups') && !hasAny(options, 'a', 'append', 'r', 'remove'))
          return found('It takes a user out of every group that is not named.', names)
        if (call.name === 'passwd' && call.stdin !== null && options.flags.size === 0 && names.includes('root'))
          return found('Whoever knew the password of root does not get in any more.', names, true)
        return (hasAny(
          options,
          ...(call.name === 'usermod' ? ['L', 'lock', 'e', 'expiredate'] : ['l', 'lock', 'd', 'delete']),
        ) ||
          takesShell(call.args.map(({ text }) => text).join(' '))) &&
          (names.some((name) => systemUsers.test(name) || doorkeepers.test(name)) || isListed(call))
          ? {
              ...found('It locks an account that the system or its administrator needs.', names, true),
              rollback: !hasAny(options, 'd', 'delete', 'e'),
            }
          : null
      case 'chage':
        return hasAny(options, 'E', 'expiredate') &&
          /(^|\s)(-E|--expiredate)[ =]?(0|1|19\d\d-)/.test(call.args.map(({ text }) => text).join(' ')) &&
          names.some((name) => systemUsers.test(name) || doorkeepers.test(name))
          ? found('It locks an account that the system or its administrator needs.', names, true)
          : null
      case 'dscl':
        return /^-?delete$/.test(names[1] ?? '') || call.args.some((arg) => arg.text === '-delete')
          ? found('It removes a user.', names.slice(-1))
          : null
      case 'homectl':
        return names[0] === 'remove' ? found('It removes a user with the home.', names.slice(1)) : null
      case 'samba-tool':
        return names[0] === 'user' && names[1] === 'delete'
          ? found('It removes a user of the domain.', names.slice(2))
          : null
      case 'realm':
        return names[0] === 'leave'
          ? found('It takes the machine out of its domain: its users can no longer log in.', names.slice(1), true)
          : null
      case 'smbpasswd':
      case 'pdbedit':
        return hasAny(options, 'x') ? found('It removes a user of the file server.', names) : null
      case 'net':
        return names[0] === 'user' && call.args.some((arg) => /^\/delete$/i.test(arg.text))
          ? found('It removes a user.', names.slice(1, 2))
          : null
      default:
        return null
    }
  },
  act: ({ targets }) => `remove user ${targets.length === 0 ? 'from a list' : targets.join(', ')}`,
  risk: 'by_count',
  things: 'users',
  downtime: 'none for others',
  rollback: false,
  advice: ({ targets }) => [
    { text: 'Lock the account and keep it.', command: `usermod --lock --expiredate 1 ${targets[0] ?? 'USER'}` },
    {
      text: 'Keep a copy of the home first.',
      command: `tar -czf /var/backups/${targets[0] ?? 'USER'}.tar.gz /home/${targets[0] ?? 'USER'}`,
    },
  ],
  questions: () => [{ kind: 'sessions' }],
  examples: [
    'userdel -r deploy',
    'deluser --remove-home deploy',
    'sudo userdel deploy',
    'cut -d: -f1 users | xargs -n1 userdel -r',
    'groupdel sudo',
    'usermod -L root',
    'deluser deploy sudo',
    'passwd -l root',
    'usermod -G docker sysadmin',
  ],
  nearMisses: [
    'useradd -m deploy',
    'usermod -aG docker deploy',
    'id deploy',
    'passwd deploy',
    'deluser deploy games',
    'getent passwd deploy',
    'usermod --lock olduser',
    'groupdel games',
  ],
}

const takesShell = (text: string): boolean => /(^|\s)(-s|--shell)[ =]?\S*\/(nologin|false)\b/.test(text)

/** Whoever a list holds. */
const isListed = (call: Call): boolean =>
  call.open !== null || call.args.some((arg) => arg.outputOf !== undefined || (call.repeated && isDynamic(arg.text)))

const found = (because: string, targets: readonly string[], harsh = false): Match => ({
  because,
  targets,
  count: Math.max(1, targets.length),
  ...(harsh || targets.some((name) => systemUsers.test(name)) ? { risk: 'high' as const } : {}),
})
