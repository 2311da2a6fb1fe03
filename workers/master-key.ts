import { randomBytes } from 'node:crypto'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/**
 * The 32 bytes that seal every secret, in base64: from DRYDOCK_MASTER_KEY, from the file named by
 * DRYDOCK_MASTER_KEY_FILE, or from the installation's own file. Only the local stack makes one.
 */
export function loadMasterKey(o: { file: string; env: NodeJS.ProcessEnv; create: boolean }): Uint8Array {
  const given = o.env.DRYDOCK_MASTER_KEY
  if (given !== undefined && given !== '') return decode(given, 'DRYDOCK_MASTER_KEY')
  const path = o.env.DRYDOCK_MASTER_KEY_FILE ?? o.file
  const stored = readPrivateFile(path)
  if (stored !== null) return decode(stored, path)
  if (!o.create)
    throw new Error(
      `There is no master key: ${path} does not exist. Copy it from the installation that made the database, or make one with "openssl rand -base64 32" for a new one.`,
    )
  const key = randomBytes(32)
  writePrivateFile(path, `${key.toString('base64')}\n`)
  return key
}

function decode(text: string, from: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== 32) throw new Error(`The master key in ${from} is not 32 bytes in base64 (it is ${key.length}).`)
  return key
}
