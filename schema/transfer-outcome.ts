import { z } from 'zod'

/** What a transfer brought over. */
export const TransferOutcome = z.object({
  /** Where on the server, without links. */
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  bytesPerSecond: z.int().nullable().describe('null where nothing had to be sent'),
  resumedAt: z.int().describe('The offset at which the last attempt went on'),
})
export type TransferOutcome = z.infer<typeof TransferOutcome>
