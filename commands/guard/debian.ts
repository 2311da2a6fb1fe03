import type { HostAnswers } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

const lockFiles = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
  '/var/lib/rpm/.rpm.lock',
]

/** The kernel's own list of locks, by inode: asking for a lock ourselves would be taking it. pacman's is a file that is there. */
export const askPackageLocks = (): Script =>
  sh`locks=$(cat /proc/locks) && { stat -c '%i %n' ${lockFiles} | while read -r inode file; do
case "$locks" in *":$inode "*) echo "$file" ;; esac
done; if [ -e /var/lib/pacman/db.lck ]; then echo /var/lib/pacman/db.lck; fi; echo ok; }`

/** lvs(8): the sixth letter of the attributes says that a volume is open; a snapshot names its origin. */
export const askVolumes = (): Script =>
  sh`timeout 10 lvs --noheadings --separator '|' -o vg_name,lv_name,origin,lv_attr && echo ok`

export function readVolumes(rows: readonly string[]): HostAnswers['volumes'] {
  const volumes = rows.map((row) => {
    const [group = '', name = '', origin = '', attributes = ''] = row.split('|').map((field) => field.trim())
    return {
      group,
      name,
      origin,
      open: attributes[5] === 'o',
      pool: /^[tTdDeLmr]/.test(attributes) && attributes[0] === 't',
    }
  })
  return {
    used: volumes
      .filter(({ origin, open, pool }) => origin === '' && open && !pool)
      .map(({ group, name }) => `${group}/${name}`),
    snapshots: volumes.filter(({ origin }) => origin !== '').map(({ group, origin }) => `${group}/${origin}`),
  }
}

export const askSnap = (): Script => sh`if command -v snap > /dev/null; then timeout 10 snap changes && echo ok; fi`

/** Rows of `snap changes`: ID, Status, Spawn, Ready, Summary. */
export const readSnap = (rows: readonly string[]): string[] =>
  rows
    .filter((row) => /^\d+\s+(Do|Doing|Undo|Undoing|Wait)\s/.test(row))
    .map((row) => row.split(/\s{2,}/).at(-1) ?? row)
