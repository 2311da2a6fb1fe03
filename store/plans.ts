import { type RawBuilder, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Plan } from '../schema/plan.ts'
import { type Db, json } from './query.ts'

/** Plans as they were made: never changed, never deleted. */
export type Plans = {
  /** Saving the same plan again changes nothing; another plan under its id is an error. */
  save(plan: Plan): Promise<void>
  get(id: string): Promise<Plan | null>
  /** The newest plan of an operation. */
  ofOperation(operationId: string): Promise<Plan | null>
}

/** The module over one database. */
export function createPlans(db: Db): Plans {
  const one = async (rest: RawBuilder<unknown>): Promise<Plan | null> => {
    const { rows } = await sql<{ plan: Plan }>`select plan from plans ${rest}`.execute(db)
    return rows[0]?.plan ?? null
  }
  // A stored plan never changes, and each of its steps asks for it again.
  const known = new LRUCache<string, Plan>({ max: 50 })
  return {
    async save(plan) {
      await sql`insert into plans (id, operation, hash, plan) values (${plan.id}, ${plan.operation}, ${plan.hash}, ${json(plan)})
        on conflict (id) do nothing`.execute(db)
      const { rows } = await sql<{ hash: string }>`select hash from plans where id = ${plan.id}`.execute(db)
      if (rows[0]?.hash !== plan.hash) throw new Error(`another plan is stored as ${plan.id}`)
    },
    async get(id) {
      const plan = known.get(id) ?? (await one(sql`where id = ${id}`))
      if (plan !== null) known.set(id, plan)
      return plan
    },
    ofOperation: (operationId) => one(sql`where operation = ${operationId} order by created_at desc limit 1`),
  }
}
