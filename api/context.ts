import type { IncomingMessage } from 'node:http'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Client } from '@temporalio/client'
import type { Context } from 'hono'
import type { Logger } from 'pino'
import type { Actor } from '../schema/identity.ts'
import type { PoolReport } from '../schema/pool.ts'
import type { Settings } from '../schema/settings.ts'
import type { Store } from '../store/index.ts'
import type { Gate } from './authorise.ts'
import type { EventHub } from './event-hub.ts'

/** The configuration in force as it may be shown, by key: secrets cut, and where each value came from (spec CFG-8). */
export type EffectiveSettingsDump = Readonly<Record<string, { readonly value: unknown; readonly source: string }>>

/** What the API is wired with. */
export type ApiDeps = {
  readonly store: Store
  readonly temporal: Client
  readonly settings: Settings
  readonly log: Logger
  readonly effectiveSettings: () => EffectiveSettingsDump
  /** The connection pools of the workers that report; empty while none does. */
  readonly poolReports: () => Promise<readonly PoolReport[]>
}

/** What routes work with: what was wired, and what one API process shares. */
export type Deps = ApiDeps & {
  readonly hub: EventHub
  /** Whether any worker polls a task queue. */
  readonly workerPolls: (taskQueue: string) => Promise<boolean>
  /** Whether Temporal knows our search attributes; false from the first refusal on. */
  readonly search: { known: boolean }
}

export type Env = {
  Bindings: { incoming?: IncomingMessage }
  Variables: {
    correlationId: string
    startedAt: number
    gate: Gate
    store: Store
    maxBodyBytes: number
    log: Logger
    /** Set by the authoriser; routes for anyone have none. */
    actor?: Actor
    /** What the audit record of this request says beside the route's own words. */
    audit: { parameters?: Record<string, unknown>; serverId?: string; operationId?: string; done?: boolean }
  }
}
export type Api = OpenAPIHono<Env>
export type Request = Context<Env>

/** Who asks. Only routes behind the authoriser may ask this. */
export function actorOf(c: Request): Actor {
  const actor = c.get('actor')
  if (!actor) throw new Error('a route without an authoriser asked for its actor')
  return actor
}
