import { isDataUnit } from '../data-units.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, readable, isGlob } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'

/** Ending these ends the machine, or what runs on it. */
const vital =
  /^\^?(systemd(-\w+)?|init|dbus(-daemon|-broker)?|dockerd|containerd(-shim)?|login|agetty|rsyslogd|journald|NetworkManager|kubelet|libvirtd|qemu\S*|kvm|pveproxy|pvedaemon|corosync|smbd|nfsd|multipathd|udevd|Xorg|postgres|mysqld|mariadbd|mongod|redis-server)\$?$/

/** One of those by its name, or by the file that it keeps its number in. */
function listsData(source: string): boolean {
  const [, words = ''] = /\b(?:pidof|pgrep)\s+([^|;]*)/.exec(source) ?? []
  const named = words.split(/\s+/).map((word) => word.replaceAll(/['"^$]/g, '').replace(/^.*\//, ''))
  return (
    named.some((name) => vital.test(name) || isDataUnit(name) || /^(slapd|beam\.smp)$/.test(name)) ||
    /\/(?:mysqld?|mariadbd?|postgres(?:ql)?|postmaster|mongod|redis(?:-server)?|slapd|docker|containerd|libvirtd)(?:\/[\w.-]+)?\.pid\b/.test(
      source,
    )
  )
}

export const bulkProcessKill: Rule = {
  action: 'bulk_process_kill',
  programs: [
    'kill',
    'killall',
    'killall5',
    'pkill',
    'fuser',
    'skill',
    'slay',
    'xkill',
    'loginctl',
    'taskkill',
    'Stop-Process',
  ],
  match(call) {
    const because = reasonOf(call)
    return because === null
      ? null
      : { because, targets: readOptions(call.args, { short: 'sun' }).rest.map((arg) => readable(arg.text)) }
  },
  act: ({ targets }) =>
    `end ${targets.length === 0 ? 'these processes' : `all processes of ${targets.slice(0, 3).join(', ')}`}`,
  risk: 'high',
  things: 'processes',
  downtime: '5 to 15 minutes',
  rollback: false,
  advice: () => [
    { text: 'Stop the service: its processes end in order.', command: 'systemctl stop NAME' },
    { text: 'Look first at what would be hit.', command: 'pgrep -a NAME' },
  ],
  examples: [
    'kill -9 -1',
    'killall5 -9',
    'pkill -9 -u root',
    'killall -9 -u deploy',
    'pkill -9 -f python',
    'pkill .',
    'kill -9 $(ps aux | awk "{print \\$2}")',
    'killall dockerd',
    'fuser -km /',
    'kill -KILL 1',
    "pkill -f '.*'",
    'ps -e -o pid= | xargs kill -9',
    'loginctl terminate-user root',
    'pkill systemd',
    'kill -TERM -- -1',
    'kill $(pidof mysqld)',
    'kill $(cat /run/mysqld/mysqld.pid)',
    'cd /proc; for i in [0-9]*; do kill -9 $i; done',
  ],
  nearMisses: [
    'kill 4242',
    'kill -9 4242',
    'pkill -f worker.py',
    'killall -HUP nginx',
    'kill -0 4242',
    'kill -l',
    'pkill -HUP rsyslogd',
    'fuser /var/lib/dpkg/lock',
    'kill $(cat /run/app.pid)',
    'kill %1',
    'kill -HUP $(pidof mysqld)',
    'kill $(pgrep -f mysqld_exporter)',
    'pgrep -a nginx',
    'killall node',
    'kill "$PID"',
  ],
}

const harmlessSignal =
  /(^|\s)(-(0|1|HUP|SIGHUP|USR1|USR2|SIGUSR1|SIGUSR2|CONT|SIGCONT|WINCH|10|12|18)|(-s|--signal)[ =]?(0|HUP|SIGHUP|USR1|USR2|CONT))(\s|$)/

const givesNoTime = /(^|\s)(-9|-KILL|-SIGKILL|(-s|--signal)[ =]?(9|KILL|SIGKILL))(\s|$)/

function reasonOf(call: Call): string | null {
  const all = call.args.map((arg) => arg.text)
  const text = all.join(' ')
  const everything = 'It ends every process that it may.'
  if (harmlessSignal.test(text) && !/(^|\s)-1(\s+-1|\s*$)/.test(` ${text}`.replace(/^ -1(?= )/, ''))) return null
  const options = readOptions(call.args, {
    short: call.name === 'pkill' ? 'sutPgGU' : 'sun',
    long: ['signal', 'user', 'uid', 'euid', 'exec'],
  })
  const words = options.rest
  switch (call.name) {
    case 'kill': {
      if (/^-(l|L|-list)/.test(all[0] ?? '')) return null
      const ids = all.filter(
        (word, index) =>
          !(index === 0 && /^-\w+$/.test(word)) &&
          word !== '--' &&
          !/^(-s|--signal|-n)$/.test(word) &&
          !/^(-s|--signal|-n)$/.test(all[index - 1] ?? ''),
      )
      if (ids.includes('-1')) return everything
      if (call.args.some((arg) => isGlob(arg.text))) return everything
      if (ids.includes('1')) return 'It ends the process that all others come from.'
      const lists = [...call.args, ...(call.open === null ? [] : [call.open])].flatMap((arg) => arg.outputOf ?? [])
      if (
        lists.some((source) =>
          /\bpgrep\b.*(\s-[uUgG]|\s['"]?(\.\*?|\^)['"]?\s*$)|\bpidof\s+(systemd|init|dockerd|containerd)\b/.test(
            source,
          ),
        )
      )
        return 'It ends whatever a list of processes holds.'
      if (lists.some(listsData)) return 'It ends a program that keeps data, or what others run in.'
      if (givesNoTime.test(text) && lists.some((source) => /\b(ps|pgrep|pidof)\b/.test(source)))
        return 'It ends every process of a list, without letting it save.'
      return lists.some((source) => /\bps\b/.test(source) && !/grep|pgrep|pidof|-C\s|--ppid|-p\s/.test(source))
        ? 'It ends whatever a list of all processes holds.'
        : null
    }
    case 'killall5':
      return everything
    case 'pkill':
    case 'killall':
    case 'skill':
    case 'slay': {
      if (hasAny(options, 'u', 'U', 'user', 'uid', 'euid'))
        return words.length === 0 || call.name === 'killall' ? 'It ends everything that a user runs.' : null
      if (hasAny(options, 'v', 'inverse')) return everything
      if (words.some((word) => /^(\.\*?|\^|\$|\^\.\*\$|\w|)$/.test(word.text))) return everything
      if (/^(killall|pkill)$/.test(call.name) && givesNoTime.test(text) && words.length > 0)
        return 'It ends every process of a name, without letting it save.'
      const needed = words.filter((word) => vital.test(word.text)).map((word) => word.text)
      return needed.length > 0
        ? `The system does not work without ${needed.join(', ')}.`
        : words.length > 4
          ? 'It ends several programs at once.'
          : null
    }
    case 'fuser':
      return hasAny(options, 'k', 'kill') &&
        (hasAny(options, 'm', 'M', 'c') || words.some((word) => /^\/[^/]*$/.test(word.text)))
        ? 'It ends everything that uses a file system.'
        : null
    case 'loginctl':
      return /^(terminate|kill)-(user|seat)$/.test(words[0]?.text ?? '') &&
        words.slice(1).some((word) => /^(root|0)$/.test(word.text) || isDynamic(word.text))
        ? 'It ends everything that a user runs.'
        : null
    case 'taskkill':
      return /\/im \*|\/fi/i.test(text) ? everything : null
    case 'Stop-Process':
      return /-Name \*/.test(text) ? everything : null
    default:
      return null
  }
}
