import { z } from 'zod'

/** A terminal that a command runs at: its size in characters, and what programs take it for. */
export const Terminal = z.object({
  columns: z.int().min(1).max(1_000).default(80),
  rows: z.int().min(1).max(1_000).default(24),
  term: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$/, 'the name of a terminal type, such as xterm-256color')
    .default('xterm-256color'),
})
export type Terminal = z.infer<typeof Terminal>
