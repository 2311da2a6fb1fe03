import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely'
import { v7 as newId } from 'uuid'
import type { Actor } from '../schema/identity.ts'
import type { HostKey, Login, NewServer, Server, ServerChange } from '../schema/server.ts'
import { closest } from './closest.ts'
import { type Db, isDuplicate, isUuid, json, jsonText, text, withTransaction } from './query.ts'
import type { Database } from './tables.ts'

type Logins = Pick<Server, 'root' | 'app'>

/** The hosts we manage. Names are unique among those not removed; `nameOrId` takes either. */
export type Servers = {
  add(o: {
    server: NewServer
    hostKeys: readonly HostKey[]
    actor: Actor
  }): Promise<{ kind: 'added'; server: Server } | { kind: 'name_taken'; server: Server }>
  get(nameOrId: string): Promise<Server | null>
  /** Names close to one that is not there, closest first. */
  suggest(name: string): Promise<string[]>
  /** In the order of names; `after` is the last name of the page before. */
  list(o: {
    tag?: string
    environment?: Server['environment']
    deviceType?: Server['deviceType']
    limit: number
    after?: string
  }): Promise<Server[]>
  /** Those whose way leads through a host at this address, in the order of names. */
  reachedThrough(host: Pick<Server, 'hostname' | 'port'>): Promise<Server[]>
  change(
    id: string,
    change: ServerChange,
  ): Promise<{ kind: 'changed'; server: Server } | { kind: 'not_found' } | { kind: 'name_taken'; server: Server }>
  /** Soft: the row stays for the audit trail. Refused while an operation is open on it. */
  remove(id: string): Promise<{ kind: 'removed' } | { kind: 'not_found' } | { kind: 'in_use'; operationId: string }>
  /** Only where both log-ins are still those that were seen: false where somebody has changed them since. */
  replaceLogins(o: { id: string; seen: Logins; by: Logins }): Promise<boolean>
  pinHostKeys(id: string, hostKeys: readonly HostKey[]): Promise<void>
  setFlags(id: string, flags: { setupComplete?: boolean; securityLocked?: boolean }): Promise<void>
  setLastKnownIp(id: string, address: string): Promise<void>
}

