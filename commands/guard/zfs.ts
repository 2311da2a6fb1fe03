import type { DatasetAnswer, PoolAnswer } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

/** A snapshot's name is asked of its dataset: `destroy -r` takes the snapshots of that name below it too. */
export const askDatasets = (root: string): Script =>
  sh`timeout 10 zfs list -H -p -r -t filesystem,volume,snapshot -o name,type,userrefs,clones,mountpoint -- ${root.split('@')[0] ?? root} && echo ok`

export function readDatasets(root: string, rows: readonly string[]): DatasetAnswer[] {
  const [, snapshot] = root.split('@')
  return rows
    .map((row) => row.split('\t'))
    .filter(([name = '']) => snapshot === undefined || name.endsWith(`@${snapshot}`))
    .map(([name = '', type = '', holds = '', clones = '', mountpoint = '']) => ({
      name,
      type: type || (name.includes('@') ? 'snapshot' : 'filesystem'),
      holds: Number(holds) || 0,
      clones: clones === '-' || clones === '' ? [] : clones.split(','),
      mountpoint: mountpoint.startsWith('/') ? mountpoint : null,
    }))
}

export const askPools = (pool: string | null): Script =>
  pool === null
    ? sh`if command -v zpool > /dev/null; then timeout 10 zpool status && echo ok; fi`
    : sh`timeout 10 zpool status ${pool} && echo ok`

/** Reads `zpool status`: what it says of a scan stands on up to three lines. */
export function readPools(rows: readonly string[]): PoolAnswer[] {
  const pools: PoolAnswer[] = []
  for (const block of rows.join('\n').split(/^(?=pool: )/m)) {
    const name = /^pool: (\S+)/.exec(block)?.[1]
    if (name === undefined) continue
    const scan =
      /^scan: ([\s\S]*?)(?=^(?:config|errors|action|status|see|remove|checkpoint):|$(?![\s\S]))/m.exec(block)?.[1] ?? ''
    const kind = /^(scrub|resilver) in progress/.exec(scan)?.[1]
    pools.push({
      name,
      state: /^state: (\S+)/m.exec(block)?.[1] ?? 'UNKNOWN',
      scan: kind === 'scrub' || kind === 'resilver' ? { kind, progress: progressIn(scan) } : null,
    })
  }
  return pools
}

/** `10.18% done, 00:01:01 to go`, or in the words of older releases `0h1m to go`. */
function progressIn(scan: string): string | null {
  const done = /([\d.]+)% done/.exec(scan)?.[1]
  const left = /([\d:hms]+|\d+ days? [\d:]+) to go/.exec(scan)?.[1]
  const parts = [done === undefined ? '' : `${done} % done`, left === undefined ? '' : `${left} to go`]
  return parts.filter((part) => part !== '').join(', ') || null
}
