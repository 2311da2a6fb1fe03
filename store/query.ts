import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { DatabaseError } from 'pg'
import type { Database } from './tables.ts'

export type Db = Kysely<Database>

/** JSON as PostgreSQL takes it: jsonb refuses NUL and lone surrogates, which hosts do print; they become U+FFFD. */
export const json = (value: unknown): RawBuilder<unknown> => sql`${jsonText(value)}::jsonb`

export const jsonText = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD') : part,
  )

/** Text as PostgreSQL takes it. */
export const text = (value: string): string => value.replaceAll('\0', '\uFFFD')

/**
 * Calls one function of `migrations/` and gives what it answers: one round trip, one transaction. `soon` does not wait
 * for the disk: what it wrote reaches the disk before anything that is committed after it, or is lost together with all
 * of that where the database's machine loses power. Only for what a retry finds out again from the host.
 */
export async function call<Answer>(
  db: Db,
  expression: RawBuilder<Answer>,
  o: { durable: 'now' | 'soon' } = { durable: 'now' },
): Promise<Answer> {
  const statement =
    o.durable === 'soon'
      ? sql<{ answer: Answer }>`select ${expression} as answer, set_config('synchronous_commit', 'off', true)`
      : sql<{ answer: Answer }>`select ${expression} as answer`
  const { rows } = await retried(() => statement.execute(db))
  const row = rows[0]
  if (row === undefined) throw new Error('the database answered nothing')
  return row.answer
}

/** Runs `work` in a transaction that ends with it, and again where PostgreSQL broke it off for the sake of another. */
export function withTransaction<T>(db: Db, work: (tx: Transaction<Database>) => Promise<T>): Promise<T> {
  return retried(() => db.transaction().execute(work))
}

const tries = 5
// serialization_failure, deadlock_detected
const brokenOff = new Set(['40001', '40P01'])

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === tries || !(error instanceof DatabaseError) || !brokenOff.has(error.code ?? '')) throw error
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * (5 + Math.random() * 10)))
    }
  }
}

/** Whether PostgreSQL refused a row because one like it is there. */
export const isDuplicate = (error: unknown): boolean => error instanceof DatabaseError && error.code === '23505'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Comparing a uuid column with other text is an error in PostgreSQL, not a mismatch. */
export const isUuid = (value: string): boolean => uuid.test(value)
