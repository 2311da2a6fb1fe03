import { z } from 'zod'
import { Id } from './identity.ts'
import { inMaintenance, type Server, ServerRef } from './server.ts'

/** What a deployment needs, one by one. */
export const PrerequisiteKind = z.enum([
  'setup',
  'lockdown',
  'maintenance',
  'standstill',
  'deployment',
  'connection',
  'permissions',
  'storage',
  'place',
  'tools',
  'services',
  'guard',
])
export type PrerequisiteKind = z.infer<typeof PrerequisiteKind>

/** One thing that was looked at; what is not so says why, and what to do. */
export const Prerequisite = z.object({
  kind: PrerequisiteKind,
  result: z.enum(['passed', 'warning', 'failed', 'unknown']).describe('`unknown`: it could not be looked at'),
  because: z.string().describe('What is so, in a sentence'),
  next: z.string().nullable().describe('What to do where it is not as it should be'),
})
export type Prerequisite = z.infer<typeof Prerequisite>

const known = z.boolean().nullable()

/** Whether a deployment of an application would be begun on a server now (spec DEPLOY-7). Null: it could not be looked at. */
export const Prerequisites = z.object({
  application: z.string(),
  server: ServerRef,
  valid: z.boolean().describe('Nothing stands in the way'),
  serverReady: known.describe('Set up, not in maintenance, not in the middle of something'),
  connectionHealthy: known,
  storageAvailable: known,
  servicesRunning: known.describe('The units that it needs are there, and so is its proxy'),
  permissionsValid: known.describe('The log-in can become root'),
  issues: z.array(z.string()).describe('What has to be mended first'),
  warnings: z.array(z.string()),
  checks: z.array(Prerequisite),
  running: Id.nullable().describe('The operation that brings this application there now'),
  at: z.iso.datetime(),
})
export type Prerequisites = z.infer<typeof Prerequisites>

type Recorded = Pick<Server, 'name' | 'setupComplete' | 'securityLocked' | 'maintenance' | 'maintenanceReason'>

export const passed = (kind: PrerequisiteKind, because: string): Prerequisite => ({
  kind,
  result: 'passed',
  because,
  next: null,
})
export const failed = (kind: PrerequisiteKind, because: string, next: string): Prerequisite => ({
  kind,
  result: 'failed',
  because,
  next,
})

/** What the registry knows of it: set up, locked, in maintenance. */
export function prerequisitesInRecord(server: Recorded): Prerequisite[] {
  const { name } = server
  return [
    server.setupComplete
      ? passed('setup', `${name} is set up.`)
      : failed('setup', `${name} is not set up yet.`, `Set it up: \`drydock setup ${name}\`.`),
    server.securityLocked
      ? passed('lockdown', `${name} is locked down.`)
      : {
          kind: 'lockdown',
          result: 'warning',
          because: `${name} is not locked down yet.`,
          next: `Lock it down: \`drydock lockdown ${name}\`.`,
        },
    server.maintenance
      ? failed(
          'maintenance',
          `${name} is ${inMaintenance(server)}.`,
          `Wait for its end, or end it: \`drydock server maintenance ${name} --off\`.`,
        )
      : passed('maintenance', `${name} is not in maintenance.`),
  ]
}
