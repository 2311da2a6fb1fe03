import { sql } from 'kysely'
import type { Actor } from '../schema/identity.ts'
import type { Envelope } from './envelope.ts'
import { type Db, withTransaction } from './query.ts'

/** What may be told of a stored secret. */
export type SecretEntry = {
  name: string
  /** Every version that can still be revealed, oldest first. */
  versions: { version: number; createdAt: string; createdBy: string }[]
}

/** Sealed values by name; each `put` makes a new version and the old ones stay until the name is removed. */
export type Secrets = {
  put(o: { name: string; value: string; actor: Actor }): Promise<{ name: string; version: number }>
  /** The newest version unless one is named; null when there is none. */
  reveal(o: { name: string; version?: number }): Promise<{ value: string; version: number } | null>
  list(): Promise<SecretEntry[]>
  /** Which of these names hold a value, and whether a server's log-in refers to it. */
  uses(names: readonly string[]): Promise<{ name: string; isLogin: boolean }[]>
  /** Version numbers go on where they stopped: a reference to a removed version never finds another's value. */
  remove(name: string): Promise<boolean>
}

const identity = (name: string, version: number) => `secret_versions/${name}/${version}`

/** The module over one database and one master key. */
export function createSecrets(db: Db, envelope: Envelope): Secrets {
  return {
    put({ name, value, actor }) {
      return withTransaction(db, async (tx) => {
        const { last_version: version } = await tx
          .insertInto('secret_names')
          .values({ name, last_version: 1 })
          .onConflict((c) => c.column('name').doUpdateSet({ last_version: sql`secret_names.last_version + 1` }))
          .returning('last_version')
          .executeTakeFirstOrThrow()
        const sealed = envelope.seal(identity(name, version), value)
        await tx.insertInto('secret_versions').values({ name, version, sealed, created_by: actor.name }).execute()
        return { name, version }
      })
    },

    async reveal({ name, version }) {
      let query = db.selectFrom('secret_versions').select(['version', 'sealed']).where('name', '=', name)
      if (version !== undefined) query = query.where('version', '=', version)
      const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
      return row ? { value: envelope.open(identity(name, row.version), row.sealed), version: row.version } : null
    },

    async list() {
      const { rows } = await sql<SecretEntry>`
        select name, jsonb_agg(jsonb_build_object('version', version, 'createdAt', iso(created_at), 'createdBy', created_by) order by version) as versions
        from secret_versions group by name order by name`.execute(db)
      return rows
    },

    async uses(names) {
      const { rows } = await sql<{ name: string; isLogin: boolean }>`
        select distinct v.name, exists (
          select from servers s where s.removed_at is null and jsonb_path_exists(
            jsonb_build_array(s.root, s.app, s.jump),
            '$.**{1 to last} ? (@.kind == "stored" && @.name == $name)', jsonb_build_object('name', v.name))) as "isLogin"
        from secret_versions v where v.name = any(${names})`.execute(db)
      return rows
    },

    async remove(name) {
      const { numDeletedRows } = await db.deleteFrom('secret_versions').where('name', '=', name).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}
