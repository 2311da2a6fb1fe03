import type { Logger } from 'pino'
import type { Settings } from '../schema/settings.ts'
import { openStore } from '../store/index.ts'
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
  const store = await openStore({
    url: o.url,
    masterKey: o.masterKey,
    settings: { ...o.settings.database, poolSize: 1 },
    log: o.log,
  })
  try {
    const kept = readPrivateFile(o.home.token)?.trim()
    if (kept !== undefined && (await store.tokens.verify(kept)) !== null) return
    // A name that is taken belongs to a token whose file was lost: nobody can use it any more.
    for (const lost of (await store.tokens.list()).filter((entry) => entry.name === name))
      await store.tokens.revoke(lost.id)
    const made = await store.tokens.create({ name, role: 'admin', kind: 'person' })
    if (made.kind === 'name_taken') throw new Error(`A token named ${name} could not be replaced.`)
    writePrivateFile(o.home.token, `${made.token}\n`)
  } finally {
    await store.close()
  }
}