/** The module over one database. */
export function createServers(db: Db): Servers {
  const one = async (condition: RawBuilder<unknown>): Promise<Server | null> => {
    const { rows } = await sql<{ server: Server }>`
      select server_json(s) as server from servers s where removed_at is null and ${condition}`.execute(db)
    return rows[0]?.server ?? null
  }
  const byName = (name: string) => one(sql`name = ${text(name)}`)

  const get = async (nameOrId: string): Promise<Server | null> =>
    (isUuid(nameOrId) ? await one(sql`id = ${nameOrId}`) : null) ?? byName(nameOrId)

  return {
    async add({ server, hostKeys }) {
      const id = newId()
      const row = {
        ...columns({ ...server, app: server.app ?? { ...server.root, user: 'app' } }),
        id,
        host_keys: jsonText(hostKeys),
      }
      const inserted = await db
        .insertInto('servers')
        .values(row)
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      const there = await byName(server.name)
      if (there === null) throw new Error(`the server ${server.name} was removed while it was being added`)
      return { kind: inserted.numInsertedOrUpdatedRows === 1n ? 'added' : 'name_taken', server: there }
    },

    get,

    async suggest(name) {
      const { rows } = await sql<{ name: string }>`select name from servers where removed_at is null`.execute(db)
      return closest(
        name,
        rows.map((row) => row.name),
      )
    },

    async list({ tag, environment, deviceType, limit, after }) {
      const { rows } = await sql<{ server: Server }>`
        select server_json(s) as server from servers s where removed_at is null
          and (${tag ?? null}::text is null or tags @> array[${tag ?? null}::text])
          and (${environment ?? null}::text is null or environment = ${environment ?? null})
          and (${deviceType ?? null}::text is null or device_type = ${deviceType ?? null})
          and (${after ?? null}::text is null or name > ${after ?? null})
        order by name limit ${limit}`.execute(db)
      return rows.map((row) => row.server)
    },

    async reachedThrough({ hostname, port }) {
      const { rows } = await sql<{ server: Server }>`
        select server_json(s) as server from servers s where removed_at is null
          and jump ->> 'hostname' = ${text(hostname)} and (jump ->> 'port')::int = ${port}
        order by name`.execute(db)
      return rows.map((row) => row.server)
    },

    async change(id, change) {
      try {
        const { numUpdatedRows } = await db
          .updateTable('servers')
          .set({ ...columns(change), updated_at: sql`now()` })
          .where('id', '=', id)
          .where('removed_at', 'is', null)
          .executeTakeFirst()
        const server = numUpdatedRows ? await get(id) : null
        return server ? { kind: 'changed', server } : { kind: 'not_found' }
      } catch (error) {
        const taken = isDuplicate(error) && change.name !== undefined ? await byName(change.name) : null
        if (taken === null) throw error
        return { kind: 'name_taken', server: taken }
      }
    },

    async remove(id) {
      return withTransaction(db, async (tx) => {
        const server = await sql`select from servers where id = ${id} and removed_at is null for update`.execute(tx)
        if (server.rows.length === 0) return { kind: 'not_found' }
        const open = await tx
          .selectFrom('operations')
          .select('id')
          .where('server_id', '=', id)
          .where('ended_at', 'is', null)
          .limit(1)
          .executeTakeFirst()
        if (open) return { kind: 'in_use', operationId: open.id }
        await tx.updateTable('servers').set({ removed_at: sql`now()` }).where('id', '=', id).execute()
        return { kind: 'removed' }
      })
    },

    async replaceLogins({ id, seen, by }) {
      const { numAffectedRows } = await sql`
        update servers set root = ${json(by.root)}, app = ${json(by.app)}, updated_at = now()
        where id = ${id} and removed_at is null and root = ${json(seen.root)} and app = ${json(seen.app)}`.execute(db)
      return numAffectedRows === 1n
    },

    async pinHostKeys(id, hostKeys) {
      await update(db, id, { host_keys: jsonText(hostKeys) })
    },

    async setFlags(id, { setupComplete, securityLocked }) {
      await update(db, id, { setup_complete: setupComplete, security_locked: securityLocked })
    },

    async setLastKnownIp(id, address) {
      await update(db, id, { last_known_ip: address })
    },
  }
}

async function update(db: Db, id: string, set: Updateable<Database['servers']>): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('servers')
    .set({ ...set, updated_at: sql`now()` })
    .where('id', '=', id)
    .executeTakeFirst()
  if (!numUpdatedRows) throw new Error(`there is no server ${id}`)
}

/** Only what is given: `undefined` leaves a column as it is. A whole server gives every column that has no default. */
function columns(server: NewServer & { app: Login }): Omit<Insertable<Database['servers']>, 'id' | 'host_keys'>
function columns(server: ServerChange): Updateable<Database['servers']>
function columns(server: ServerChange): Updateable<Database['servers']> {
  return {
    name: server.name,
    hostname: server.hostname,
    port: server.port,
    alternate_port: server.alternatePort,
    root: asJson(server.root),
    app: asJson(server.app),
    jump: server.jump === null ? null : asJson(server.jump),
    device_type: server.deviceType,
    environment: server.environment,
    services: asJson(server.services),
    service_dependencies: asJson(server.serviceDependencies),
    tags: server.tags,
    metadata: asJson(server.metadata),
    monitoring_interval_ms: server.monitoringIntervalMs,
    maintenance: server.maintenance,
    // The reason is that of this maintenance, and ends with it.
    maintenance_reason: server.maintenance === undefined ? undefined : (server.maintenanceReason ?? null),
  }
}

const asJson = (value: unknown) => (value === undefined ? undefined : jsonText(value))
