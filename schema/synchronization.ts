import { z } from 'zod'
import { FilePatterns } from './file-patterns.ts'

/** What a directory must be so that its entries can be brought over: a path in it, without `..`, in names that can be shown. */
export const EntryPath = z
  .string()
  .max(4_000)
  .regex(
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    /^(?!\.{1,2}(\/|$))[^/\x00-\x1f\x7f]+(?:\/(?!\.{1,2}(\/|$))[^/\x00-\x1f\x7f]+)*$/,
    'a path in the directory, without "..", "//" or control characters',
  )

/** What is told of a directory that is brought over. */
export const synchronizationChoice = {
  ...FilePatterns,
  delete: z.boolean().default(false).describe('Delete what the source does not have; a person is asked first'),
}

/** What a directory on this side has, as the worker is told it: files with their hashes, and folders. */
export const LocalTree = z
  .array(z.object({ path: EntryPath, bytes: z.int().min(0), sha256: z.string().nullable() }))
  .max(100_000)
export type LocalTree = z.infer<typeof LocalTree>

/** How many files a synchronisation has brought where, and how many bytes travelled. */
export const SynchronizationOutcome = z.object({
  /** Where on the server, without links. */
  path: z.string(),
  added: z.int(),
  changed: z.int(),
  deleted: z.int(),
  skipped: z.int().describe('The same on both sides already'),
  failed: z.int(),
  bytes: z.int().describe('Of the files that differed'),
})
export type SynchronizationOutcome = z.infer<typeof SynchronizationOutcome>
