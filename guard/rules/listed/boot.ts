import type { Row } from './row.ts'

/** Words for the kernel with which nothing of the system is started. */
const startsNothing =
  /\b(rd\.break|init=\S*\/(ba|da)?sh\b|systemd\.unit=(emergency|rescue|halt|poweroff)|(GRUB_CMDLINE\w*|--args)[ =]\S*\b(single|emergency)\b)/

const another = 'Something else is started the next time.'

/** What a machine starts from, and with, the next time. */
export const bootRows: readonly Row[] = [
  {
    action: 'configuration_reset',
    of: 'sed echo printf tee grubby kernelstub perl',
    words: new RegExp(
      `${startsNothing.source}.*(default/grub|kernel/cmdline|loader/|extlinux)|--(args|add-options)\\b.*${startsNothing.source}`,
    ),
    because: 'The next start would end in a shell without services.',
  },
  {
    action: 'system_reboot',
    of: 'sed perl',
    words:
      /s(.)\^?(stretch|buster|bullseye|bookworm|trixie|forky|focal|jammy|noble|bionic|stable|testing|v?3\.\d\d)\b.*\1\w+.*\/etc\/(apt\/|apk\/repositories)/,
    because: 'It takes the system to another release, of which nothing goes back.',
  },
  {
    action: 'user_removal',
    of: 'sed perl',
    words: /s(.)\^?root:.*\1.*\/etc\/(shadow|passwd)\b/,
    because: 'It takes the password or the shell of root away.',
  },
  {
    action: 'system_reboot',
    of: 'dnf dnf5 yum',
    words: /^(system-upgrade|offline|offline-upgrade|offline-distrosync) reboot\b/,
    because: 'It restarts, to install another release.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'ln',
    words: /(^|\s)-\w*f\w*\b.*\s\/(usr\/)?bin\/(ba|da)?sh$/,
    because: 'Another program takes the place of the shell of the system.',
  },
  {
    action: 'raw_device_write',
    of: 'grub-install grub2-install extlinux lilo',
    words: /(^|\s)\/dev\/\w+/,
    because: 'It writes a boot loader over that of a disk.',
  },
  {
    action: 'configuration_reset',
    of: 'sed perl echo printf tee',
    words: /GRUB_CMDLINE\w*.*\/etc\/default\/grub|\/etc\/default\/grub\S* .*GRUB_CMDLINE/,
    fed: true,
    because: 'The kernel is started with other words the next time.',
    risk: 'medium',
  },
  {
    action: 'configuration_reset',
    of: 'grubby',
    words: /(^|\s)--(remove-args|args|set-default\S*|update-kernel)\b/,
    because: 'Another kernel, or one with other words, is started the next time.',
    risk: 'medium',
  },
  {
    action: 'configuration_reset',
    of: 'grub-reboot grub2-reboot grub-set-default grub2-set-default',
    words: /\S/,
    because: another,
    risk: 'medium',
  },
  {
    action: 'configuration_reset',
    of: 'grub-editenv grub2-editenv bootctl proxmox-boot-tool zpool btrfs',
    words:
      /\b(set|unset) (saved|next)_entry|^set-(default|oneshot)\b|^kernel (pin|remove)\b|^set bootfs=|^(subvolume|subvol|sub|su) set-default\b/,
    because: another,
    risk: 'medium',
  },
  {
    action: 'system_reboot',
    of: 'dnf dnf5 yum zypper microdnf',
    words:
      /--releasever[= ]\S+.*\b(distro-sync|dup|dist-upgrade|upgrade|update)\b|\b(distro-sync|dup|upgrade)\b.*--releasever\b/,
    because: 'It takes the system to another release, of which nothing goes back.',
  },
  {
    action: 'system_reboot',
    of: 'rpm-ostree ostree bootc',
    words: /^(rebase|admin switch|switch)\b/,
    because: 'It takes the system to another release.',
  },
]
