import { type RawBuilder, sql } from 'kysely'
import type { Application } from '../schema/application.ts'
import type { StoredRelease } from '../schema/deployment.ts'
import { type Db, json, text } from './query.ts'

export type NewRelease = {
  readonly operationId: string
  readonly serverId: string
  readonly release: string
  readonly definition: Application
}

type Place = { readonly application: string; readonly serverId: string }

/** Releases that came to serve: written once a deployment or a rollback has ended well, never changed. */
export type Releases = {
  /** Recording it again changes nothing. */
  record(o: NewRelease): Promise<void>
  /** The one that serves. */
  active(o: Place): Promise<StoredRelease | null>
  /** Each time that one came to serve, newest first. */
  list(o: { application: string; serverId?: string; limit: number }): Promise<StoredRelease[]>
  /** The newest by its name or its version. */
  find(o: Place & { wanted: string }): Promise<StoredRelease | null>
  /** Names of those that have served there, the last one first, each once. */
  known(o: Place): Promise<string[]>
}

const at = ({ application, serverId }: Place) =>
  sql`where application = ${text(application)} and server_id = ${serverId}`

/** The module over one database. */
export function createReleases(db: Db): Releases {
  const select = async (rest: RawBuilder<unknown>): Promise<StoredRelease[]> => {
    const { rows } = await sql<{
      release: StoredRelease
    }>`select release_json(r) as release from releases r ${rest}`.execute(db)
    return rows.map((row) => row.release)
  }
  return {
    async record({ operationId, serverId, release, definition }) {
      await sql`
        insert into releases (operation_id, server_id, application, release, version, sha256, definition)
        values (${operationId}, ${serverId}, ${definition.name}, ${release}, ${definition.version ?? null},
          ${definition.artifact.sha256 ?? null}, ${json(definition)}) on conflict (operation_id) do nothing`.execute(db)
    },

    async active(o) {
      return (await select(sql`${at(o)} order by operation_id desc limit 1`))[0] ?? null
    },

    list: ({ application, serverId, limit }) =>
      select(sql`where application = ${text(application)} and (${serverId ?? null}::uuid is null or server_id = ${serverId ?? null})
        order by operation_id desc limit ${limit}`),

    async find({ wanted, ...o }) {
      const found = await select(
        sql`${at(o)} and (release = ${text(wanted)} or version = ${text(wanted)}) order by operation_id desc limit 1`,
      )
      return found[0] ?? null
    },

    async known(o) {
      const { rows } = await sql<{ release: string }>`
        select release from releases ${at(o)} group by release order by max(operation_id::text) desc limit 1000`.execute(
        db,
      )
      return rows.map(({ release }) => release)
    },
  }
}
