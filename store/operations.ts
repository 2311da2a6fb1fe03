import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../schema/identity.ts'
import type {
  OperationKind,
  OperationResult,
  OperationState,
  OperationStatus,
  WaitReason,
} from '../schema/operation.ts'
import type { Server } from '../schema/server.ts'
import type { Envelope } from './envelope.ts'
import type { Ticket } from './locks.ts'
import { masked } from './mask.ts'
import { call, type Db, isUuid, json, jsonText } from './query.ts'

/** A stored operation: what is answered about it, and what its workflow was started with. */
export type Operation = OperationStatus & { title: string; input: unknown; requestedBy: Actor }

export type NewOperation = {
  id: string
  kind: OperationKind
  server: { id: string } | null
  title: string
  requester: Actor
  correlationId: string
  workflowId: string
  /** JSON without secrets. */
  input: unknown
  /** Text that must not lie open, such as the command as it was typed; read again by `reveal`. */
  sealed?: string
  resumes?: string
  parent?: string
  /** Scoped to the requester. */
  idempotencyKey?: string
  /** The session that `input` names; no operation is made in one that is closed. */
  session?: { id: string }
  /** What makes the request the same one, where that is not what is stored of it. */
  asked?: string
  /** Refuse while an operation of the same kind is open on the server. */
  exclusive?: boolean
}

export type CreateAnswer =
  | { created: true; operation: Operation }
  | { created: false; operation: Operation }
  | { conflict: 'idempotency_key_reused' | 'session_closed' }
  | { conflict: 'already_running'; operation: Operation }

/** What activities need of an operation; `server` is null where it was removed or never was one, `begunSteps` are those with runs. */
export type OperationAtWork = {
  operation: Operation
  server: Server | null
  sealed: string | null
  begunSteps: string[]
}

/** What ending an operation did: `false` where it had already ended, with the end that stands. */
export type EndAnswer = { ended: boolean; operation: Operation; next: Ticket | null }

/** The jobs that were started. Every change of state appends an event in the same transaction. */
export type Operations = {
  /** One round trip: the operation, its event 1 and the beginning of its audit record. */
  create(o: NewOperation): Promise<CreateAnswer>
  get(id: string): Promise<Operation | null>
  /** One round trip: the operation, its server and its sealed text. */
  atWork(id: string): Promise<OperationAtWork | null>
  /** The sealed text of `create`; null when there was none. */
  reveal(id: string): Promise<string | null>
  /** Newest first; `before` is the last id of the page before. */
  list(o: {
    server?: string
    kind?: OperationKind
    state?: OperationState
    parent?: string
    /** The name of an application. */
    application?: string
    /** The id of a session. */
    session?: string
    limit: number
    before?: string
  }): Promise<Operation[]>
  openFor(o: { serverId: string; kind?: OperationKind }): Promise<Operation | null>
  /** The oldest one, or the oldest before another, that brings this application to any of these servers, alone or as the parent of several. */
  openDeployment(o: { application: string; serverIds: readonly string[]; before?: string }): Promise<Operation | null>
  /** Never overwrites an end: answers false there. */
  setState(
    id: string,
    o: { state: OperationState; reason?: WaitReason | null; detail?: string | null; since?: string },
  ): Promise<boolean>
  /** The first end stands. One transaction: state, final event, audit record, open approvals cancelled, lock left. */
  end(id: string, result: OperationResult): Promise<EndAnswer>
  /** For the sweeper: everything without an end. */
  openOperations(): Promise<Operation[]>
  /** Of these ids, the ones that have ended. */
  finishedBefore(ids: readonly string[]): Promise<string[]>
}

const sealedIn = (id: string) => `operations/${id}`

