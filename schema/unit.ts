import { z } from 'zod'
import { UnitName } from './lockdown.ts'

/** Whose systemd: that of the machine, or the application user's own. */
export const UnitScope = z.enum(['system', 'user'])
export type UnitScope = z.infer<typeof UnitScope>

/** What can be done to a unit. `reload` restarts a unit that cannot reload, and starts one that does not run. */
export const UnitVerb = z.enum(['start', 'stop', 'restart', 'reload', 'enable', 'disable'])
export type UnitVerb = z.infer<typeof UnitVerb>

/** Body of a service action (spec SVC-1, SVC-5). */
export const UnitActionSettings = z.object({
  service: UnitName.describe('A unit of systemd; without a suffix, a service'),
  action: UnitVerb,
  scope: UnitScope.default('system').describe("`user`: the application user's own systemd"),
  now: z.boolean().default(false).describe('With `enable`, start it too; with `disable`, stop it too'),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(60_000)
    .describe('How long it may take until the unit is in the state that is wanted'),
})
export type UnitActionSettings = z.infer<typeof UnitActionSettings>

const count = z.int().nonnegative()

/** A unit as systemd tells of it (spec SVC-2). Texts are systemd's own words. */
export const UnitStatus = z.object({
  unit: z.string(),
  description: z.string(),
  load: z.string(),
  active: z.string(),
  sub: z.string(),
  enabled: z.string().describe('`enabled`, `disabled`, `static`, `masked` and so on; empty where there is no file'),
  type: z.string().describe('Of a service: `simple`, `notify`, `oneshot` and so on; else empty'),
  result: z.string().describe('How it last ended: `success`, `exit-code`, `timeout` and so on'),
  exitStatus: z.int().nullable().describe('Of its last main process'),
  mainPid: count.nullable(),
  memoryBytes: count.nullable(),
  cpuMs: count.nullable(),
  restarts: count.describe('How often systemd itself has started it again'),
  since: z.iso.datetime().nullable().describe('Since when it is in this state'),
  path: z.string().nullable().describe('Its unit file'),
  dropIns: z.array(z.string()),
  canReload: z.boolean(),
  needsDaemonReload: z.boolean().describe('Its files have changed since systemd read them'),
})
export type UnitStatus = z.infer<typeof UnitStatus>

/** What a unit needs and what needs it, by name (spec SVC-6). */
export const UnitDependencies = z.object({
  requires: z.array(z.string()),
  wants: z.array(z.string()),
  requiredBy: z.array(z.string()).describe('These stop with it'),
  wantedBy: z.array(z.string()),
  before: z.array(z.string()),
  after: z.array(z.string()),
  triggeredBy: z.array(z.string()).describe('Sockets, timers and paths that start it'),
})
export type UnitDependencies = z.infer<typeof UnitDependencies>

export const UnitDetails = UnitStatus.extend({ dependencies: UnitDependencies })
export type UnitDetails = z.infer<typeof UnitDetails>

/** One row of the list of units. */
export const UnitRow = UnitStatus.pick({ unit: true, description: true, load: true, active: true, sub: true }).extend({
  enabled: z.string().describe('As of its file; empty where there is none'),
})
export type UnitRow = z.infer<typeof UnitRow>

/** What was seen of a unit when an operation on it ended. */
export const UnitOutcome = UnitStatus.pick({
  unit: true,
  active: true,
  sub: true,
  enabled: true,
  result: true,
  mainPid: true,
  restarts: true,
  since: true,
})
export type UnitOutcome = z.infer<typeof UnitOutcome>

const suffixes = /\.(service|socket|timer|path|mount|automount|swap|target|slice|scope|device)$/

/** A unit by its whole name, as systemd completes it. */
export const wholeUnitName = (name: string): string => (suffixes.test(name) ? name : `${name}.service`)
