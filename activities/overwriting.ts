import { writeOver } from '../commands/transfer.ts'
import { assess } from '../guard/index.ts'
import type { Server } from '../schema/server.ts'
import { guardRefused } from './failures.ts'

/** What the guard makes of writing over the file at a path: null where it lets that pass; a refusal where nobody may. */
export function judgeWritingOver(server: Server, path: string): string | null {
  const { script } = writeOver(path)
  const { deviceType: device, environment } = server
  const { verdict, summary } = assess({ command: script, device, environment, server })
  if (verdict === 'deny') throw guardRefused(summary)
  return verdict === 'allow' ? null : summary
}
