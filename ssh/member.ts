import type { CommandCategory } from '../schema/command.ts'
import type { Link } from './link.ts'
import type { HostProbe } from './probe.ts'
import type { ConnectionReport, Target } from './types.ts'

type Ran = { readonly category: CommandCategory; readonly at: number; readonly ms: number; readonly failed: boolean }

/** One pooled connection and what we know of it. */
export type Member = {
  readonly key: string
  readonly target: Target
  readonly link: Link
  readonly openedAt: number
  channels: number
  /** Channels it may have at once: lowered when the host refuses one. */
  cap: number
  /** Gets no new channels, and is ended when its last one has closed. */
  retiring: boolean
  checking: boolean
  useCount: number
  lastUsed: number
  lastCheck: number | null
  /** The last 20 commands. */
  recent: Ran[]
  /** What each identity on this connection offers, asked once. */
  readonly probes: Map<string, Promise<HostProbe>>
}

export const createMember = (key: string, target: Target, link: Link, cap: number, now: number): Member => ({
  key,
  target,
  link,
  openedAt: now,
  channels: 0,
  cap,
  retiring: false,
  checking: false,
  useCount: 0,
  lastUsed: now,
  lastCheck: null,
  recent: [],
  probes: new Map(),
})

export function remember(member: Member, ran: Ran): void {
  member.recent.push(ran)
  if (member.recent.length > 20) member.recent.shift()
}

export const hasRoom = (member: Member): boolean =>
  !member.retiring && !member.checking && member.link.isOpen() && member.channels < member.cap

/** It gets no new channels, and is ended when its last one has closed. */
export function retire(member: Member): void {
  member.retiring = true
  endIfDone(member)
}

/** A connection is never ended while a channel is open on it. */
export function endIfDone(member: Member): void {
  if (member.retiring && member.channels === 0) void member.link.end()
}

/** Prefers a connection whose last three commands were of the same kind, else the one unused for longest (spec SSH-8). */
export function preferred(members: readonly Member[], category: CommandCategory): Member | undefined {
  const same = members.filter((member) => {
    const lastThree = member.recent.slice(-3)
    return lastThree.length === 3 && lastThree.every((ran) => ran.category === category)
  })
  const from = same.length > 0 ? same : members
  return from.reduce<Member | undefined>(
    (best, member) => (!best || member.lastUsed < best.lastUsed ? member : best),
    undefined,
  )
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

export const meanMs = (recent: readonly Ran[]): number | null => mean(recent.map((ran) => ran.ms))
export const errorRate = (recent: readonly Ran[]): number => mean(recent.map((ran) => (ran.failed ? 1 : 0))) ?? 0

export const reportOf = (member: Member, now: number): ConnectionReport => ({
  key: member.key,
  id: member.link.id,
  serverId: member.target.serverId,
  user: member.target.login.user,
  healthy: member.link.isOpen() && !member.retiring,
  channels: member.channels,
  lastUsed: new Date(member.lastUsed),
  lastCheck: member.lastCheck === null ? null : new Date(member.lastCheck),
  useCount: member.useCount,
  responseMs: meanMs(member.recent),
  errorRate: errorRate(member.recent),
  ageMs: now - member.openedAt,
  categories: member.recent.map((ran) => ran.category),
})
