import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client as Database } from 'pg'
import type { LabHost } from '../../lab/index.ts'
import type { Installation } from './installation.ts'

/** A value that must not turn up, and what it is. */
export type Marks = Readonly<Record<string, string>>

/** `<mark> in <place>` for each mark that stands in a text: as it is, and as PostgreSQL and JSON may spell it. */
export const findMarks = (marks: Marks, text: string, place: string): string[] =>
  Object.entries(marks).flatMap(([name, value]) => {
    const spellings = [value, Buffer.from(value).toString('hex'), Buffer.from(value).toString('base64').slice(0, -4)]
    return spellings.some((spelling) => text.includes(spelling)) ? [`${name} in ${place}`] : []
  })

/** Every history of the installation's task queue, with all payloads decoded. */
export async function histories({ temporal, settings }: Installation): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const started = await temporal.workflowService.listWorkflowExecutions({
    namespace: settings.temporal.namespace,
    query: `TaskQueue = '${settings.temporal.taskQueue}'`,
  })
  for (const { execution, memo } of started.executions) {
    if (!execution?.workflowId) continue
    const handle = temporal.workflow.getHandle(execution.workflowId, execution.runId ?? undefined)
    found.set(execution.workflowId, textIn([await handle.fetchHistory(), memo]))
  }
  return found
}

/** All bytes and texts in a value, one a line. */
function textIn(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.values(value).map(textIn).join('\n')
}

/** Every row of every table as its owner sees it, bytea in hex. */
export async function tables({ databaseUrl }: Installation): Promise<Map<string, string>> {
  const database = new Database({ connectionString: databaseUrl })
  await database.connect()
  try {
    const { rows } = await database.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    )
    const found = new Map<string, string>()
    for (const { name } of rows) {
      const { rows: all } = await database.query<{ row: string }>(`select t::text as row from ${name} t`)
      found.set(name, all.map(({ row }) => row).join('\n'))
    }
    return found
  } finally {
    await database.end()
  }
}

/** Every file under a folder. */
export const files = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, 'latin1')]),
  )

/** Every GET of the API's own document, with what there is to ask for. Event streams stay open and are left out. */
export async function answers(
  drydock: Installation,
  o: { servers: readonly string[]; operations: readonly string[] },
): Promise<Map<string, string>> {
  const document: unknown = JSON.parse(await drydock.read('/openapi.json'))
  if (typeof document !== 'object' || document === null || !('paths' in document)) throw new Error('no document')
  const found = new Map<string, string>()
  for (const [path, verbs] of Object.entries(document.paths ?? {})) {
    if (typeof verbs !== 'object' || verbs === null || !('get' in verbs) || /profile|snapshot|events$/.test(path))
      continue
    const asked = o.servers
      .map((server) => path.replace('{server}', server))
      .flatMap((one) => o.operations.map((id) => one.replace('{id}', id)))
    for (const url of new Set(asked)) found.set(`GET ${url}`, await drydock.read(url))
  }
  return found
}

/** Command lines and environments of a host's processes, read over and over until it is told to stop. */
export function watchProcesses(host: LabHost): { stop(): Promise<string[]> } {
  const seen = new Set<string>()
  const watch = new AbortController()
  const look = `for p in /proc/[0-9]*; do printf '%s\\037' "$p"; tr '\\0' ' ' < $p/cmdline; printf '\\037'; tr '\\0\\n' '  ' < $p/environ; echo; done 2>/dev/null`
  const looking = (async () => {
    while (!watch.signal.aborted) {
      for (const line of (await host.sh(look)).stdout.split('\n')) seen.add(line)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    async stop() {
      watch.abort()
      await looking
      return [...seen]
    },
  }
}
