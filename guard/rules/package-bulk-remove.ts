import type { Call } from '../reading/call.ts'
import { isDynamic, isGlob, readable } from '../reading/marks.ts'
import { hasAny, readOptions, type Options } from '../reading/options.ts'
import type { Rule } from './rule.ts'

/** What a system does not start, or cannot be reached, without. */
const vital =
  /^(linux-(image|generic|base|modules)|kernel|libc6?|glibc|systemd|init|bash|dash|coreutils|util-linux|sudo|openssh-server|openssh|openssl|python3?|python3-minimal|grub|dpkg|apt|rpm|dnf|yum|zypper|pacman|network-?manager|netplan|ifupdown|netbase|iproute2|ca-certificates|base-files|base|filesystem|initramfs-tools|udev|login|passwd|libpam|proxmox-ve|pve-manager|docker(-ce|\.io)?|containerd|perl-base|tzdata|e2fsprogs|lvm2|zfsutils|mount|ubuntu-(minimal|server|standard))([-.:\d]|$)/

/** Servers of databases: with the package they stop, and of some the data goes. */
const isDataPackage =
  /^(mysql(-community)?-server|default-mysql-server|mariadb(-server)?|percona-server-server|postgresql(-server)?(-?\d+)?(-server)?|mongodb(-org)?(-server)?|redis(-server)?|valkey|elasticsearch|opensearch|influxdb2?|clickhouse-server|cassandra|rabbitmq-server|etcd(-server)?|slapd|openldap-servers|samba)([-.:=]\d\S*)?$/

export const packageBulkRemove: Rule = {
  action: 'package_bulk_remove',
  programs: [
    'apt',
    'apt-get',
    'aptitude',
    'nala',
    'dpkg',
    'dnf',
    'dnf5',
    'yum',
    'microdnf',
    'rpm',
    'zypper',
    'pacman',
    'yay',
    'paru',
    'apk',
    'emerge',
    'snap',
    'flatpak',
    'brew',
    'pip',
    'pip3',
    'npm',
    'tasksel',
    'opkg',
    'pkg',
    'xbps-remove',
    'rpm-ostree',
  ],
  verbs: { npm: 'uninstall remove rm r un' },
  match(call) {
    const options = readOptions(call.args, {
      short: 'ot',
      long: ['option', 'root', 'installroot', 'releasever', 'repo'],
    })
    if (
      hasAny(options, 's', 'simulate', 'dry-run', 'just-print', 'no-act', 'test', 'assumeno') &&
      call.name !== 'pacman'
    )
      return null
    const names = removedBy(call, options)
    if (names === null) return null
    const listed = call.open !== null && (isDynamic(call.open.text) || call.open.outputOf !== undefined)
    const shown = names.map(readable)
    if (listed || names.some((name) => isGlob(name) || isDynamic(name) || /[*^]/.test(name)))
      return { because: 'It removes whatever a list or a pattern of packages holds.', targets: shown }
    const keepsData = names.filter((name) => isDataPackage.test(name))
    if (keepsData.length > 0)
      return {
        because: `Others stand on what ${keepsData.join(', ')} keeps.`,
        targets: shown,
        count: names.length,
        risk: 'high',
      }
    const needed = names.filter((name) => vital.test(name))
    if (needed.length > 0)
      return {
        because: `The system does not work without ${needed.join(', ')}.`,
        targets: shown,
        count: names.length,
        risk: 'critical',
      }
    if (
      hasAny(options, 'force-all', 'nodeps', 'allow-remove-essential', 'dd', 'cascade', 'c') &&
      /^(dpkg|rpm|apt|apt-get|pacman)$/.test(call.name)
    )
      return {
        because: 'It removes packages although others need them.',
        targets: shown,
        count: names.length,
        risk: 'high',
      }
    return names.length > 2
      ? { because: `It removes ${names.length} packages at once.`, targets: shown, count: names.length }
      : null
  },
  act: ({ count, targets }) =>
    targets.length > 0 && targets.length < 4
      ? `remove ${targets.join(', ')}`
      : count === null
        ? 'remove these packages'
        : `remove ${count} packages`,
  risk: 'by_count',
  things: 'packages',
  downtime: 'unknown',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'See first what would go with them.',
      command: `apt-get --simulate remove ${targets.slice(0, 3).join(' ') || 'NAME'}`,
    },
    { text: 'Stop and disable the service and keep the package.', command: 'systemctl disable --now NAME' },
  ],
  examples: [
    'apt purge -y nginx mysql-server php-fpm',
    'apt-get remove --purge "php*"',
    "dpkg -l | awk '/^rc/ {print \\$2}' | xargs dpkg --purge",
    'apt-get -y purge linux-image-6.1.0-9-amd64',
    'dnf remove -y kernel',
    'yum erase glibc',
    'pacman -Rdd systemd',
    'apt-get purge $(dpkg -l | grep php)',
    'rpm -e --nodeps openssl',
    'apt remove python3',
    'apt-get purge -y mysql-server',
    'snap remove --purge lxd',
    'zypper rm a b c d',
    'pacman -Rns postgresql',
    'apt-get remove -y mariadb-server',
  ],
  nearMisses: [
    'apt-get install -y nginx',
    'apt remove nginx',
    'apt-get autoremove -y',
    'apt-get -s purge nginx mysql-server php-fpm',
    'dnf install -y nginx',
    'dpkg -l',
    'pacman -Syu',
    'rpm -qa',
    'apt purge nginx',
    'npm uninstall left-pad',
    'apt-get clean',
    'npm ci',
  ],
}

