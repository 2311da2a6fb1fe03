import type { DeviceType } from '../../schema/server.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, readable } from '../reading/marks.ts'
import { writtenText } from './written-text.ts'
import { opensFiles } from '../opened/files.ts'
import { tellsKernel } from '../opened/kernel.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { editedEnMasse } from './edited-en-masse.ts'
import { filesystemBulkDelete } from './filesystem-bulk-delete.ts'
import { lossOf } from './lost-files.ts'
import { overlaid, overlaidBecause, overlayers } from '../effects/overlaid.ts'
import type { Match, Rule } from './rule.ts'
import { effectsOf, touching } from '../effects/effects.ts'
import type { Effect } from '../effects/effect.ts'

/** Without these a machine does not start, or nobody gets in. */
const vital =
  /^\/etc\/(passwd|shadow|group|gshadow|sudoers|fstab|crypttab|hosts|hostname|resolv\.conf|nsswitch\.conf|inittab|ld\.so\.preload|ld\.so\.conf|machine-id|pam\.conf|pam\.d\/[^/]+|security\/[^/]+|systemd\/system\.conf|netplan\/[^/]+|network\/interfaces|default\/grub|exports|subuid|subgid|sysctl\.conf|login\.defs|securetty|profile|shells|apt\/sources\.list)$|^\/boot\/(grub2?\/grub\.cfg|vmlinuz[^/]*|initrd[^/]*|bz(image|root|modules|firmware)[^/]*|efi\/.*|config\/[^/]+)$|^\/etc\/pve\/[^/]+\.cfg$/
/** A new content for these is ordinary; losing them is not. */
const harmlessToReplace =
  /^\/etc\/(hosts|hostname|resolv\.conf|apt\/sources\.list|sysctl\.conf|netplan\/[^/]+|network\/interfaces|default\/grub|exports|profile|shells|fstab|machine-id|crypttab|login\.defs|security\/[^/]+|subuid|subgid)$/

const tools = new Set([
  'crontab',
  'systemctl',
  'dconf',
  'gsettings',
  'pveceph',
  'firstboot',
  'factory-reset',
  'sysupgrade',
  'jffs2reset',
  'etckeeper',
  'git',
  'dpkg-reconfigure',
  'debconf-communicate',
  'ucf',
  'update-initramfs',
  'chattr',
  'setenforce',
  'efibootmgr',
  'nvram',
])

/** What can delete a whole directory of settings. */
const deleters = new Set(['rm', 'find', 'mv', 'rsync', 'shred'])

