import type { Logger } from 'pino'
import type { Settings } from '../schema/settings.ts'
import { openStore } from '../store/index.ts'
import type { Home } from './paths.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

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
    const { token } = await store.tokens.create({ name: 'local-admin', role: 'admin', kind: 'person' })
    writePrivateFile(o.home.token, `${token}\n`)
  } finally {
    await store.close()
  }
}
