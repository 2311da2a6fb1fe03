import { Client } from 'pg'
import { type Check, failed, ok, warning } from './check.ts'

const clockDriftMs = 2_000

/** PostgreSQL: answers, how new, TimescaleDB, and whether its clock is ours, since it keeps the deadlines of approvals. */
export async function checkDatabase(url: string): Promise<Check[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const asked = Date.now()
    const { rows } = await client.query<{ version: string; timescale: string | null; available: boolean; now: Date }>(
      `select current_setting('server_version') as version, clock_timestamp() as now,
        (select extversion from pg_extension where extname = 'timescaledb') as timescale,
        exists (select from pg_available_extensions where name = 'timescaledb') as available`,
    )
    const [row] = rows
    if (row === undefined) return [failed('Database', 'gave no answer', 'Look at its log.')]
    const halfWay = (asked + Date.now()) / 2
    return [ok('Database', `PostgreSQL ${row.version}`), timescaleOf(row), clockOf(row.now.getTime() - halfWay)]
  } catch (error) {
    const advice = 'Check database.url (DATABASE_URL), that PostgreSQL runs, and that it lets us in.'
    return [failed('Database', error instanceof Error ? error.message : String(error), advice)]
  } finally {
    await client.end().catch(() => {})
  }
}

function timescaleOf({ timescale, available }: { timescale: string | null; available: boolean }): Check {
  const name = 'TimescaleDB'
  if (timescale !== null) return ok(name, timescale)
  if (available)
    return warning(
      name,
      'installed, and not switched on in this database',
      'Run `create extension timescaledb` as its superuser, then `drydock migrate`.',
    )
  return ok(name, 'not there: plain tables are used, which is enough for hundreds of servers')
}

export function clockOf(driftMs: number): Check {
  const name = 'Clock'
  const shown = `${Math.abs(Math.round(driftMs))} ms ${driftMs > 0 ? 'behind' : 'ahead of'} the database`
  if (Math.abs(driftMs) < clockDriftMs) return ok(name, shown)
  return failed(name, shown, 'Switch on time synchronisation on both machines (`timedatectl set-ntp true`).')
}