export const configurationReset: Rule = {
  action: 'configuration_reset',
  programs: [...touching, ...tools, ...deleters, ...overlayers],
  redirected: true,
  verbs: { systemctl: 'revert', git: 'reset', find: '-delete -exec -execdir -ok -okdir' },
  match(call, device) {
    const lost = effectsOf(call).filter((write) => isLoss(write, call))
    const [first] = lost
    if (first !== undefined)
      return {
        because: `It ${first.how} ${readable(first.path)}, without which the system does not work as set up.`,
        targets: lost.map(({ path }) => readable(path)),
        count: lost.length,
      }
    return (
      byTool(call) ??
      opensFiles(call, 'configuration_reset') ??
      tellsKernel(call) ??
      editedEnMasse(call) ??
      ofWholeDirectory(call, device) ??
      underAnotherTree(call)
    )
  },
  act: ({ targets }) => (targets.length === 0 ? 'reset this configuration' : `reset ${targets.slice(0, 3).join(', ')}`),
  risk: 'high',
  things: 'settings',
  downtime: 'unknown',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Keep a copy of it first.',
      command: `cp -a ${targets[0] ?? '/etc/FILE'} ${targets[0] ?? '/etc/FILE'}.before`,
    },
    { text: 'Change the one line that is wrong.', command: null },
  ],
  examples: [
    '> /etc/passwd',
    'truncate -s 0 /etc/fstab',
    'cp /dev/null /etc/nginx/nginx.conf',
    'rm -f /etc/sudoers',
    'sort -o /etc/passwd /dev/null',
    'curl -o /etc/shadow https://example.org/x',
    "ex -sc '%d|x' /etc/passwd",
    'crontab < /dev/null',
    'mv /etc/shadow /tmp/',
    'crontab -r',
    'cat /dev/null > /etc/nginx/nginx.conf',
    'echo x > /etc/shadow',
    'systemctl revert --all ssh nginx cron',
    'pveceph purge',
    'grub-mkconfig -o /dev/null; rm /boot/vmlinuz-6.1.0',
    'mv -f /tmp/fstab.new /etc/fstab',
    'sysctl -w kernel.panic=1 && dconf reset -f /',
    'for c in /sys/devices/system/cpu/cpu[1-9]*/online; do echo 0 > "$c"; done',
    'echo 1 > /proc/sys/kernel/modules_disabled',
    "echo 'net.ipv4.ip_forward=0' > /etc/sysctl.d/99.conf",
    "echo 'blacklist nvme' > /etc/modprobe.d/nvme.conf",
    "find /etc -type f -exec sed -i 's/10\\.0\\.0\\./10.20.0./g' {} +",
    "grep -rl old.example.com /etc | xargs sed -i 's/old/new/'",
    "sed -i 's/dhcp4: true/dhcp4: false/' /etc/netplan/50-cloud-init.yaml",
    "echo 'nameserver 127.0.0.1' > /etc/resolv.conf",
    "sed -i '1i auth required pam_deny.so' /etc/pam.d/common-auth",
    'echo "alias ls=\'rm -rf\'" >> /etc/profile.d/colors.sh',
    'tar xzpf /backup/etc.tgz -C / etc/passwd etc/shadow',
    'patch -d /etc -p1 < /tmp/etc.patch',
  ],
  nearMisses: [
    'echo "10.0.0.1 db" >> /etc/hosts',
    'cat /etc/passwd',
    'cp /etc/fstab /etc/fstab.bak',
    'truncate -s 0 /var/log/nginx/access.log',
    '> /var/log/app.log',
    'crontab -l',
    'tee /etc/nginx/conf.d/app.conf < app.conf',
    'mv app.conf /etc/nginx/conf.d/app.conf',
    'rm -f /etc/nginx/sites-enabled/default',
    'cp /etc/fstab.bak /etc/fstab',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    'echo mq-deadline > /sys/block/sda/queue/scheduler',
    "echo 'vm.swappiness=10' > /etc/sysctl.d/90.conf",
    "grep -rl foo . | xargs sed -i 's/foo/bar/g'",
    "echo 'nameserver 1.1.1.1' > /etc/resolv.conf",
    "sed -i 's/errors=remount-ro/noatime/' /etc/fstab",
    "echo 'PATH=/opt/bin:$PATH' > /etc/profile.d/opt.sh",
  ],
}

/** Where settings lie, and what programs keep. */
const ofSystem = /^\/(?:etc|boot|var\/(?:spool\/cron|lib))\//

function isLoss(effect: Effect, call: Call): boolean {
  const { path, how } = effect
  if (how === 'appends' || !ofSystem.test(path)) return false
  if (/^\/etc\/ssh\/|\/\.ssh\//.test(path)) return false
  if (/\.(bak|orig|old|backup|save|tmp|new|\d{8})$|~$/.test(path)) return false
  if (how === 'comments' || how === 'drops') return isUnset(effect)
  if (vital.test(path))
    return how !== 'replaces' || !harmlessToReplace.test(path) || saysTooLittle(path, call) || comesUnseen(path, call)
  return lossOf(effect)?.holds === 'settings' || (how === 'empties' && stateOf.test(path))
}

/** Whom the system knows: a line less is somebody less. */
const accounts = /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)$/
const roots = /root|sudo|wheel|admin|ALL/

/** Lines are taken out, or switched off, of a file that the system does not start or lets nobody in without. */
function isUnset({ path, how, lines = '' }: Effect): boolean {
  if (
    !vital.test(path) ||
    /\/(hosts|hostname|resolv\.conf|sources\.list|sysctl\.conf|exports|profile|shells)$/.test(path)
  )
    return false
  if (how === 'comments' || accounts.test(path)) return true
  if (path === '/etc/sudoers' || path.startsWith('/etc/pam.d/'))
    return (
      roots.test(lines) || lines.length < 6 || /pam_(unix|deny|faillock|tally2?|access|wheel|securetty)/.test(lines)
    )
  return (
    isNetwork.test(path) ||
    path === '/etc/crypttab' ||
    (path === '/etc/fstab' &&
      /\\s\/\\?s| \/ |\\\/ |\/(var|usr|home|boot|srv)\b|(UUID|LABEL)=?\.?\*?\/|\[\^#|ext4|xfs|btrfs|dev\\?\//.test(
        lines,
      ))
  )
}

/** By what stands there, the machine is reached. */
const isNetwork = /^\/etc\/(netplan\/|network\/interfaces)/

/** Emptied, these are as a program set up anew has them. */
const stateOf = /^\/var\/lib\/(mysql|mariadb|postgresql|pgsql|mongodb?|redis|docker|ldap|etcd|dpkg|rpm)\//

