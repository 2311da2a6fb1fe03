import type { Call } from './reading/call.ts'
import { readFind } from './reading/find.ts'
import { readDocker } from './rules/docker.ts'
import { findIn } from './findings.ts'

const reads = new Set(
  '[ test true false : echo printf cat tac head tail less more wc sort uniq cut tr grep egrep fgrep zgrep zcat rg nl column paste join comm diff cmp ls ll tree stat file du df free uptime uname hostname hostnamectl whoami id who w last lastlog users groups date cal env printenv pwd cd which whereis type command ps pgrep pidof top htop vmstat iostat mpstat sar lsof lsblk blkid lscpu lspci lsusb lsmod lshw dmidecode findmnt ss netstat ping traceroute mtr dig nslookup host getent ip journalctl dmesg md5sum sha1sum sha256sum sha512sum cksum base64 xxd od hexdump strings jq yq awk gawk mawk sed basename dirname realpath readlink seq sleep time timeout nice ionice sudo doas env nohup stdbuf xargs find sh bash dash zsh eval read export local declare set unset shift return exit break continue locale timedatectl nproc getconf arch sensors smartctl mdadm zpool zfs vgs lvs pvs systemctl docker kubectl git dpkg dpkg-query apt-cache rpm virsh qm pct wait man help yes'.split(
    ' ',
  ),
)

const subcommands: Readonly<Record<string, RegExp>> = {
  systemctl: /^(status|show|cat|list-\S+|is-\S+|get-default|help)$/,
  kubectl: /^(get|describe|logs|top|version|explain|api-resources|cluster-info)$/,
  git: /^(status|log|diff|show|branch|rev-parse|describe|ls-files|ls-remote|blame|remote)$/,
  zpool: /^(status|list|get|iostat|history)$/,
  zfs: /^(list|get|diff|holds)$/,
  virsh: /^(list|dominfo|domstate|nodeinfo|version)$/,
  qm: /^(list|status|config|pending)$/,
  pct: /^(list|status|config|df)$/,
  hostnamectl: /^(status)?$/,
  timedatectl: /^(status|show|list-timezones)?$/,
  ip: /^(a|ad|addr|address|l|link|r|ro|route|n|neigh|rule|netns)$/,
}

/** Whether a command surely changes nothing, so that it need not wait for the server's lock. What is not known is not read-only. */
export function isReadOnly(command: string): boolean {
  const { reading, found } = findIn(command, 'generic')
  return (
    reading.unclear.length === 0 && reading.calls.length > 0 && reading.calls.every(onlyReads) && found.length === 0
  )
}

function onlyReads(call: Call): boolean {
  const words = call.args.map((arg) => arg.text)
  if (
    call.redirects.some(
      ({ operator, target }) =>
        /^(>|>>|>\||&>|&>>|<>)$/.test(operator) && !/^\/dev\/(null|stdout|stderr)$/.test(target.text),
    )
  )
    return false
  if (!reads.has(call.name)) return call.name === '' && call.redirects.length === 0
  const plain = words.filter((word) => !word.startsWith('-'))
  switch (call.name) {
    case 'sed':
      return !words.some(
        (word) =>
          /^(-[a-zA-Z]*i|--in-place)/.test(word) ||
          /(^|[;{\s\d$/])[wWe](\s|$)/.test(word) ||
          /\/[gpI\d]*[ew]\b/.test(word),
      )
    case 'awk':
    case 'gawk':
    case 'mawk':
      return !words.some((word) => />|\||system|-i/.test(word))
    case 'sort':
      return !words.some((word) => /^(-o|--output)/.test(word))
    case 'find': {
      const { deletes, commands } = readFind(call)
      return !deletes && commands.length === 0 && !words.some((word) => /^-f(print|ls)/.test(word))
    }
    case 'docker': {
      const docker = readDocker(call)
      return (
        docker !== null &&
        /^(ps|ls|list|logs|inspect|stats|top|images|version|info|df|port|diff|history|events|search|config)$/.test(
          docker.verb,
        )
      )
    }
    case 'ip':
      return (
        subcommands['ip']?.test(plain[0] ?? '') === true &&
        !words.some((word) => /^(set|add|del|delete|flush|change|replace|append|exec)$/.test(word))
      )
    case 'git':
      return subcommands['git']?.test(plain[0] ?? '') === true && plain.length === 1
    case 'date':
      return !words.some((word) => /^(-s|--set)/.test(word)) && !plain.some((word) => /^\d{8,}/.test(word))
    case 'hostname':
      return plain.length === 0
    case 'dmesg':
      return !words.some((word) => /^(-[a-zA-Z]*[cCDEn]|--(clear|read-clear|console))/.test(word))
    case 'journalctl':
      return !words.some((word) => /^--(vacuum|rotate|flush|sync|relinquish|update|setup)/.test(word))
    case 'mdadm':
      return words.some((word) => /^(--detail|-D|--examine|-E|--query|-Q)$/.test(word))
    case 'smartctl':
      return !words.some((word) => /^(-t|-s|-X|--test|--set)/.test(word))
    case 'dpkg':
      return words.some((word) =>
        /^(-l|-L|-s|-S|--list|--status|--search|--print-architecture|--get-selections)$/.test(word),
      )
    case 'rpm':
      return words.some((word) => word.startsWith('-q'))
    case 'sh':
    case 'bash':
    case 'dash':
    case 'zsh':
      // A script file could do anything; text that was given was read.
      return words.some((word) => /^-[a-z]*c$/.test(word))
    default:
      return subcommands[call.name]?.test(plain[0] ?? '') ?? true
  }
}
