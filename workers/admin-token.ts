import type { Logger } from 'pino'
import type { Settings } from '../schema/settings.ts'
import { openStore, type Store } from '../store/index.ts'
import type { Home } from './paths.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

const name = 'local-admin'

/** Makes sure that the installation's own admin token exists and is valid. Its file is 0600; it is never printed. */
export async function adminToken(o: {
  url: string
  masterKey: Uint8Array
  home: Home
  settings: Settings
  log: Logger
}): Promise<void> {
  const settings = { ...o.settings.database, poolSize: 1 }
  const store = await openStore({ url: o.url, masterKey: o.masterKey, settings, log: o.log })
  try {
    const kept = readPrivateFile(o.home.token)?.trim()
    if (kept !== undefined && (await store.tokens.verify(kept)) !== null) return
    writePrivateFile(o.home.token, `${await createAdminToken(store)}\n`)
  } finally {
    await store.close()
  }
}

/** A new admin token of the installation itself. One of that name belongs to a token that was lost: it is revoked. */
export async function createAdminToken(store: Store): Promise<string> {
  await store.tokens.revoke(name)
  const made = await store.tokens.create({ name, role: 'admin', kind: 'person' })
  if (made.kind === 'name_taken') throw new Error(`A token named ${name} could not be replaced.`)
  return made.token
}
