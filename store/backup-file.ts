import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'

/** The first line of a backup: what it is and what opens it. Then a line for each table and row, then the trailer. */
export const format = 'drydock-backup-1'

export const BackupHeader = z.object({
  format: z.literal(format),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  masterKey: z.base64(),
})
export type BackupHeader = z.infer<typeof BackupHeader>

export const Trailer = z.object({ end: z.literal(true), lines: z.int(), sha256: z.string() })
export type Trailer = z.infer<typeof Trailer>

/** Reads a whole backup once to see that it is complete and unchanged, before anything is touched for its sake. */
export async function checkBackup(path: string): Promise<BackupHeader> {
  const hash = createHash('sha256')
  let first: string | null = null
  let last: string | null = null
  let lines = 0
  for await (const line of backupLines(path)) {
    if (last !== null) {
      hash.update(`${last}\n`)
      lines++
    }
    first ??= line
    last = line
  }
  const header = BackupHeader.safeParse(parsed(first))
  if (!header.success) throw new Error(`${path} is not a backup of Drydock, or one of another format`)
  const trailer = Trailer.safeParse(parsed(last))
  if (!trailer.success || trailer.data.lines !== lines || trailer.data.sha256 !== hash.digest('hex'))
    throw new Error(`${path} is not complete or was changed: its checksum does not match`)
  return header.data
}

/** The lines of a backup, without holding it in memory. */
export async function* backupLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const unzipped = createGunzip()
  file.once('error', (error) => unzipped.destroy(error))
  try {
    yield* createInterface({ input: file.pipe(unzipped), crlfDelay: Number.POSITIVE_INFINITY })
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${path} cannot be read as a backup: ${because}`, { cause })
  } finally {
    file.destroy()
  }
}

function parsed(line: string | null): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return null
  }
}