const verbs: Readonly<Record<string, RegExp>> = {
  apt: /^(remove|purge|autoremove|autopurge)$/,
  'apt-get': /^(remove|purge|autoremove|autopurge)$/,
  aptitude: /^(remove|purge)$/,
  nala: /^(remove|purge)$/,
  dnf: /^(remove|erase|rm)$/,
  dnf5: /^(remove|erase|rm)$/,
  yum: /^(remove|erase)$/,
  microdnf: /^(remove)$/,
  zypper: /^(remove|rm)$/,
  apk: /^del$/,
  snap: /^remove$/,
  flatpak: /^(uninstall|remove)$/,
  brew: /^(uninstall|remove|rm)$/,
  pip: /^uninstall$/,
  pip3: /^uninstall$/,
  npm: /^(uninstall|remove|rm|r|un)$/,
  tasksel: /^remove$/,
  opkg: /^remove$/,
  pkg: /^(remove|delete)$/,
  'rpm-ostree': /^(uninstall|reset)$/,
}

function removedBy(call: Call, options: Options): string[] | null {
  const words = options.rest.map((arg) => arg.text)
  switch (call.name) {
    case 'dpkg':
      return hasAny(options, 'r', 'P', 'remove', 'purge') && !hasAny(options, 'l', 'L', 's', 'S') ? words : null
    case 'rpm':
      return hasAny(options, 'e', 'erase') ? words : null
    case 'pacman':
    case 'yay':
    case 'paru':
      return hasAny(options, 'R', 'remove') && !hasAny(options, 'p', 'print') ? words : null
    case 'emerge':
      return hasAny(options, 'C', 'unmerge', 'c', 'depclean') && words.length > 0 ? words : null
    case 'xbps-remove':
      return words
    default: {
      // What a project needs stands in its own list and comes back with one command.
      if (call.name === 'npm' && !hasAny(options, 'g', 'global')) return null
      const at = words.findIndex((word) => (verbs[call.name] ?? /^\0$/).test(word))
      return at < 0 || /^(install|search|show|list|info|update|upgrade)$/.test(words[0] ?? '')
        ? purgedByInstall(call, words)
        : words.slice(at + 1)
    }
  }
}

/** `apt-get install name-` removes. */
function purgedByInstall(call: Call, words: readonly string[]): string[] | null {
  if (!call.name.startsWith('apt') || words[0] !== 'install') return null
  const removed = words
    .slice(1)
    .filter((word) => /[a-z0-9]-$/.test(word))
    .map((word) => word.slice(0, -1))
  return removed.length > 0 ? removed : null
}
