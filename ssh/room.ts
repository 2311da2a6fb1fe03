import type { Settings } from '../schema/settings.ts'
import { type Member, meanMs } from './member.ts'
import { connectionsFor } from './sizing.ts'
import type { Target } from './types.ts'

export type Room = { readonly kind: 'open' | 'wait' } | { readonly kind: 'evict'; readonly victim: Member }

/** Whether one more connection is within every limit, or would be once an idle one has ended. */
export function roomFor(o: {
  target: Target
  members: readonly Member[]
  opening: readonly Target[]
  /** The targets and pool keys of those who wait. */
  waiting: readonly { readonly target: Target; readonly key: string }[]
  settings: Settings['ssh']
  now: number
}): Room {
  const { target, members, settings } = o
  const all = [...members.map((member) => member.target), ...o.opening]
  const sameHost = (one: Target) => one.serverId === target.serverId
  const held = (fits: (one: Target) => boolean) => all.filter(fits).length
  if (held(sameHost) >= limitOf(o)) return freed(o, sameHost)
  if (target.locked && held(isLocked) >= settings.lockedConnections) return freed(o, isLocked)
  return all.length < settings.totalConnections ? { kind: 'open' } : freed(o, () => true)
}

const isLocked = (one: Target): boolean => one.locked

/** The idle connection unused for longest that nobody waits for; there is room when it has closed. */
function freed(o: Parameters<typeof roomFor>[0], fits: (one: Target) => boolean): Room {
  const wanted = new Set(o.waiting.map((one) => one.key))
  const idle = o.members.filter(
    (one) => one.channels === 0 && !one.retiring && fits(one.target) && !wanted.has(one.key),
  )
  const victim = idle.toSorted((a, b) => a.lastUsed - b.lastUsed)[0]
  return victim ? { kind: 'evict', victim } : { kind: 'wait' }
}

function limitOf({ target, members, waiting, settings, now }: Parameters<typeof roomFor>[0]): number {
  const mine = members.filter((member) => member.target.serverId === target.serverId)
  const recent = mine.flatMap((member) => member.recent).filter((ran) => ran.at > now - 60_000)
  const wanted = connectionsFor({
    commandsPerMinute: recent.length,
    meanSeconds: (meanMs(recent) ?? 0) / 1000,
    concurrentOperations:
      mine.reduce((sum, member) => sum + member.channels, 0) +
      waiting.filter((one) => one.target.serverId === target.serverId).length,
  })
  return Math.min(settings.connectionsPerHost, wanted)
}
