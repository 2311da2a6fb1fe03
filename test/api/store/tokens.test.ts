import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('a token opens until it is revoked, and the database holds only its hash', async () => {
  const { tokens, pool } = database.store
  const made = await tokens.create({ name: 'ci', role: 'operator', kind: 'agent' })
  if (made.kind !== 'created') throw new Error('not created')
  expect(await tokens.verify(made.token)).toEqual({ id: made.id, name: 'ci', role: 'operator', kind: 'agent' })
  expect(await tokens.verify(`${made.token}x`)).toBeNull()
  const { rows } = await pool.query('select * from api_tokens')
  expect(JSON.stringify(rows)).not.toContain(made.token)

  expect(await tokens.list()).toMatchObject([{ name: 'ci', lastUsedAt: expect.any(String), revokedAt: null }])
  expect(await tokens.revoke('ci')).toBe(true)
  expect(await tokens.revoke('ci')).toBe(false)
  expect(await tokens.verify(made.token)).toBeNull()
})

test('a name is taken until its token is revoked', async () => {
  const { tokens } = database.store
  const ask = { name: 'twice', role: 'viewer', kind: 'person' } as const
  const first = await tokens.create(ask)
  expect(await tokens.create(ask)).toEqual({ kind: 'name_taken' })
  if (first.kind === 'created') await tokens.revoke(first.id)
  expect(await tokens.create(ask)).toMatchObject({ kind: 'created' })
})

test('approvers are the people who may approve now', async () => {
  const { tokens, approvals } = database.store
  const operationId = newId()
  const { approvers: before } = await approvals.basis(operationId)
  await tokens.create({ name: 'p1', role: 'approver', kind: 'person' })
  await tokens.create({ name: 'p2', role: 'admin', kind: 'person' })
  await tokens.create({ name: 'p3', role: 'operator', kind: 'person' })
  await tokens.create({ name: 'bot', role: 'admin', kind: 'agent' })
  expect(await approvals.basis(operationId)).toEqual({ operation: null, seen: null, approvers: before + 2 })
})
