import type { Call } from '../reading/call.ts'
import { printed } from '../reading/output.ts'

/** The text that a call writes to the files it is sent to, as far as the script tells. */
export const writtenText = (call: Call): string | null =>
  call.name === 'tee' || call.redirects.length > 0
    ? printed({ name: call.name, args: call.name === 'tee' ? [] : call.args, stdin: call.stdin?.read() ?? null })
    : null
