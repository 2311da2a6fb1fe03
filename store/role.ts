import { type Client, DatabaseError } from 'pg'
import type { Logger } from 'pino'

/** The role as which the application acts: it may not change or delete what is only ever added. */
export const applicationRole = 'drydock_app'

const appendOnly = ['operation_audit', 'events', 'plans', 'confirmation_attempts', 'approval_uses', 'security_audits']
const readOnly = ['migrations', 'migration_checksums']

/** Makes the role where this user may; elsewhere the triggers alone hold the rows. */
export async function grantToApplication(client: Client, log?: Logger): Promise<void> {
  if (!(await ensureRole(client, log))) return
  await client.query(`
    grant usage on schema drydock to ${applicationRole};
    grant select, insert, update, delete on all tables in schema drydock to ${applicationRole};
    grant usage on all sequences in schema drydock to ${applicationRole};
  `)
  // An older backup is restored into the tables of its time, which may not be all of them.
  const { rows } = await client.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'drydock'",
  )
  for (const { name } of rows) {
    const revoked = readOnly.includes(name) ? 'insert, update, delete, truncate' : 'update, delete, truncate'
    if (readOnly.includes(name) || appendOnly.includes(name))
      await client.query(`revoke ${revoked} on drydock.${name} from ${applicationRole}`)
  }
}

async function ensureRole(client: Client, log?: Logger): Promise<boolean> {
  const roles = 'select from pg_roles where rolname = $1'
  const member = "select pg_has_role(current_user, $1, 'member') as is"
  try {
    if (!(await client.query(roles, [applicationRole])).rowCount) {
      await client.query(`create role ${applicationRole} nologin`)
    }
    if (!(await client.query(member, [applicationRole])).rows[0].is) {
      await client.query(`grant ${applicationRole} to current_user`)
    }
    return true
  } catch (error) {
    // Roles belong to the whole server: another database's migration may make it at this very moment.
    if (isCode(error, '23505', '42710')) return true
    if (!isCode(error, '42501')) throw error
    log?.info(`this database user may not make the role ${applicationRole}: the application acts as its owner`)
    return false
  }
}

/** Whether this connection may act as the application's role in this database. */
export async function mayActAsApplication(client: Client): Promise<boolean> {
  try {
    await client.query(`begin; set local role ${applicationRole}; select from drydock.servers limit 0; commit`)
    return true
  } catch (error) {
    await client.query('rollback')
    if (isCode(error, '42501', '22023', '42704')) return false
    throw error
  }
}

const isCode = (error: unknown, ...codes: string[]) =>
  error instanceof DatabaseError && codes.includes(error.code ?? '')
