import { z } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Api, Deps, Env } from './context.ts'
import { summarisePools } from './pool.ts'
import { json, route } from './route.ts'

const alive = route({
  method: 'get',
  path: '/health',
  role: 'anyone',
  tags: ['observability'],
  summary: 'Whether this process is alive',
  responses: { 200: json(z.object({ status: z.literal('alive') }).openapi('Alive'), 'It is') },
})

const Readiness = z
  .object({
    ready: z.boolean(),
    checks: z.array(
      z.object({ name: z.enum(['temporal', 'database', 'workers']), ok: z.boolean(), detail: z.string().nullable() }),
    ),
  })
  .openapi('Ready')

const ready = route({
  method: 'get',
  path: '/ready',
  role: 'anyone',
  tags: ['observability'],
  summary: 'Whether Temporal, PostgreSQL and at least one worker are there',
  responses: { 200: json(Readiness, 'All are there'), 503: json(Readiness, 'Something is missing') },
})

const metrics = route({
  method: 'get',
  path: '/metrics',
  role: 'viewer',
  tags: ['observability'],
  summary: 'Figures for Prometheus',
  responses: { 200: { description: 'Prometheus text format', content: { 'text/plain': { schema: z.string() } } } },
})

/** Whether it lives, whether it can work, and its figures (spec API-23). */
export function health(app: Api, deps: Deps, figures: Figures): void {
  app.openapi(alive, (c) => c.json({ status: 'alive' as const }, 200))

  app.openapi(ready, async (c) => {
    const checks = await Promise.all([
      check('temporal', async () => void (await deps.temporal.workflowService.getSystemInfo({}))),
      check('database', async () => void (await deps.store.pool.query('select 1'))),
      check('workers', async () => {
        const { taskQueue } = deps.settings.temporal
        if (!(await deps.workerPolls(taskQueue))) throw new Error(`no worker polls task queue "${taskQueue}"`)
      }),
    ])
    const isReady = checks.every(({ ok }) => ok)
    const body = { ready: isReady, checks }
    return isReady ? c.json(body, 200) : c.json(body, 503)
  })

  app.openapi(metrics, async (c) => {
    const pools = summarisePools(await deps.poolReports())
    figures.connections.set({ state: 'idle' }, pools.idle)
    figures.connections.set({ state: 'active' }, pools.active)
    figures.connections.set({ state: 'unhealthy' }, pools.unhealthy)
    return c.text(await figures.registry.metrics(), 200, { 'content-type': figures.registry.contentType })
  })
}

type Check = z.infer<typeof Readiness>['checks'][number]

/** Tells nobody more than that it is away: this route asks for no token. */
async function check(name: Check['name'], ask: () => Promise<void>): Promise<Check> {
  const limit = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('no answer within 3 s')), 3_000).unref(),
  )
  try {
    await Promise.race([ask(), limit])
    return { name, ok: true, detail: null }
  } catch {
    return { name, ok: false, detail: 'does not answer, or none is there' }
  }
}

export type Figures = {
  readonly registry: Registry
  readonly requests: Histogram
  readonly failures: Counter
  readonly connections: Gauge
}

/** The figures of one API process, in a registry of its own, so that several may live in one process. */
export function createFigures(): Figures {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'drydock_http_request_duration_seconds',
      help: 'Time to answer',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    failures: new Counter({ name: 'drydock_http_errors_total', help: 'Answers with 500 or above', registers }),
    connections: new Gauge({
      name: 'drydock_ssh_connections',
      help: "SSH connections of all workers' pools",
      labelNames: ['state'],
      registers,
    }),
  }
}

export const measured = (figures: Figures) =>
  createMiddleware<Env>(async function measure(c, next) {
    const stop = figures.requests.startTimer({ method: c.req.method })
    await next()
    stop({ route: matchedRoute(c), status: String(c.res.status) })
    if (c.res.status >= 500) figures.failures.inc()
  })

/** The route's pattern and never the path: a label for each server would never end. */
const matchedRoute = (c: { req: { routePath: string } }): string => c.req.routePath
