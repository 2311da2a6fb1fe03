import { z } from 'zod'

const Counts = z.record(z.string(), z.int().nonnegative())

/** What the guard stopped and what became of it (spec GUARD-31). An approval that names several action types counts for each. */
export const GuardReport = z.object({
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  /** Approvals that were asked for. */
  asked: z.int().nonnegative(),
  /** Commands that nobody could confirm, because of the state of their host. */
  denied: z.int().nonnegative(),
  wrongPhrases: z.int().nonnegative(),
  byAction: Counts,
  byServer: Counts,
  byDevice: Counts,
  byRequester: Counts,
  byConfirmer: Counts,
  byRisk: Counts,
  byOutcome: Counts,
  /** From the question to the confirmation, of what was confirmed; null where nothing was. */
  timeToConfirm: z
    .object({ medianMs: z.int().nonnegative(), p95Ms: z.int().nonnegative(), longestMs: z.int().nonnegative() })
    .nullable(),
})
export type GuardReport = z.infer<typeof GuardReport>
