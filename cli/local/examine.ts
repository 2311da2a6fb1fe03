import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { homeOf } from '../../workers/paths.ts'
import { checkApi } from './checks/api.ts'
import { type Check, failed, ok } from './checks/check.ts'
import { checkDatabase } from './checks/database.ts'
import { checkAgent, checkHome, checkKeyFile, checkMasterKey, checkUsualKeys } from './checks/files.ts'
import { checkLab, checkNode, checkTemporalBinary } from './checks/machine.ts'
import type { Cli } from '../cli.ts'
import { readLocalStack } from '../connection.ts'
import { Failure } from '../failure.ts'
import { settingsOf } from './settings.ts'

/** Every look that `drydock doctor` takes; none of them changes anything. */
export async function examine(cli: Cli, config: string | undefined): Promise<Check[]> {
  const { env } = cli.around
  const settings = settingsOrCheck(env, config)
  const found = await Promise.all([
    'state' in settings ? [settings] : checkInstallation(env, settings),
    checkUsualKeys(),
    checkAgent(env.SSH_AUTH_SOCK),
    checkApi(cli),
    checkLab(),
  ])
  return [checkNode(), ...found.flat()]
}

type Loaded = ReturnType<typeof settingsOf>

function settingsOrCheck(env: NodeJS.ProcessEnv, file: string | undefined): Loaded | Check {
  try {
    return settingsOf({ env, file })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return failed('Configuration', [error.message, ...error.details].join(' '), error.suggestions.join(' '))
  }
}

async function checkInstallation(env: NodeJS.ProcessEnv, { settings, file }: Loaded): Promise<Check[]> {
  const home = homeOf(settings, env)
  const database = settings.database.url ?? localDatabase(env, home.runtimeSettings)
  const keyPath = settings.ssh.keyPath
  return [
    ok('Configuration', file ?? 'no file: environment and defaults'),
    await checkHome(home.root),
    await checkMasterKey(home.masterKey),
    ...(settings.temporal.address === undefined ? [checkTemporalBinary(env)] : []),
    ...(keyPath === undefined ? [] : [await checkKeyFile(keyPath, 'ssh.keyPath')]),
    ...(database === null ? [ok('Database', 'embedded: started by `drydock up`')] : await checkDatabase(database)),
  ]
}

const Runtime = z.looseObject({ database: z.looseObject({ url: z.string() }) })

/** Where the database of the local stack is; null where none runs. */
function localDatabase(env: NodeJS.ProcessEnv, runtimeSettings: string): string | null {
  try {
    if (readLocalStack(env) === null) return null
    return Runtime.parse(JSON.parse(readFileSync(runtimeSettings, 'utf8'))).database.url
  } catch {
    return null
  }
}
