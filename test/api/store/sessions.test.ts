import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NewSession } from '../../../schema/session.ts'
import type { Store } from '../../../store/index.ts'
import { createTestDatabase } from '../../support/database.ts'
import { addServer, newOperation } from '../../support/operations.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let store: Store
beforeAll(async () => {
  database = await createTestDatabase()
  store = database.store
})
afterAll(() => database.drop())

const opening = (serverId: string, change: object = {}, idempotencyKey?: string) => ({
  serverId,
  session: NewSession.parse({ name: 'deploy', ...change }),
  createdBy: 'alice',
  idempotencyKey,
})

async function opened(serverId: string, change: object = {}) {
  const answer = await store.sessions.open(opening(serverId, change))
  if (answer.kind !== 'opened') throw new Error(answer.kind)
  return answer.session
}

describe('a session', () => {
  it('is one, however many open it at once under a name, or send the same request again', async () => {
    const { id } = await addServer(store)
    const kinds = async (key?: () => string) =>
      (await Promise.all(Array.from({ length: 8 }, () => store.sessions.open(opening(id, {}, key?.())))))
        .map(({ kind }) => kind)
        .toSorted()
    expect(await kinds(randomUUID)).toEqual([...Array.from({ length: 7 }, () => 'name_taken'), 'opened'])
    const [session] = await store.sessions.list({ serverId: id, limit: 10 })
    await store.sessions.close(session?.id ?? '')
    expect(await kinds(() => 'one key')).toEqual(['opened', ...Array.from({ length: 7 }, () => 'repeated')])
  })

  it('loses no change of several at once', async () => {
    const { id } = await opened((await addServer(store)).id)
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.sessions.change(id, { env: { [`V${index}`]: String(index) } })),
    )
    const env = (await store.sessions.change(id, {}))?.env ?? {}
    expect(Object.keys(env)).toHaveLength(10)
  })

  it('that is closed either has refused a command that came meanwhile, or names it', async () => {
    const server = await addServer(store)
    const seen = new Set<string>()
    for (let round = 0; round < 30; round++) {
      const session = await opened(server.id)
      const operation = newOperation(server, { session, input: { session: { id: session.id, name: session.name } } })
      const [made, closed] = await Promise.all([store.operations.create(operation), store.sessions.close(session.id)])
      const wasMade = 'created' in made
      seen.add(wasMade ? 'made' : made.conflict)
      expect(closed?.open.map(({ id }) => id)).toEqual(wasMade ? [operation.id] : [])
    }
    expect([...seen].filter((outcome) => !/^(made|session_closed)$/.test(outcome))).toEqual([])
    expect(await store.sessions.change((await opened(server.id)).id, { cwd: '/srv' })).toMatchObject({ cwd: '/srv' })
  })
})
