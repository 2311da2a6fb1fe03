import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { Settings } from '../../../schema/settings.ts'
import { migrate, openStore } from '../../../store/index.ts'
import { createEmptyDatabase } from '../../support/database.ts'
import { addServer, startOperation } from '../../support/operations.ts'

const settings = Settings.parse({}).database

// The restricted role is there already and belongs to the superuser: neither user may act as it.
test.each(['nocreaterole', 'createrole'])(
  'an ordinary user with %s works as the owner, and rows are still only ever added',
  async (may) => {
    const { url, drop } = await createEmptyDatabase()
    const user = `u_${randomBytes(6).toString('hex')}`
    const database = new URL(url).pathname.slice(1)
    const admin = new Client({ connectionString: url })
    await admin.connect()
    await admin.query(`create role ${user} login password 'pw' ${may}; alter database ${database} owner to ${user}`)
    const theirs = new URL(url)
    theirs.username = user
    theirs.password = 'pw'

    await migrate(theirs.href)
    const store = await openStore({ url: theirs.href, masterKey: randomBytes(32), settings })
    try {
      const operation = await startOperation(store, await addServer(store))
      expect(await store.operations.get(operation.id)).toEqual(operation)
      await expect(store.pool.query('delete from events')).rejects.toThrow(/are only ever added/)
    } finally {
      await store.close()
      await admin.query(`reassign owned by ${user} to current_user; drop owned by ${user}; drop role ${user}`)
      await admin.end()
      await drop()
    }
  },
)