/** The whole of a file is written, and nothing in it is a setting; or a table of mounts without the root. */
function saysTooLittle(path: string, call: Call): boolean {
  const text = writtenText(call)
  if (text === null || isDynamic(text)) return false
  const settings = text.split('\n').filter((line) => !/^\s*(#.*|[{}\s]*)$/.test(line))
  if (
    path.startsWith('/etc/netplan/') &&
    !/addresses|dhcp[46]['"]?:\s*(true|yes|on)|bridges|bonds|vlans|wifis/.test(text)
  )
    return true
  if (path === '/etc/network/interfaces' && !/^\s*(iface\s+(?!lo\b)|source)/m.test(text)) return true
  return settings.length === 0 || (path === '/etc/fstab' && !settings.some((line) => /^\S+\s+\/\s/.test(line.trim())))
}

/** By these a machine starts and is reached: what takes their place should be read, and the old one kept. */
const needsCare = /^\/etc\/(fstab|crypttab|network\/interfaces)$/
const fromAfar = /^(curl|wget)$/

const comesUnseen = (path: string, call: Call): boolean =>
  (needsCare.test(path) || fromAfar.test(call.name)) &&
  (/^(mv|cp|install|curl|wget|scp|rsync)$/.test(call.name) ||
    (call.name === 'tee' && (call.stdin?.read() ?? null) === null)) &&
  !call.args.some(({ text }) => text.startsWith(path) && text !== path) &&
  !call.args.some(({ text }) => /^(-\w*b|--backup\b)|back-?up|\.(bak|orig|old|save|before)$/.test(text))

function underAnotherTree(call: Call): Match | null {
  const targets = overlayers.has(call.name) ? overlaid(call) : []
  return targets.length === 0 ? null : { ...found(overlaidBecause(targets), targets), count: targets.length }
}

/** A directory of settings that is deleted is lost as settings too. */
function ofWholeDirectory(call: Call, device: DeviceType): Match | null {
  if (!deleters.has(call.name)) return null
  const targets = filesystemBulkDelete
    .match(call, device)
    ?.targets.filter((path) => /^\/(etc|boot)\/.|^\/var\/spool\/cron/.test(path))
  return targets === undefined || targets.length === 0
    ? null
    : { ...found('It removes whole directories of configuration.', targets), count: targets.length }
}

const found = (because: string, targets: readonly string[] = []): Match => ({ because, targets })

function byTool(call: Call): Match | null {
  if (!tools.has(call.name)) return null
  const options = readOptions(call.args)
  const words = options.rest.map((arg) => arg.text)
  switch (call.name) {
    case 'crontab':
      return hasAny(options, 'r') ||
        (words.includes('-') && call.stdin?.read()?.trim() === '') ||
        call.redirects.some(({ operator, target }) => operator === '<' && target.text === '/dev/null')
        ? found('It removes every scheduled job of a user.', ['crontab'])
        : null
    case 'systemctl':
      return words[0] === 'revert' && words.length > 2
        ? found('It reverts several units to how they were delivered.', words.slice(1))
        : null
    case 'dconf':
      return words[0] === 'reset' && hasAny(options, 'f') ? found('It resets settings in bulk.', words.slice(1)) : null
    case 'gsettings':
      return words[0] === 'reset-recursively' ? found('It resets settings in bulk.', words.slice(1)) : null
    case 'pveceph':
      return words[0] === 'purge' ? found('It removes the configuration and data of Ceph.') : null
    case 'firstboot':
    case 'factory-reset':
    case 'sysupgrade':
    case 'jffs2reset':
      return found('It resets the device to how it was delivered.')
    case 'etckeeper':
      return words[0] === 'uninit' ? found('It throws away the history of /etc.') : null
    case 'git':
      return call.cwds[0]?.startsWith('/etc') === true && words[0] === 'reset' && options.flags.has('hard')
        ? found('It resets the whole of /etc.', ['/etc'])
        : null
    case 'update-rc.d':
    case 'dpkg-reconfigure':
      return hasAny(options, 'a', 'all') ? found('It configures every package anew.') : null
    case 'debconf-communicate':
    case 'ucf':
      return hasAny(options, 'purge', 'p') ? found('It forgets the configuration of packages.') : null
    case 'update-initramfs':
      return hasAny(options, 'd') ? found('It removes what the system starts from.', ['initramfs']) : null
    case 'chattr':
    case 'setenforce':
      return null
    case 'efibootmgr':
      return hasAny(options, 'B') ? found('It removes an entry that the machine starts from.') : null
    case 'nvram':
      return hasAny(options, 'c') ? found('It clears the firmware settings.') : null
    default:
      return null
  }
}
