import { z } from 'zod'

/** What may be sent to the processes of a running command. */
export const Signal = z.enum(['TERM', 'KILL'])
export type Signal = z.infer<typeof Signal>
