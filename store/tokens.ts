import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as newId } from 'uuid'
import type { Actor, Role } from '../schema/identity.ts'
import { type Db, isUuid } from './query.ts'

export type TokenEntry = {
  id: string
  name: string
  role: Role
  kind: 'person' | 'agent'
  createdAt: string
  lastUsedAt: string | null
  revokedAt: string | null
}

/** Bearer tokens: only their SHA-256 is stored. */
export type Tokens = {
  /** `token` is shown this once. */
  create(o: {
    name: string
    role: Role
    kind: 'person' | 'agent'
  }): Promise<{ kind: 'created'; id: string; token: string } | { kind: 'name_taken' }>
  verify(token: string): Promise<(Pick<Actor, 'name' | 'role'> & { kind: 'person' | 'agent'; id: string }) | null>
  list(): Promise<TokenEntry[]>
  /** By name or id; false when there is none that is valid. */
  revoke(nameOrId: string): Promise<boolean>
}

// 256 random bits need no slow hash: there is nothing to guess at.
const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** The module over one database. */
export function createTokens(db: Db): Tokens {
  return {
    async create({ name, role, kind }) {
      const id = newId()
      const token = `dd_${randomBytes(32).toString('base64url')}`
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('api_tokens')
        .values({ id, name, role, kind, hash: hashOf(token) })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows ? { kind: 'created', id, token } : { kind: 'name_taken' }
    },

    async verify(token) {
      // The use is written down at most once a minute, so that reading stays reading.
      const { rows } = await sql<Pick<TokenEntry, 'id' | 'name' | 'role' | 'kind'>>`
        with t as (select * from api_tokens where hash = ${hashOf(token)} and revoked_at is null),
          used as (update api_tokens a set last_used_at = now() from t
            where a.id = t.id and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute'))
        select id, name, role, kind from t`.execute(db)
      return rows[0] ?? null
    },

    async list() {
      const { rows } = await sql<TokenEntry>`
        select id, name, role, kind, iso(created_at) as "createdAt", iso(last_used_at) as "lastUsedAt", iso(revoked_at) as "revokedAt"
        from api_tokens order by name, created_at`.execute(db)
      return rows
    },

    async revoke(nameOrId) {
      const { numUpdatedRows } = await db
        .updateTable('api_tokens')
        .set({ revoked_at: sql`now()` })
        .where(isUuid(nameOrId) ? 'id' : 'name', '=', nameOrId)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}
