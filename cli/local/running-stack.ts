import type { Cli } from '../cli.ts'
import { readLocalStack } from '../connection.ts'

/** The URL of a local stack that runs and answers; null where none does. */
export async function runningStack(cli: Cli): Promise<string | null> {
  const local = readLocalStack(cli.around.env)
  if (local === null) return null
  const answers = await cli.around
    .fetch(`${local.url}/health`, { signal: AbortSignal.timeout(2_000) })
    .then((response) => response.ok)
    .catch(() => false)
  return answers ? local.url : null
}
