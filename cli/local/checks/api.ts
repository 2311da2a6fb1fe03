import type { Cli } from '../../cli.ts'
import { findConnection } from '../../connection.ts'
import { Failure } from '../../failure.ts'
import { readReadiness } from '../../health.ts'
import { type Check, failed, ok, warning } from './check.ts'

const advices: Readonly<Record<string, string>> = {
  temporal: 'Check temporal.address (TEMPORAL_ADDRESS) and that the server runs.',
  database: 'Check database.url (DATABASE_URL) and that PostgreSQL runs.',
  workers:
    'Start one; operations wait until it is there. Its log says why it ended: logs/worker.log in the data folder.',
}

/** The API and what it says of Temporal, the database and the workers. */
export async function checkApi(cli: Cli): Promise<Check[]> {
  const found = connectionOf(cli)
  if (!('url' in found)) return [found]
  try {
    const { checks } = await readReadiness(cli)
    return [
      ok('API', found.url),
      ...(await checkToken(cli)),
      ...checks.map(({ name, ok: isOk, detail }) =>
        isOk
          ? ok(`API: ${name}`, 'answers')
          : failed(`API: ${name}`, detail ?? 'does not answer', advices[name] ?? 'See the log of the API.'),
      ),
    ]
  } catch (error) {
    return [
      failed(
        'API',
        error instanceof Error ? error.message : String(error),
        'Start it with `drydock up`, or correct DRYDOCK_URL.',
      ),
    ]
  }
}

async function checkToken(cli: Cli): Promise<Check[]> {
  try {
    await cli.api().get('/v1/servers', { limit: 1 })
    return [ok('Token', 'is known')]
  } catch (error) {
    return [
      failed(
        'Token',
        error instanceof Error ? error.message : String(error),
        'Make one with `drydock token create`, or start `drydock up` again.',
      ),
    ]
  }
}

function connectionOf(cli: Cli): { url: string } | Check {
  try {
    return { url: findConnection(cli.around.env).url }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const advice = error.suggestions.join(' ')
    return error.code === 'NO_API'
      ? warning('API', 'none is named, and no local stack runs', advice)
      : failed('API', error.message, advice)
  }
}
