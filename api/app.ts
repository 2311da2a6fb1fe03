import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { z } from 'zod'
import { applications } from './applications.ts'
import { approvals } from './approvals.ts'
import { assessment } from './assessment.ts'
import { auditTrail } from './audit-trail.ts'
import { audits } from './audits.ts'
import { createGate } from './authorise.ts'
import { commands } from './commands.ts'
import { connectionTests } from './connection-tests.ts'
import type { Api, ApiDeps, Deps, Env } from './context.ts'
import { correlation } from './correlation.ts'
import { debug } from './debug.ts'
import { docs, docsPolicy } from './docs.ts'
import { createEventHub } from './event-hub.ts'
import { events } from './events.ts'
import { fleetOperations } from './fleet-operations.ts'
import { guardReports } from './guard-report.ts'
import { createFigures, health, measured } from './health.ts'
import { hostKeys } from './host-keys.ts'
import { journals } from './journals.ts'
import { keyRotations } from './key-rotations.ts'
import { lockdownReverts } from './lockdown-reverts.ts'
import { lockdowns } from './lockdowns.ts'
import { methodsOf } from './methods.ts'
import { monitoring } from './monitoring.ts'
import { operationRollbacks } from './operation-rollbacks.ts'
import { operationSignals } from './operation-signals.ts'
import { operations } from './operations.ts'
import { output } from './output.ts'
import { pool } from './pool.ts'
import { answerProblem, notFound, Refusal } from './problem.ts'
import { prerequisites } from './prerequisites.ts'
import { rateLimit } from './rate-limit.ts'
import { readinessOfServers } from './readiness.ts'
import { resumptions } from './resumptions.ts'
import { secrets } from './secrets.ts'
import { servers } from './servers.ts'
import { sessions } from './sessions.ts'
import { setups } from './setups.ts'
import { tokens } from './tokens.ts'
import { transfers } from './transfers.ts'
import { unitActions } from './unit-actions.ts'
import { unitDefinitions } from './unit-definitions.ts'
import { units } from './units.ts'
import { uploads } from './uploads.ts'
import { createWorkerPresence } from './worker-presence.ts'

/** The application with what it holds open: `close` ends event streams and the listening connection. */
export type RunningApp = Api & { close(): Promise<void> }

/** The HTTP API: validates, authorises, starts, signals or queries workflows, reads the store. */
export function createApi(wired: ApiDeps): RunningApp {
  const hub = createEventHub({ events: wired.store.events, log: wired.log })
  const deps: Deps = {
    ...wired,
    hub,
    workerPolls: createWorkerPresence(wired.temporal),
    search: { known: true },
  }
  const figures = createFigures()
  const app: Api = new OpenAPIHono<Env>({ defaultHook: refuseInvalid })
  const methods = methodsOf(app)
  app.onError(answerProblem)
  app.notFound((c) => answerProblem(whyNotFound(c, methods), c))
  surround(app, deps, figures)
  for (const noun of [
    servers,
    hostKeys,
    connectionTests,
    readinessOfServers,
    setups,
    lockdowns,
    lockdownReverts,
    keyRotations,
    transfers,
    uploads,
    audits,
    assessment,
    monitoring,
    applications,
    prerequisites,
    units,
    unitActions,
    unitDefinitions,
    journals,
    commands,
    sessions,
    fleetOperations,
    operations,
    resumptions,
    events,
    output,
    approvals,
    guardReports,
    operationRollbacks,
    operationSignals,
    auditTrail,
    tokens,
    secrets,
    pool,
    debug,
  ]) {
    noun(app, deps)
  }
  health(app, deps, figures)
  docs(app)
  return Object.assign(app, { close: () => hub.close() })
}

/** What every request passes, in this order. */
function surround(app: Api, { settings, store, log }: Deps, figures: ReturnType<typeof createFigures>): void {
  const gate = createGate(store)
  app.use(correlation(log))
  app.use(measured(figures))
  app.use('/docs', docsPolicy)
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } }))
  if (settings.api.corsOrigins.length > 0) app.use(cors({ origin: settings.api.corsOrigins, credentials: false }))
  app.use(rateLimit(settings.api.requestsPerMinute))
  app.use(
    createMiddleware<Env>(async function equip(c, next) {
      c.set('gate', gate)
      c.set('store', store)
      c.set('maxBodyBytes', settings.api.maxBodyBytes)
      await next()
    }),
  )
}

type Checked = { target: string } & ({ success: true } | { success: false; error: z.ZodError })

/** Every field that is wrong, at once: its name, what is wrong, what is expected. */
function refuseInvalid(result: Checked): void {
  if (result.success) return
  const issues = result.error.issues.map((issue) => ({
    field: issue.path.length > 0 ? issue.path.map(String).join('.') : result.target,
    problem: whatIsWrong(issue),
  }))
  throw new Refusal(422, 'VALIDATION_FAILED', issues.map(({ field, problem }) => `${field}: ${problem}`).join('; '), {
    issues,
    suggestion: 'GET /openapi.json describes what each request takes.',
  })
}

/** Of a name in a record, what is wrong with the name. */
const whatIsWrong = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message

function whyNotFound(c: Context<Env>, methods: ReturnType<typeof methodsOf>): Refusal {
  const allowed = methods.of(c.req.path)
  if (allowed.length === 0) return notFound(`There is nothing at ${c.req.path}.`, 'GET /docs shows what there is.')
  return new Refusal(405, 'METHOD_NOT_ALLOWED', `${c.req.method} is not possible at ${c.req.path}.`, {
    suggestion: `Possible: ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  })
}
