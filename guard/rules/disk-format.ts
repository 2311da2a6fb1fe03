import { isRawDevice } from '../protected.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Match, Rule } from './rule.ts'

const always = new Set([
  'mkswap',
  'wipefs',
  'sgdisk',
  'blkdiscard',
  'cryptsetup',
  'parted',
  'fdisk',
  'sfdisk',
  'cfdisk',
  'gdisk',
  'nvme',
  'hdparm',
  'sg_format',
  'mke2fs',
  'badblocks',
  'diskpart',
  'format',
  'diskutil',
  'growpart',
  'partprobe',
  'mkdosfs',
  'mkntfs',
  'newfs',
  'tune2fs',
  'xfs_repair',
  'sdparm',
  'scrub',
  'nwipe',
  'dban',
  'ddrescue',
  'mkdosfs',
  'bcachefs',
  'luksformat',
  'Format-Volume',
  'Clear-Disk',
])

export const diskFormat: Rule = {
  action: 'disk_format',
  programs: [
    ...always,
    ...[
      'ext2',
      'ext3',
      'ext4',
      'xfs',
      'btrfs',
      'vfat',
      'fat',
      'ntfs',
      'exfat',
      'f2fs',
      'jfs',
      'reiserfs',
      'minix',
      'msdos',
      'bfs',
      'cramfs',
      'nilfs2',
      'udf',
      'zfs',
      'gfs2',
      'ocfs2',
    ].map((kind) => `mkfs.${kind}`),
    'mkfs',
    'mkfs.',
  ],
  match(call) {
    const because = reasonOf(call)
    if (because === null) return null
    const targets = readOptions(call.args)
      .rest.map((arg) => readable(arg.text))
      .filter((word) => word.startsWith('/dev/') || word.includes('$'))
    return { because, targets } satisfies Match
  },
  act: ({ targets }) => `format ${targets.length === 0 ? 'this disk' : targets.join(', ')}`,
  risk: 'critical',
  things: 'disks',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Look first at what is on the disk and where it is mounted.',
      command: `lsblk -f ${targets[0] ?? ''}`.trim(),
    },
    { text: 'See what would be wiped, without wiping it.', command: `wipefs --no-act ${targets[0] ?? '/dev/DISK'}` },
  ],
  examples: [
    'mkfs.ext4 /dev/sdb1',
    'mkfs -t xfs -f /dev/nvme0n1p1',
    'wipefs -a /dev/sdb',
    'parted -s /dev/sdb mklabel gpt',
    'sgdisk --zap-all /dev/sda',
    'fdisk /dev/sda',
    'blkdiscard /dev/nvme0n1',
    'cryptsetup luksFormat /dev/sdb',
    'mkswap /dev/sda2',
    'nvme format /dev/nvme0n1',
    'sfdisk /dev/sda < layout',
    'cryptsetup erase /dev/sdb',
    'hdparm --security-erase p /dev/sdb',
  ],
  nearMisses: [
    'parted -l',
    'fdisk -l',
    'wipefs /dev/sdb',
    'lsblk -f',
    'mkfs.ext4 -n /dev/sdb1',
    'mkfs.xfs -N /dev/sdb1',
    'cryptsetup luksDump /dev/sdb',
    'sfdisk -d /dev/sda',
    'sgdisk -p /dev/sda',
    'mkfs.ext4 disk.img',
    'nvme list',
    'hdparm -I /dev/sda',
    'parted /dev/sda print',
    'mkswap /swapfile',
  ],
}

function reasonOf(call: Call): string | null {
  const options = readOptions(call.args, { short: 'Lt', long: ['label', 'type'] })
  const words = options.rest.map((arg) => arg.text)
  const device = call.args.some((arg) => isRawDevice(arg.text) || isDynamic(arg.text)) || call.open !== null
  const wipes = 'It makes what is on the disk unreadable.'
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word))
  switch (call.name) {
    case 'wipefs':
      return hasAny(options, 'a', 'all', 'o', 'offset', 'f', 'force') && !hasAny(options, 'n', 'no-act') && device
        ? wipes
        : null
    case 'parted':
      return has(/^(mklabel|mktable|mkpart|rm|resizepart|name|rescue|set)$/) ||
        words.some((word) => /\b(mklabel|mkpart|rm \d)/.test(word))
        ? 'It changes the partitions of a disk.'
        : null
    case 'fdisk':
    case 'cfdisk':
    case 'gdisk':
      return device && !hasAny(options, 'l', 'list', 's', 'getsz', 'v', 'V')
        ? 'It changes the partitions of a disk.'
        : null
    case 'sfdisk':
      return device &&
        !hasAny(options, 'd', 'dump', 'l', 'list', 'J', 'json', 's', 'show-size', 'F', 'V', 'verify', 'n', 'no-act')
        ? 'It changes the partitions of a disk.'
        : null
    case 'sgdisk':
      return hasAny(
        options,
        'Z',
        'z',
        'o',
        'd',
        'n',
        'g',
        'l',
        'R',
        'G',
        'zap',
        'zap-all',
        'clear',
        'delete',
        'new',
        'mbrtogpt',
        'load-backup',
        'replicate',
      ) && !hasAny(options, 'pretend')
        ? 'It changes the partitions of a disk.'
        : null
    case 'cryptsetup':
      return has(/^(luksFormat|luksErase|erase|reencrypt|luksKillSlot|luksRemoveKey)$/)
        ? 'It takes the key to what is on the disk away.'
        : null
    case 'nvme':
      return has(/^(format|sanitize|delete-ns|write-zeroes|dsm)$/) ? wipes : null
    case 'hdparm':
      return [...options.flags].some((flag) =>
        /^(security-erase|trim-sector|make-bad|write-sector|yes-i-know)/.test(flag),
      )
        ? wipes
        : null
    case 'badblocks':
      return hasAny(options, 'w') ? wipes : null
    case 'diskutil':
      return has(/^(erase\w+|partitionDisk|zeroDisk|randomDisk|secureErase|reformat)$/i) ? wipes : null
    case 'diskpart':
      return /^(\s*(list|detail|help|select|exit|rem)\b.*\n?)+$/i.test(call.stdin?.read() ?? '') ? null : wipes
    case 'format':
    case 'Format-Volume':
    case 'Clear-Disk':
    case 'sg_format':
    case 'nwipe':
    case 'dban':
      return call.name === 'format' && words.length === 0 ? null : wipes
    case 'scrub':
      return device ? wipes : null
    case 'tune2fs':
    case 'growpart':
    case 'partprobe':
    case 'sdparm':
    case 'ddrescue':
      return null
    case 'xfs_repair':
      return hasAny(options, 'L') ? 'It throws the journal of a file system away.' : null
    case 'bcachefs':
      return words[0] === 'format' ? wipes : null
    default:
      // mkfs and its kin; a file as the target is an image, not a disk.
      return (hasAny(options, 'n') && /^(mkfs\.ext|mke2fs)/.test(call.name)) ||
        (options.flags.has('N') && call.name === 'mkfs.xfs')
        ? null
        : hasAny(options, 'V', 'help') || !device
          ? null
          : wipes
  }
}
