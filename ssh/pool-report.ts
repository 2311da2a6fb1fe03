import { errorRate, type Member, meanMs, reportOf } from './member.ts'
import type { PoolReport } from './types.ts'

/** The pool's figures as spec API-9 names them. */
export function poolReport(o: {
  members: readonly Member[]
  opening: number
  waiting: number
  lent: number
  created: number
  lastCleanUp: number | null
}): PoolReport {
  const now = Date.now()
  const connections = o.members.map((member) => reportOf(member, now))
  const recent = o.members.flatMap((member) => member.recent)
  const active = connections.filter((one) => one.channels > 0).length
  const healthy = connections.filter((one) => one.healthy).length
  return {
    total: connections.length,
    healthy,
    unhealthy: connections.length - healthy,
    idle: connections.length - active,
    active,
    opening: o.opening,
    waiting: o.waiting,
    meanResponseMs: meanMs(recent),
    errorRate: errorRate(recent),
    reuseRate: o.lent === 0 ? null : Math.max(0, (o.lent - o.created) / o.lent),
    lastCleanUp: o.lastCleanUp === null ? null : new Date(o.lastCleanUp),
    connections,
  }
}
