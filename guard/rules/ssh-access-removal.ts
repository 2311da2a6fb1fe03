import { opensFiles } from '../opened/files.ts'
import type { Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'
import { effectsOf, touching } from '../effects/effects.ts'
import { writtenText } from './written-text.ts'

const unit = /^(sshd?|openssh(-server)?|dropbear|ssh\.socket|sshd?@\S*)(\.service|\.socket)?$/
const keys =
  /\/\.ssh(\/authorized_keys2?|\/\*?|\/\uE001)?$|\/authorized_keys2?$|^\/etc\/ssh(\/sshd_config|\/ssh_host_\S+|\/\uE001|\/sshd_config\.d(\/\uE001)?)?$/

/** Whatever decides who gets in has one of these in its path. */
const lets = /ssh|authorized_keys|hosts\.deny/

const doors = new Set([
  'systemctl',
  'service',
  'rc-service',
  'rc-update',
  'chkconfig',
  'pkill',
  'killall',
  'killall5',
  'apt',
  'apt-get',
  'dnf',
  'yum',
  'zypper',
  'apk',
  'pacman',
  'touch',
  'cp',
  'ln',
  'ufw',
  'iptables',
  'ip6tables',
  'firewall-cmd',
  'tailscale',
])

export const sshAccessRemoval: Rule = {
  action: 'ssh_access_removal',
  programs: [...touching, ...doors, 'chmod', 'chown'],
  redirected: true,
  verbs: { systemctl: 'stop disable mask kill' },
  match(call) {
    const because = reasonOf(call)
    if (because !== null) return { because, targets: [] }
    const effects = effectsOf(call).filter(({ path }) => lets.test(path))
    if (effects.some(({ path, how }) => turnsAway(path, how, call)))
      return { because: 'It writes a rule that may turn everybody away.', targets: [] }
    const shut = opensFiles(call, 'ssh_access_removal')
    if (shut !== null) return shut
    const lost = [
      ...effects.filter(
        ({ path, how }) =>
          how !== 'appends' &&
          keys.test(path) &&
          !(how === 'replaces' && !/authorized_keys|sshd_config$/.test(path)) &&
          !isOrdinaryWrite(call, path, how),
      ),
      ...removedTrees(call),
    ]
    return lost.length === 0
      ? null
      : {
          because: 'It takes away what lets us log in.',
          targets: lost.map(({ path }) => readable(path)),
          ...(isKept(call) ? { risk: 'medium' as const } : {}),
        }
  },
  act: ({ server }) => `cut SSH access to ${server}`,
  risk: 'high',
  things: 'log-ins',
  downtime: 'until somebody reaches the console',
  rollback: false,
  advice: () => [
    { text: 'Reload sshd: open sessions and the port stay.', command: 'systemctl reload ssh' },
    { text: 'Test a changed configuration before it is used.', command: 'sshd -t' },
  ],
  examples: [
    'systemctl stop ssh',
    'systemctl disable --now sshd',
    'rm -f /root/.ssh/authorized_keys',
    '> ~/.ssh/authorized_keys',
    'rm -rf ~/.ssh',
    'service ssh stop',
    'apt-get remove -y openssh-server',
    'pkill sshd',
    'chmod 000 /home/deploy/.ssh/authorized_keys',
    'sed -i d ~/.ssh/authorized_keys',
    'systemctl mask ssh.socket',
    'ln -sf /dev/null /etc/systemd/system/ssh.service',
    'echo "ssh-ed25519 AAAA me" > ~/.ssh/authorized_keys',
    'killall sshd',
    'rm /etc/ssh/sshd_config',
    'touch /etc/nologin',
    "sed -i 's/^#ListenAddress 0.0.0.0/ListenAddress 127.0.0.1/' /etc/ssh/sshd_config",
    'ufw deny 22/tcp',
    'iptables -A INPUT -p tcp --dport 22 -j DROP',
  ],
  nearMisses: [
    'systemctl reload ssh',
    'systemctl restart sshd',
    'echo "ssh-ed25519 AAAA me" >> ~/.ssh/authorized_keys',
    'cat ~/.ssh/authorized_keys',
    'chmod 600 ~/.ssh/authorized_keys',
    'ssh-keygen -R web-1',
    'rm ~/.ssh/known_hosts',
    'sshd -t',
    'systemctl status ssh',
    'mkdir -p ~/.ssh',
    'ufw allow 22/tcp',
    'ssh-copy-id web-1',
  ],
}

/** Lines with which sshd lets nobody in, or nobody but those whom it names. */
const restricts =
  /^\s*((Allow|Deny)(Users|Groups)\s+\S|PubkeyAuthentication\s+no\b|ListenAddress\s+(127\.|::1|localhost)|ForceCommand\s+\S*(false|nologin|exit))/im

function turnsAway(path: string, how: string, call: Call): boolean {
  if (/^\/(etc|run|var\/run)\/nologin$/.test(path)) return how !== 'removes' && how !== 'moves'
  const settings = /^\/etc\/ssh\/sshd_config(\.d\/|$)/.test(path)
  if ((!settings && path !== '/etc/hosts.deny') || (how !== 'appends' && how !== 'replaces')) return false
  const text = writtenText(call) ?? ''
  return settings ? restricts.test(text) : /^\s*(ALL|sshd)\s*:\s*ALL\s*$/im.test(text)
}

/** Moved to where an operation keeps the state from before it, and can be put back from there. */
const isKept = (call: Call): boolean =>
  call.name === 'mv' && /^\/var\/lib\/drydock\/backups\/[^.]/.test(call.args.at(-1)?.text ?? '')

/** A file that is made ready beside and then renamed over the old one is how keys are installed. */
const isOrdinaryWrite = (call: Call, path: string, how: string): boolean =>
  how === 'replaces' &&
  (call.name === 'mv' || call.name === 'install' || call.name === 'cp') &&
  /sshd_config$|authorized_keys2?$/.test(path) &&
  call.args[0]?.text !== '/dev/null'

function removedTrees(call: Call): { path: string }[] {
  if (call.name !== 'chmod' && call.name !== 'chown' && call.name !== 'sed') return []
  const { rest, flags } = readOptions(call.args, { short: 'e' })
  const paths = rest.map((arg) => arg.text).filter((path) => keys.test(path))
  if (call.name === 'chmod')
    return /^0?[0-3]?00?0?$|^[a-z]*-r/.test(rest[0]?.text ?? '') ? paths.map((path) => ({ path })) : []
  if (call.name === 'sed') {
    const expression = call.args.map((arg) => arg.text).join(' ')
    return flags.has('i') &&
      /authorized_keys/.test(expression) &&
      /(^|[\s/;\d$])d(\s|$|;)/.test(expression) &&
      !/\/[^/\s]{12,}\/d/.test(expression)
      ? paths.map((path) => ({ path }))
      : []
  }
  return []
}

function reasonOf(call: Call): string | null {
  if (!doors.has(call.name)) return null
  const options = readOptions(call.args, { short: 'tpHM' })
  const words = options.rest.map((arg) => arg.text)
  const all = call.args.map((arg) => arg.text)
  const text = all.join(' ')
  const ends = 'It ends the door by which we reach the server.'
  switch (call.name) {
    case 'systemctl':
      return /^(stop|disable|mask|kill)$/.test(words[0] ?? '') && words.slice(1).some((word) => unit.test(word))
        ? ends
        : null
    case 'ln':
      return words[0] === '/dev/null' && unit.test(/^\/etc\/systemd\/system\/([^/]+)$/.exec(words[1] ?? '')?.[1] ?? '')
        ? ends
        : null
    case 'service':
    case 'rc-service':
      return unit.test(words[0] ?? '') && words[1] === 'stop' ? ends : null
    case 'rc-update':
    case 'update-rc.d':
    case 'chkconfig':
      return words.some((word) => unit.test(word)) && /\b(del|off|disable|remove)\b/.test(text) ? ends : null
    case 'pkill':
    case 'killall':
    case 'killall5':
      return words.some((word) => /^\^?(sshd|dropbear)/.test(word)) &&
        !hasAny(options, 'HUP', 'H') &&
        !/-(HUP|1|0)\b|--signal[= ]HUP/.test(text)
        ? ends
        : null
    case 'apt':
    case 'apt-get':
    case 'dnf':
    case 'yum':
    case 'zypper':
    case 'apk':
    case 'pacman':
      return /\b(remove|purge|erase|del|rm|-R\w*)\b/.test(text) &&
        !/(^|\s)(-s|--simulate|--dry-run|--just-print|--assumeno|--no-act|--test|-Rp\w*|--print)(\s|$)/.test(text) &&
        words.some((word) => /^(openssh(-server)?|ssh|dropbear|task-ssh-server)$/.test(word))
        ? ends
        : null
    case 'touch':
    case 'cp':
      return all.at(-1) === '/etc/nologin' ? 'It turns everybody but root away.' : null
    case 'ufw':
      return /\b(deny|reject|delete allow|delete limit)\b.*\b(22(\/tcp)?|ssh|OpenSSH)\b/.test(text) ? ends : null
    case 'iptables':
    case 'ip6tables':
      return /--(dport|dports) (\S+,)?(22|ssh)\b/.test(text) &&
        /-j (DROP|REJECT)/.test(text) &&
        /-[AI] INPUT/.test(text) &&
        !/-s |--source |! -s/.test(text)
        ? ends
        : null
    case 'firewall-cmd':
      return /--remove-(service=ssh|port=22\/tcp)/.test(text) ? ends : null
    case 'tailscale':
      return words[0] === 'down' || words[0] === 'logout'
        ? 'It takes the server off the network by which it may be reached.'
        : null
    default:
      return null
  }
}
