import type { Row } from './row.ts'

const wipes = 'It makes what is on the disk unreadable.'
const raw = 'It writes to a disk past its file system.'
const array = 'It takes an array apart, or makes a new one where one was.'
const disk = String.raw`\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|md|dm-|mapper\/|disk\/|r?disk\d)`

/** Disks, arrays and volumes by their rarer tools. */
export const storageRows: readonly Row[] = [
  { action: 'disk_format', of: 'ceph-volume ceph-disk', words: /\bzap\b/, because: wipes, risk: 'critical' },
  { action: 'disk_format', of: 'ceph', words: /\borch device zap\b/, because: wipes },
  {
    action: 'disk_format',
    of: 'delpart resizepart addpart partx',
    words: new RegExp(String.raw`${disk}\S*\s+\d|(-d|--delete)\b`),
    unless: /^(-s|--show|-l|-a|--add|-u|--update)/,
    because: 'It changes the partitions of a disk.',
  },
  {
    action: 'disk_format',
    of: 'btrfs',
    words: /^dev(ice)? (delete|del|remove|replace)\b|^replace start\b.*-f/,
    because: 'It takes a disk out of a file system.',
  },
  {
    action: 'disk_format',
    of: 'resize2fs',
    words: /(^|\s)-\w*M\b|\s\d+[KMGs]$/,
    unless: /(^|\s)-P\b/,
    because: 'It makes a file system smaller, whatever is in it.',
  },
  { action: 'disk_format', of: 'sas2ircu sas3ircu', words: /\b(delete|deletevolume)\b/i, because: wipes },
  {
    action: 'disk_format',
    of: 'tune2fs debugfs',
    words: /\b(clri|kill_file|zap_block|dirty)\b/,
    because: 'It changes a file system past the kernel.',
  },
  { action: 'disk_format', of: 'zpool', words: /^labelclear\b/, because: wipes },
  {
    action: 'disk_format',
    of: 'cryptsetup-reencrypt veracrypt',
    words: /--decrypt|--create|--text.*-c\b/,
    because: 'It writes a disk anew.',
  },
  {
    action: 'disk_format',
    of: 'cryptsetup',
    words: /\b(luksRemoveKey|luksKillSlot|luksHeaderRestore|erase|luksErase|luksFormat|reencrypt)\b/,
    because: 'It takes the key to what is on the disk away.',
  },
  {
    action: 'disk_format',
    of: 'sedutil-cli',
    words: /--(revert\w*|yesIreallywanttoERASEALLmydatausingthePSID|PSIDrevert)/i,
    because: wipes,
  },
  { action: 'disk_format', of: 'mmc', words: /\b(erase|trim|discard|sanitize|bootpart)\b/, because: wipes },
  {
    action: 'disk_format',
    of: 'growfs newfs_msdos gpart',
    words: /^(destroy|delete|create|restore)\b|^-/,
    because: 'It changes the partitions of a disk.',
  },
  {
    action: 'raw_device_write',
    of: 'ddrescue',
    words: new RegExp(String.raw`(^|\s)(-\w*f|--force)\b.*${disk}|${disk}\S*\s+${disk}`),
    because: raw,
    risk: 'critical',
  },
  {
    action: 'raw_device_write',
    of: 'dcfldd dc3dd ddpt sg_dd',
    words: new RegExp(String.raw`\b(of|wipe|hwipe|hof)=${disk}`),
    because: raw,
    risk: 'critical',
  },
  {
    action: 'raw_device_write',
    of: 'qemu-img',
    words: new RegExp(String.raw`^(convert|dd)\b.*${disk}\S*$|\bof=${disk}`),
    because: raw,
    risk: 'critical',
  },
  { action: 'raw_device_write', of: 'bmaptool', words: new RegExp(String.raw`^copy\b.*${disk}`), because: raw },
  {
    action: 'raw_device_write',
    of: 'xfs_copy e2image partclone.dd partclone.ext4 partclone.xfs partclone.ntfs fsarchiver',
    words: new RegExp(String.raw`\s${disk}\S*$|\s(-\w*o|-O|--output|--overwrite)\s+${disk}|\brestfs\b`),
    unless: /^(-c|--clone)\b.*-o (?!\/dev)/,
    because: raw,
  },
  {
    action: 'raw_device_write',
    of: 'fallocate',
    words: new RegExp(String.raw`(-\w*[pz]|--punch-hole|--zero-range)\b.*${disk}`),
    because: raw,
  },
  { action: 'raw_device_write', of: 'debugfs', words: /(^|\s)-\w*w/, because: raw },
  {
    action: 'raw_device_write',
    of: 'hdparm',
    words: /--(write-sector|make-bad-sector|repair-sector|trim-sector-ranges\S*|fwdownload\S*)\b/,
    because: raw,
  },
  { action: 'raw_device_write', of: 'nwipe dban wipe scrub', words: new RegExp(disk), because: raw },
  {
    action: 'raw_device_write',
    of: 'nvme',
    words: /^(write|write-zeroes|write-uncor|fw-(download|activate|commit)|dsm)\b/,
    because: raw,
  },
  {
    action: 'raw_device_write',
    of: 'balena etcher-cli rpi-imager usbimager',
    words: new RegExp(String.raw`\bflash\b|--cli\b|${disk}`),
    because: raw,
  },
  {
    action: 'raw_device_write',
    of: 'grub-install extlinux lilo syslinux',
    words: /--force\b.*\/dev\/\w+\d$/,
    because: raw,
  },
  {
    action: 'volume_group_remove',
    of: 'mdadm',
    words: /(^|\s)(--stop|-S|--create|-C|--zero-superblock)\b/,
    unless: /--detail|--examine/,
    because: array,
  },
  {
    action: 'volume_group_remove',
    of: 'hpacucli hpssacli ssacli arcconf',
    words: /\b(delete|remove|clear|erase|uninit)\b/i,
    because: 'It changes or clears an array of the controller.',
  },
  {
    action: 'volume_group_remove',
    of: 'storcli storcli64 perccli perccli64',
    words: /\b(del|delete|init|erase|set offline|clear)\b/,
    because: 'It changes or clears an array of the controller.',
  },
  {
    action: 'volume_group_remove',
    of: 'megacli MegaCli MegaCli64',
    words: /-(CfgClr|CfgLdDel|PDOffline|LDInit|CfgForeign -Clear|PDClear|CfgSpanDel)/i,
    because: 'It changes or clears an array of the controller.',
  },
  {
    action: 'volume_group_remove',
    of: 'lvresize',
    words: /(-f|--force|-y|--yes)\b.*-L ?\d|-L ?\d\S*\s.*(-f|--force|-y|--yes)\b/,
    because: 'It makes a volume smaller than its file system may be.',
  },
  {
    action: 'volume_group_remove',
    of: 'vgcfgrestore vgsplit vgmerge vgexport pvmove',
    words: /--force|^(?!.*(-l|--list|-t|--test|--abort)\b).*\S/,
    unless: /(-l|--list)\b/,
    because: 'It changes which volumes there are.',
  },
  {
    action: 'volume_group_remove',
    of: 'vdo vdostats stratis',
    words: /^(remove|pool destroy|filesystem destroy|fs destroy)\b/,
    because: 'It removes volumes with what is on them.',
  },
  {
    action: 'volume_group_remove',
    of: 'iscsiadm targetcli tgtadm',
    words: /\b(delete|clearconfig)\b|(-o|--op) delete|--logoutall|(-u|--logout)\b/,
    because: 'It takes a disk of the network away.',
  },
  {
    action: 'volume_group_remove',
    of: 'ceph rados rbd cephadm',
    words:
      /\b(osd (purge|destroy|rm|out|lost|crush remove)|osd pool (delete|rm)|fs (rm|fail)|mon (rm|remove)|rm-cluster|pool rm|image-meta remove|mirror pool disable|orch (rm|host rm|osd rm))\b/,
    because: 'It takes storage out of the cluster.',
  },
  {
    action: 'volume_group_remove',
    of: 'linstor',
    words: /\b(resource|volume|node|storage-pool)(-definition)? (delete|d|lost)\b/,
    because: 'It removes volumes with what is on them.',
  },
  {
    action: 'volume_group_remove',
    of: 'zvol multipath',
    words: /^-F\b|^-w\b/,
    because: 'It takes paths to disks away.',
  },
  {
    action: 'zfs_dataset_destroy',
    of: 'bcachefs',
    words: /^subvolume delete\b/,
    because: 'It removes a part of a file system.',
  },
  {
    action: 'zfs_pool_destroy',
    of: 'zpool',
    words: /^(split|detach|offline|replace)\b.*-f\b|^(remove|detach)\b/,
    because: 'It takes a disk out of a pool.',
  },
]
