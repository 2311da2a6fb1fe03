import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { backup } from '../store/backup.ts'
import { migrate } from '../store/index.ts'
import { restore } from '../store/restore.ts'
import { loadMasterKey } from './master-key.ts'
import { homeOf } from './paths.ts'
import { startPostgres } from './postgres.ts'
import { writePrivateFile } from './private-file.ts'
import type { EffectiveSettings } from './settings.ts'

type Installation = { effective: EffectiveSettings; env: NodeJS.ProcessEnv; log: Logger }

/** The configured database, or the local stack's own, which is started for the time of the work where it does not run. */
async function withDatabase<T>({ effective, env, log }: Installation, work: (url: string) => Promise<T>): Promise<T> {
  const { settings } = effective
  if (settings.database.url !== undefined) return work(settings.database.url)
  const postgres = await startPostgres({ dataDir: homeOf(settings, env).postgres, log })
  try {
    return await work(postgres.url)
  } finally {
    // One that was running before belongs to a stack that goes on.
    if (!postgres.adopted) await postgres.stop()
  }
}

/** Database and master key of this installation into one file that opens every secret. */
export const backUp = (o: Installation & { to: string }): Promise<{ rows: number }> =>
  withDatabase(o, (url) => {
    const masterKey = loadMasterKey({ file: homeOf(o.effective.settings, o.env).masterKey, env: o.env, create: false })
    return backup({ url, masterKey, to: o.to })
  })

/** Brings both back. The master key of the backup takes the place of the installation's own, which is kept beside it. */
export const bringBack = (o: Installation & { from: string; existing: 'refuse' | 'replace' }) =>
  withDatabase(o, async (url) => {
    const { masterKey, rows } = await restore({ from: o.from, url, existing: o.existing, log: o.log })
    const path = homeOf(o.effective.settings, o.env).masterKey
    const before = existsSync(path) ? loadMasterKey({ file: path, env: {}, create: false }) : null
    const isNew = before === null || !Buffer.from(before).equals(Buffer.from(masterKey))
    const keptAt = before !== null && isNew ? `${path}.before-restore` : null
    if (before !== null && keptAt !== null) writePrivateFile(keptAt, `${Buffer.from(before).toString('base64')}\n`)
    if (isNew) writePrivateFile(path, `${Buffer.from(masterKey).toString('base64')}\n`)
    return { rows, masterKeyPath: path, keptAt }
  })

/** Brings the schema of the database up to date. */
export const migrateDatabase = (o: Installation) => withDatabase(o, (url) => migrate(url, o.log))
