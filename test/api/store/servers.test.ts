import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NewServer } from '../../../schema/server.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, alice, startOperation, succeeded } from '../../support/operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const hostKey = { type: 'ssh-ed25519', blob: 'AAAA', fingerprint: `SHA256:${'A'.repeat(43)}` }

test('a server is read as it was registered, by name and by id; the application logs in like root unless told otherwise', async () => {
  const { servers } = database.store
  const asked = NewServer.parse({
    name: 'full-1',
    hostname: '2001:db8::7',
    port: 2222,
    root: { user: 'admin', authentication: { method: 'password', password: { kind: 'env', variable: 'PW' } } },
    services: ['nginx'],
    serviceDependencies: { nginx: ['php'] },
    tags: ['web', 'eu:west'],
    metadata: { rack: 3, note: null },
  })
  const { kind, server } = await servers.add({ server: asked, hostKeys: [hostKey], actor: alice })
  expect(kind).toBe('added')
  expect(server).toMatchObject({
    ...asked,
    hostKeys: [hostKey],
    app: { ...asked.root, user: 'app' },
    setupComplete: false,
  })
  expect(await servers.get('full-1')).toEqual(server)
  expect(await servers.get(server.id)).toEqual(server)
})

test('servers are found by the host that their way leads through', async () => {
  const { servers } = database.store
  const login = { user: 'ops', authentication: { method: 'agent' } }
  const through = async (name: string, jump?: object): Promise<void> => {
    const server = NewServer.parse({
      name,
      hostname: '192.0.2.9',
      root: login,
      ...(jump === undefined ? {} : { jump }),
    })
    await servers.add({ server, hostKeys: [hostKey], actor: alice })
  }
  await through('behind-2', { hostname: '192.0.2.7', login })
  await through('behind-1', { hostname: '192.0.2.7', login })
  await through('beside-1', { hostname: '192.0.2.7', port: 2222, login })
  await through('before-1')
  const found = await servers.reachedThrough({ hostname: '192.0.2.7', port: 22 })
  expect(found.map(({ name }) => name)).toEqual(['behind-1', 'behind-2'])
})

test('a name is taken once; the answer shows by whom', async () => {
  const first = await addServer(database.store, 'taken-1')
  const again = NewServer.parse({ name: 'taken-1', hostname: 'other', root: first.root })
  const answer = await database.store.servers.add({ server: again, hostKeys: [], actor: alice })
  expect(answer).toMatchObject({ kind: 'name_taken', server: { id: first.id, hostname: first.hostname } })
})

test('only what is given is changed', async () => {
  const { servers } = database.store
  const before = await addServer(database.store)
  const answer = await servers.change(before.id, { tags: ['db'], alternatePort: 2200 })
  expect(answer).toMatchObject({
    kind: 'changed',
    server: { ...before, tags: ['db'], alternatePort: 2200, updatedAt: expect.any(String) },
  })
  const other = await addServer(database.store)
  expect(await servers.change(other.id, { name: before.name })).toMatchObject({
    kind: 'name_taken',
    server: { id: before.id },
  })
  expect(await servers.change(newId(), { tags: [] })).toEqual({ kind: 'not_found' })
})

test('keys, flags and the address are changed by their own doors', async () => {
  const { servers } = database.store
  const { id } = await addServer(database.store)
  await servers.pinHostKeys(id, [hostKey])
  await servers.setFlags(id, { setupComplete: true })
  await servers.setLastKnownIp(id, '192.0.2.99')
  expect(await servers.get(id)).toMatchObject({
    hostKeys: [hostKey],
    setupComplete: true,
    securityLocked: false,
    lastKnownIp: '192.0.2.99',
  })
})

test('a server with an open operation is not removed; afterwards its name is free and its operations still name it', async () => {
  const { servers, operations } = database.store
  const server = await addServer(database.store, 'going-1')
  const operation = await startOperation(database.store, server)
  expect(await servers.remove(server.id)).toEqual({ kind: 'in_use', operationId: operation.id })
  await operations.end(operation.id, succeeded)
  expect(await servers.remove(server.id)).toEqual({ kind: 'removed' })
  expect(await servers.remove(server.id)).toEqual({ kind: 'not_found' })
  expect(await servers.get('going-1')).toBeNull()
  expect(await operations.get(operation.id)).toMatchObject({ server: { name: 'going-1' } })
  expect((await addServer(database.store, 'going-1')).id).not.toBe(server.id)
})

test('servers are listed by name, filter and page, and close names are suggested', async () => {
  const { servers } = database.store
  for (const name of ['list-a', 'list-b', 'list-c']) {
    const server = await addServer(database.store, name)
    await servers.change(server.id, {
      tags: name === 'list-b' ? ['listed', 'odd'] : ['listed'],
      environment: 'staging',
    })
  }
  const names = async (o: Parameters<typeof servers.list>[0]) => (await servers.list(o)).map((server) => server.name)
  expect(await names({ tag: 'listed', limit: 2 })).toEqual(['list-a', 'list-b'])
  expect(await names({ tag: 'listed', limit: 2, after: 'list-b' })).toEqual(['list-c'])
  expect(await names({ tag: 'odd', environment: 'staging', limit: 9 })).toEqual(['list-b'])
  expect(await servers.suggest('lsit-a')).toContain('list-a')
  expect(await servers.suggest('zzzzzzzzzzz')).toEqual([])
})
