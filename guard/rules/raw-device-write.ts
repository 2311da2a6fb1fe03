import { isRawDevice } from '../protected.ts'
import { isDynamic, readable, unknown } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'
import { effectsOf, touching } from '../effects/effects.ts'

/** Programs that overwrite whatever they are given, and programs that put an image back. */
const shredders = new Set(['shred', 'wipe', 'scrub'])
const restorers = new Set('partclone.restore ntfsclone flashrom mtd flashcp nandwrite flash_erase mtd_debug'.split(' '))

export const rawDeviceWrite: Rule = {
  action: 'raw_device_write',
  programs: [...touching, ...shredders, ...restorers],
  redirected: true,
  match(call) {
    const all: string[] = []
    for (const { path } of effectsOf(call)) if (isRawDevice(path)) all.push(path)
    if (shredders.has(call.name)) for (const { text } of call.args) if (isRawDevice(text)) all.push(text)
    if (call.name === 'dd')
      for (const { text } of call.args) if (text.startsWith(`of=${unknown}`)) all.push(text.slice(3))
    const restores = restorers.has(call.name) && !hasAny(readOptions(call.args), 'r', 'read')
    if (all.length === 0 && !restores) return null
    return {
      because: all.some(isDynamic)
        ? 'It writes to a place that only the host knows, past any file system.'
        : 'It writes to a disk past its file system.',
      targets: all.map(readable),
    }
  },
  act: ({ targets }) => `overwrite ${targets.length === 0 ? 'this device' : targets.join(', ')}`,
  risk: 'critical',
  things: 'disks',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Look first at what is on the disk and where it is mounted.',
      command: `lsblk -f ${targets[0] ?? ''}`.trim(),
    },
    { text: 'Write into an image file instead.', command: 'dd if=SOURCE of=/var/tmp/disk.img bs=4M' },
  ],
  examples: [
    'dd if=/dev/zero of=/dev/sda bs=1M',
    'cat image.iso > /dev/sdb',
    'dd if=image.img | sudo tee /dev/mmcblk0 > /dev/null',
    'cp image.iso /dev/sdb',
    'shred -v /dev/sda',
    'dd if=/dev/urandom of=/dev/mapper/vg-root',
    'echo 1 > /dev/mem',
    'dd if=x of="$DISK"',
    'gunzip -c disk.gz > /dev/nvme0n1',
    'pv image.img > //dev///sdc',
  ],
  nearMisses: [
    'dd if=/dev/sda of=/backup/sda.img bs=4M',
    'dd if=/dev/zero of=/swapfile bs=1M count=1024',
    'cat /dev/sda | head -c 512 | xxd',
    'echo hello > /dev/null',
    'ls /dev/sda',
    'echo x > /dev/tty',
    'make > /dev/null 2>&1',
    'cp /dev/null app.log',
  ],
}
