import type { LabHost } from '../../../lab/index.ts'
import { installTools, setState } from './tool.ts'

const zpool = `
#!/bin/sh
case "$1" in
status) cat /var/lib/device/zpool ;;
*) echo "zpool $*" >> /var/lib/device/zfs.log ;;
esac
`
/** `list -H -p -o ...` prints the columns that were asked for with tabs between (zfs-list(8)); below a root alone with -r. */
const zfs = `
#!/bin/sh
case "$1" in
list)
  for root; do :; done
  grep -q "^$root	" /var/lib/device/zfs || { echo "cannot open '$root': dataset does not exist" >&2; exit 1; }
  grep -E "^$root([/@]|	)" /var/lib/device/zfs ;;
*) echo "zfs $*" >> /var/lib/device/zfs.log ;;
esac
`

/** `zpool status` of OpenZFS 2.1 and later (zpool-scrub(8), example 1; zpool-status(8)). */
export const zpoolStatus = (scan: 'none' | 'scrub' | 'resilver', state = 'ONLINE'): string => {
  const running = `${scan} in progress since Fri Dec 23 11:18:02 2022
        3.62G scanned at 530M/s, 378M issued at 54.0M/s, 3.62G total
        0B repaired, 10.18% done, 00:01:01 to go`
  return `  pool: tank
 state: ${state}
  scan: ${scan === 'none' ? 'scrub repaired 0B in 04:12:33 with 0 errors on Sun Aug  3 04:12:33 2025' : running}
config:

        NAME         STATE     READ WRITE CKSUM
        tank         ${state}       0     0     0
          mirror-0   ${state}       0     0     0
            sda      ONLINE       0     0     0
            sdb      ONLINE       0     0     0

errors: No known data errors
`
}

type Dataset = {
  readonly name: string
  readonly holds?: number
  readonly clones?: string
  readonly mountpoint?: string
}

export const zfsList = (datasets: readonly Dataset[]): string =>
  datasets
    .map(({ name, holds, clones = '-', mountpoint = '-' }) => {
      const isSnapshot = name.includes('@')
      return `${[name, isSnapshot ? 'snapshot' : 'filesystem', isSnapshot ? (holds ?? 0) : '-', isSnapshot && clones === '-' ? '' : clones, mountpoint].join('\t')}\n`
    })
    .join('')

export async function makeZfs(host: LabHost): Promise<void> {
  await installTools(host, { zpool, zfs })
  await setState(host, 'zpool', zpoolStatus('none'))
  await setState(
    host,
    'zfs',
    zfsList([
      { name: 'tank', mountpoint: '/tank' },
      { name: 'tank/media', mountpoint: '/tank/media' },
      { name: 'tank/media@monday' },
      { name: 'tank/media@tuesday' },
    ]),
  )
}
