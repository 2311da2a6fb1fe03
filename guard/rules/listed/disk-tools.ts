import type { Row } from './row.ts'
import { disk } from './storage.ts'

const wipes = 'It makes what is on the disk unreadable.'
const raw = 'It writes to a disk past its file system.'

/** Tools of vendors and benchmarks that clear disks or write over them. */
export const diskToolRows: readonly Row[] = [
  {
    action: 'disk_format',
    of: 'proxmox-boot-tool',
    words: /^format\b/,
    because: 'It writes a new file system over what the machine starts from.',
  },
  {
    action: 'disk_format',
    of: 'preclear_disk.sh preclear_binhex.sh preclear_disk_ubuntu.sh preclear_disk preclear',
    words: /\/dev\/|\$/,
    unless: /(^|\s)-\w*[tlv]\b/,
    because: wipes,
    risk: 'critical',
  },
  {
    action: 'disk_format',
    of: 'openSeaChest_Erase openSeaChest_Format openSeaChest_NVMe openSeaChest_Security SeaChest_Erase SeaChest_Format SeaChest_NVMe SeaChest_Security',
    words: /--confirm\b/,
    because: wipes,
    risk: 'critical',
  },
  {
    action: 'disk_format',
    of: 'intelmas isdct sst issdcm',
    words: /^start\b.*-(nvmeformat|secureerase|scan datascan)\b|^delete\b/i,
    because: wipes,
    risk: 'critical',
  },
  {
    action: 'raw_device_write',
    of: 'fio',
    words: new RegExp(
      String.raw`--(rw|readwrite)[= ](rand)?(w|rw|trim)\w*.*--filename[= ]${disk}|--filename[= ]${disk}.*--(rw|readwrite)[= ](rand)?(w|rw|trim)`,
    ),
    unless: /--(readonly|parse-only)\b/,
    because: raw,
    risk: 'critical',
  },
  {
    action: 'raw_device_write',
    of: 'f3probe sg_write_same sg_unmap sg_write_buffer sg_write_x',
    words: new RegExp(String.raw`--destructive\b.*${disk}|--(lba|num|in)\b.*(${disk}|\/dev\/sg)`),
    because: raw,
    risk: 'critical',
  },
  {
    action: 'disk_format',
    of: 'sg_sanitize',
    words: /--(overwrite|block|crypto|fail|zero|quick)\b|(^|\s)-\w*[OBC]/,
    because: wipes,
    risk: 'critical',
  },
]