/** The module over one database and one master key. */
export function createOperations(db: Db, envelope: Envelope): Operations {
  const select = async (rest: RawBuilder<unknown>): Promise<Operation[]> => {
    const { rows } = await sql<{
      operation: Operation
    }>`select operation_json(o) as operation from operations o ${rest}`.execute(db)
    return rows.map((row) => row.operation)
  }

  return {
    async create(o) {
      const { sealed, session, asked: _, ...open } = o
      const box = sealed === undefined ? null : envelope.seal(sealedIn(o.id), sealed)
      const digest = envelope.fingerprint(bodyOf(o))
      const record = { ...open, parameters: masked(o.input) }
      for (;;) {
        const created =
          session === undefined
            ? sql<Created>`create_operation(${json(record)}, ${box}, ${digest})`
            : sql<Created>`create_operation_in(${session.id}, ${json(record)}, ${box}, ${digest})`
        const answer = await call(db, created)
        switch (answer.outcome) {
          case 'created':
            return { created: true, operation: answer.operation }
          case 'repeated':
            return { created: false, operation: answer.operation }
          case 'already_running':
            return { conflict: 'already_running', operation: answer.operation }
          case 'idempotency_key_reused':
          case 'session_closed':
            return { conflict: answer.outcome }
          case 'again':
            continue
        }
      }
    },

    async get(id) {
      return isUuid(id) ? ((await select(sql`where id = ${id}`))[0] ?? null) : null
    },

    async atWork(id) {
      if (!isUuid(id)) return null
      const { rows } = await sql<Omit<OperationAtWork, 'sealed'> & { sealed: Buffer | null }>`
        select operation_json(o) as operation, o.sealed, case when s.id is not null then server_json(s) end as server,
          array(select distinct r.step_id from runs r where r.operation_id = o.id) as "begunSteps"
        from operations o left join servers s on s.id = o.server_id and s.removed_at is null where o.id = ${id}`.execute(
        db,
      )
      const row = rows[0]
      if (row === undefined) return null
      return { ...row, sealed: row.sealed === null ? null : envelope.open(sealedIn(id), row.sealed) }
    },

    async reveal(id) {
      const row = await db.selectFrom('operations').select('sealed').where('id', '=', id).executeTakeFirst()
      return row?.sealed ? envelope.open(sealedIn(id), row.sealed) : null
    },

    list({ server, kind, state, parent, application, session, limit, before }) {
      return select(sql`where (${server ?? null}::uuid is null or server_id = ${server ?? null})
        and (${kind ?? null}::text is null or kind = ${kind ?? null})
        and (${state ?? null}::text is null or state = ${state ?? null})
        and (${parent ?? null}::uuid is null or parent = ${parent ?? null})
        and (${application ?? null}::text is null or input #>> '{settings,application}' = ${application ?? null})
        and (${session ?? null}::text is null or input #>> '{session,id}' = ${session ?? null})
        and (${before ?? null}::uuid is null or id < ${before ?? null})
        order by id desc limit ${limit}`)
    },

    async openFor({ serverId, kind }) {
      const open = await select(sql`where server_id = ${serverId} and ended_at is null
        and (${kind ?? null}::text is null or kind = ${kind ?? null}) order by id limit 1`)
      return open[0] ?? null
    },

    async openDeployment({ application, serverIds, before = null }) {
      const open = await select(sql`where ended_at is null and kind in ('deployment', 'rollback', 'fleet')
        and (${before}::uuid is null or id < ${before})
        and input #>> '{settings,application}' = ${application}
        and (server_id = any(${serverIds}::uuid[])
          or exists (select from jsonb_array_elements(input -> 'servers') s where s ->> 'id' = any(${serverIds}::text[])))
        order by id limit 1`)
      return open[0] ?? null
    },

    setState(id, { state, reason = null, detail = null, since }) {
      const message = [state, reason, detail].filter(Boolean).join(': ')
      return call(db, sql<boolean>`set_operation_state(${id}, ${json({ state, reason, detail, since, message })})`)
    },

    end: (id, result) => call(db, sql<EndAnswer>`end_operation(${id}, ${json(result)})`),

    openOperations: () => select(sql`where ended_at is null order by id`),

    async finishedBefore(ids) {
      const { rows } = await sql<{ id: string }>`
        select id from operations where id = any(${ids}::uuid[]) and ended_at is not null`.execute(db)
      return rows.map((row) => row.id)
    },
  }
}

type Created =
  | { outcome: 'created' | 'repeated' | 'already_running'; operation: Operation }
  | { outcome: 'idempotency_key_reused' | 'session_closed' | 'again' }

/** What makes a request the same one: everything but what is made anew at each try. */
const bodyOf = (o: NewOperation) =>
  jsonText([o.kind, o.server?.id, ...(o.asked === undefined ? [o.input, o.sealed] : [o.asked]), o.resumes, o.parent])
