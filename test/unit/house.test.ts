import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

type Rule = { readonly rooms: readonly string[]; readonly typesOf?: readonly string[] }

const belowActivities = ['schema', 'guard', 'commands', 'plans', 'ssh', 'store']

/** The table of the house: which rooms a room may import from. Its own files and npm packages come on top. */
const table: Readonly<Record<string, Rule>> = {
  schema: { rooms: [] },
  guard: { rooms: ['schema'] },
  commands: { rooms: ['schema'] },
  plans: { rooms: ['schema', 'commands'] },
  ssh: { rooms: ['schema'] },
  store: { rooms: ['schema'] },
  activities: { rooms: belowActivities },
  workflows: { rooms: ['schema'], typesOf: ['activities'] },
  workers: { rooms: [...belowActivities, 'activities', 'workflows', 'api'] },
  api: { rooms: ['schema', 'store', 'guard'], typesOf: ['workflows'] },
  cli: { rooms: ['schema', 'guard'] },
  web: { rooms: ['schema'] },
  lab: { rooms: ['schema'] },
  bin: { rooms: [] },
}

/** Commands of the CLI that are about this machine rather than about an API, and what they share (`local-...`). */
const local = /^cli\/(up|demo|doctor|backup|restore|migrate|local)(\.ts$|\/|-)/

/** Packages that only some rooms may use: the one door to a thing is one room. */
const packagesOfRooms: Readonly<Record<string, readonly string[]>> = { ssh2: ['ssh', 'test'] }

const lineLimit = 300

type Import = { readonly from: string; readonly typeOnly: boolean }

