import { type RawBuilder, sql } from 'kysely'
import { v7 as newId } from 'uuid'
import { changed, type NewSession, type Session, type SessionChange } from '../schema/session.ts'
import type { Envelope } from './envelope.ts'
import type { Operation } from './operations.ts'
import { type Db, isDuplicate, json, jsonText, withTransaction } from './query.ts'

type Opening = {
  readonly serverId: string
  readonly session: NewSession
  readonly createdBy: string
  /** Scoped to who opens it. */
  readonly idempotencyKey?: string | undefined
}

export type OpenAnswer =
  | { readonly kind: 'opened' | 'repeated' | 'name_taken'; readonly session: Session }
  | { readonly kind: 'idempotency_key_reused' }

/** Named surroundings of commands. A server has one open session of a name; closed ones stay as they were. */
export type Sessions = {
  open(o: Opening): Promise<OpenAnswer>
  /** The open one of this name, else the one that was closed last. */
  get(o: { serverId: string; name: string }): Promise<Session | null>
  /** Newest first; `before` is the last id of the page before. */
  list(o: { serverId: string; state?: Session['state']; limit: number; before?: string }): Promise<Session[]>
  /** Null where it is not open. */
  change(id: string, change: SessionChange): Promise<Session | null>
  /** From now on no operation is made in it; `open` are those that have not ended. Null where there is no such session. */
  close(id: string): Promise<{ readonly session: Session; readonly open: readonly Operation[] } | null>
}

type Row = { session: Omit<Session, 'env'>; sealed: Buffer }

const sealedIn = (id: string) => `sessions/${id}`

/** The module over one database and one master key. */
export function createSessions(db: Db, envelope: Envelope): Sessions {
  const opened = ({ session, sealed }: Row): Session => ({
    ...session,
    env: JSON.parse(envelope.open(sealedIn(session.id), sealed)),
  })
  const select = async (rest: RawBuilder<unknown>, on: Db = db): Promise<Session[]> => {
    const { rows } = await sql<Row>`
      select session_json(s) as session, sealed_env as sealed from sessions s ${rest}`.execute(on)
    return rows.map(opened)
  }
  const newest = async ({ serverId, name }: { serverId: string; name: string }): Promise<Session | null> =>
    (
      await select(
        sql`where server_id = ${serverId} and name = ${name} order by closed_at is null desc, id desc limit 1`,
      )
    )[0] ?? null

  async function insert({ serverId, session, createdBy, idempotencyKey }: Opening): Promise<Session | null> {
    const id = newId()
    const { name, asRoot, cwd, env, secrets, terminal } = session
    const digest = digestOf(serverId, session)
    try {
      await sql`
        insert into sessions (id, server_id, name, as_root, cwd, secrets, terminal, sealed_env, created_by, idempotency_key, body_digest)
        values (${id}, ${serverId}, ${name}, ${asRoot}, ${cwd}, ${json(secrets)}, ${orNull(terminal)},
          ${envelope.seal(sealedIn(id), JSON.stringify(env))}, ${createdBy}, ${idempotencyKey ?? null}, ${digest})`.execute(
        db,
      )
    } catch (error) {
      if (isDuplicate(error)) return null
      throw error
    }
    return (await select(sql`where id = ${id}`))[0] ?? null
  }

  const digestOf = (serverId: string, session: NewSession): Buffer =>
    envelope.fingerprint(jsonText([serverId, session]))

  async function before(o: Opening): Promise<OpenAnswer | null> {
    if (o.idempotencyKey === undefined) return null
    const sameKey = sql`where created_by = ${o.createdBy} and idempotency_key = ${o.idempotencyKey}`
    const [first] = await select(sameKey)
    if (first === undefined) return null
    const [same] = await select(sql`${sameKey} and body_digest = ${digestOf(o.serverId, o.session)}`)
    return same === undefined ? { kind: 'idempotency_key_reused' } : { kind: 'repeated', session: same }
  }

  return {
    async open(o) {
      for (;;) {
        const answered = await before(o)
        if (answered !== null) return answered
        const session = await insert(o)
        if (session !== null) return { kind: 'opened', session }
        const holder = await newest({ serverId: o.serverId, name: o.session.name })
        // Else it was closed between the two statements, or the same key came twice at once.
        if (holder?.state === 'open' && (await before(o)) === null) return { kind: 'name_taken', session: holder }
      }
    },

    get: newest,

    list: ({ serverId, state, limit, before: last }) =>
      select(sql`where server_id = ${serverId}
        and (${state ?? null}::text is null or (closed_at is null) = (${state ?? null} = 'open'))
        and (${last ?? null}::uuid is null or id < ${last ?? null})
        order by id desc limit ${limit}`),

    change: (id, change) =>
      withTransaction(db, async (tx) => {
        const [session] = await select(sql`where id = ${id} and closed_at is null for update`, tx)
        if (session === undefined) return null
        const { cwd, env, secrets, terminal } = changed(session, change)
        await sql`update sessions set cwd = ${cwd}, secrets = ${json(secrets)}, terminal = ${orNull(terminal)},
          sealed_env = ${envelope.seal(sealedIn(id), JSON.stringify(env))} where id = ${id}`.execute(tx)
        return { ...session, cwd, env, secrets, terminal }
      }),

    async close(id) {
      await sql`update sessions set closed_at = now() where id = ${id} and closed_at is null`.execute(db)
      const { rows } = await sql<{ operation: Operation }>`
        select operation_json(o) as operation from operations o
        where input #>> '{session,id}' = ${id} and ended_at is null order by id`.execute(db)
      const [session] = await select(sql`where id = ${id}`)
      return session === undefined ? null : { session, open: rows.map(({ operation }) => operation) }
    },
  }
}

const orNull = (value: object | null): RawBuilder<unknown> => (value === null ? sql`null::jsonb` : json(value))
