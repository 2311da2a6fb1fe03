import { z } from '@hono/zod-openapi'
import { PoolReport } from '../schema/pool.ts'
import type { Api, Deps } from './context.ts'
import { outside, present } from './present.ts'
import { json, route } from './route.ts'

/** All workers' pools together. */
export const PoolSummary = PoolReport.omit({ worker: true, at: true, connections: true })
const Pools = z.object({ summary: PoolSummary, workers: z.array(PoolReport) })

const show = route({
  method: 'get',
  path: '/v1/pool',
  role: 'viewer',
  tags: ['observability'],
  summary: "The workers' SSH connection pools, together and one by one",
  responses: { 200: json(outside(Pools, 'Pools'), 'The pools as the workers last reported them') },
})

/** Pool figures (spec API-9). */
export function pool(app: Api, deps: Deps): void {
  app.openapi(show, async (c) => {
    const workers = [...(await deps.poolReports())]
    return c.json(present(Pools, { summary: summarisePools(workers), workers }), 200)
  })
}

export function summarisePools(reports: readonly PoolReport[]): z.infer<typeof PoolSummary> {
  const sum = (of: (report: PoolReport) => number): number => reports.reduce((total, report) => total + of(report), 0)
  const answering = reports.filter((report) => report.meanResponseMs !== null)
  const cleanUps = reports.flatMap((report) => report.lastCleanUp ?? []).toSorted()
  return {
    total: sum((report) => report.total),
    healthy: sum((report) => report.healthy),
    unhealthy: sum((report) => report.unhealthy),
    idle: sum((report) => report.idle),
    active: sum((report) => report.active),
    waiting: sum((report) => report.waiting),
    meanResponseMs: answering.length ? sum((report) => report.meanResponseMs ?? 0) / answering.length : null,
    errorRate: reports.length ? sum((report) => report.errorRate) / reports.length : 0,
    lastCleanUp: cleanUps.at(-1) ?? null,
  }
}
