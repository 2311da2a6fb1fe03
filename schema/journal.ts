import { z } from 'zod'
import { UnitName } from './lockdown.ts'
import { UnitScope } from './unit.ts'

const moment = z.iso.datetime({ offset: true }).refine((time) => Number.isFinite(Date.parse(time)), 'a time')

/** syslog's own names, from the most to the least pressing. */
export const JournalPriority = z.enum(['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'])

/** What of a unit's journal is read (spec SVC-3). */
export const JournalSettings = z.object({
  scope: UnitScope.default('system'),
  lines: z.int().min(1).max(10_000).default(100).describe('The last so many; with `follow`, before what comes'),
  since: moment.optional(),
  until: moment.optional(),
  priority: JournalPriority.optional().describe('Only lines as pressing as this, or more'),
  format: z
    .enum(['text', 'json'])
    .default('text')
    .describe("`json`: each line is an object with the journal's own fields"),
  follow: z.boolean().default(false).describe('Go on with what is written from now on'),
  followMs: z.int().min(1_000).max(86_400_000).default(3_600_000).describe('With `follow`, for how long'),
})
export type JournalSettings = z.infer<typeof JournalSettings>

/** The same with the unit that it is about. */
export const JournalRequest = JournalSettings.extend({ service: UnitName })
export type JournalRequest = z.infer<typeof JournalRequest>