function importsOf(source: string): Import[] {
  const statements = /^\s*(?:import|export)\s+(type\s)?(?:[\w*{][^'"]*?\sfrom\s+)?['"]([^'"\n]+)['"]/gm
  const calls = /\bimport\(\s*['"]([^'"\n]+)['"]/g
  return [
    ...[...source.matchAll(statements)].map((match) => ({ from: match[2] ?? '', typeOnly: match[1] !== undefined })),
    ...[...source.matchAll(calls)].map((match) => ({ from: match[1] ?? '', typeOnly: false })),
  ]
}

/** What is wrong with one file, as sentences; none where all is well. */
function faultsOf(path: string, source: string): string[] {
  const room = path.split('/')[0] ?? ''
  return [
    ...importsOf(source).flatMap((one) => faultOfImport({ path, room, one }) ?? []),
    ...(source.split('\n').length - 1 > lineLimit ? [`${path} has more than ${lineLimit} lines`] : []),
    ...(/^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/m.test(source) ? [`${path} has an enum`] : []),
    ...(/(?:^|[-/])(?:manager|service|helper|util|handler)s?\.\w+$/.test(path)
      ? [`${path} has a name that says nothing`]
      : []),
    ...[
      ...source.matchAll(
        /^\s*(?:export\s+)?(?:type|class|interface)\s+(\w*(?:Manager|Service|Helper|Util|Handler))\b/gm,
      ),
    ].map((match) => `${path} has a type whose name says nothing: ${match[1]}`),
  ]
}

function faultOfImport(o: { path: string; room: string; one: Import }): string | null {
  const { path, room, one } = o
  const says = `${path} imports ${one.typeOnly ? 'types of ' : ''}${one.from}`
  if (!one.from.startsWith('.')) return faultOfPackage(room, one) ? says : null
  const [target] = normalize(join(dirname(path), one.from)).split('/')
  const rule = table[room]
  if (rule === undefined || target === undefined || !(target in table) || target === room) return null
  if (rule.rooms.includes(target)) return null
  if (one.typeOnly && rule.typesOf?.includes(target)) return null
  if (local.test(path) && ['workers', 'lab'].includes(target)) return null
  return says
}

/** Workflows replay: what is not deterministic may not even be loaded. Plain Node programs run before npm has. */
function faultOfPackage(room: string, one: Import): boolean {
  if (room === 'bin') return !one.from.startsWith('node:')
  if (room === 'workflows' && !one.typeOnly) return one.from !== '@temporalio/workflow'
  if (room === 'workflows') return !one.from.startsWith('@temporalio/')
  if (room === 'schema') return one.from !== 'zod'
  const rooms = packagesOfRooms[one.from]
  return rooms !== undefined && !rooms.includes(room)
}

const sources = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  .filter((path) => /^(\w+)\//.test(path) && (path.startsWith('test/') || (path.split('/')[0] ?? '') in table))

describe('the house', () => {
  it('has its rooms', () => {
    const rooms = new Set(sources.map((path) => path.split('/')[0]))
    for (const room of ['schema', 'store', 'lab', 'bin', 'workers', 'test']) expect(rooms).toContain(room)
  })

  it('imports as its table says, in short files with names that mean something', () => {
    expect(sources.flatMap((path) => faultsOf(path, readFileSync(join(root, path), 'utf8')))).toEqual([])
  })

  it('loads nothing that parses with a workflow: each run evaluates its bundle anew, which took 20 ms with zod', () => {
    const loaded = new Map<string, readonly string[]>()
    const load = (path: string): void => {
      if (loaded.has(path)) return
      const values = importsOf(readFileSync(join(root, path), 'utf8')).filter((one) => !one.typeOnly)
      loaded.set(
        path,
        values.map((one) => one.from),
      )
      for (const { from } of values) if (from.startsWith('.')) load(normalize(join(dirname(path), from)))
    }
    load('workflows/index.ts')
    expect(loaded.size).toBeGreaterThan(20)
    expect([...loaded].filter(([, froms]) => froms.includes('zod')).map(([path]) => path)).toEqual([])
  })
})

describe('the check of the house', () => {
  it.each([
    ['schema/a.ts', "import { b } from '../store/b.ts'\n"],
    ['schema/a.ts', "import pg from 'pg'\n"],
    ['guard/a.ts', "import {\n  b,\n  c,\n} from '../commands/b.ts'\n"],
    ['store/a.ts', "import { Client } from 'ssh2'\n"],
    ['store/a.ts', "export * from '../ssh/index.ts'\n"],
    ['store/a.ts', "const b = await import('../ssh/index.ts')\n"],
    ['store/a.ts', "import '../ssh/index.ts'\n"],
    ['workflows/a.ts', "import { readFile } from 'node:fs/promises'\n"],
    ['workflows/a.ts', "import { type Activities } from '../activities/index.ts'\n"],
    ['workflows/a.ts', "import { z } from 'zod'\n"],
    ['api/a.ts', "import { setup } from '../workflows/setup.ts'\n"],
    ['cli/run.ts', "import { startStack } from '../workers/stack.ts'\n"],
    ['lab/a.ts', "import type { Store } from '../store/index.ts'\n"],
    ['bin/a.mjs', "import yaml from 'yaml'\n"],
    ['schema/a.ts', 'export enum Colour { Red }\n'],
    ['api/string-utils.ts', ''],
    ['api/a.ts', 'export class ServerManager {}\n'],
  ])('finds what is wrong in %s: %j', (path, source) => {
    expect(faultsOf(path, source)).toHaveLength(1)
  })

  it.each([
    [
      'workflows/a.ts',
      "import type { Activities } from '../activities/index.ts'\nimport { sleep } from '@temporalio/workflow'\n",
    ],
    ['api/a.ts', "import type { setup } from '../workflows/setup.ts'\nimport { openStore } from '../store/index.ts'\n"],
    ['cli/up.ts', "import { startStack } from '../workers/stack.ts'\n"],
    ['ssh/dial.ts', "import { Client } from 'ssh2'\n"],
    ['plans/a.ts', "// never import from '../ssh/index.ts'\nimport { quote } from '../commands/shell.ts'\n"],
    ['bin/a.mjs', "import { install } from './install.mjs'\n"],
  ])('finds nothing in %s: %j', (path, source) => {
    expect(faultsOf(path, source)).toEqual([])
  })

  it('counts lines', () => {
    expect(faultsOf('ssh/a.ts', '\n'.repeat(lineLimit))).toEqual([])
    expect(faultsOf('ssh/a.ts', '\n'.repeat(lineLimit + 1))).toEqual(['ssh/a.ts has more than 300 lines'])
  })
})
