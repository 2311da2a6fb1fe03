import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { Settings } from '../schema/settings.ts'

export type SettingSource = 'flag' | 'environment' | 'file' | 'default'

/** The configuration in force, and where each value came from. */
export type EffectiveSettings = {
  readonly settings: Settings
  readonly sources: Readonly<Record<string, SettingSource>>
  readonly file: string | null
}

/** Every problem of a configuration in one message; the process does not start on it. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings'
}

type Leaf = { readonly path: readonly string[]; readonly type: string }
type Tree = { [key: string]: unknown }

/** Names that other tools have made common, beside `DRYDOCK_<SECTION>_<KEY>`. */
const knownVariables: Record<string, string> = {
  TEMPORAL_ADDRESS: 'temporal.address',
  TEMPORAL_NAMESPACE: 'temporal.namespace',
  TEMPORAL_API_KEY: 'temporal.apiKey',
  DATABASE_URL: 'database.url',
  UNIFIED_SERVICE_ENABLED: 'collection.enabled',
  CACHE_MAX_ENTRIES: 'cache.maxEntries',
  FILE_WATCHING_ENABLED: 'watching.enabled',
  PERFORMANCE_TRACKING_ENABLED: 'observability.performanceTracking',
  DRYDOCK_HOME: 'home',
}

/** Precedence, highest first: flags, environment, file, defaults (spec CFG-1 to CFG-3). */
export function loadSettings(o: {
  config?: string
  flags?: Tree
  env: NodeJS.ProcessEnv
  cwd: string
}): EffectiveSettings {
  const file = o.config ?? findFile(o.env, o.cwd)
  const fromFile = file === null ? {} : readFile(file, o.env)
  const fromEnv = readEnvironment(o.env)
  const flags = o.flags ?? {}
  const merged = merge(merge(fromFile, fromEnv), flags)
  const parsed = Settings.safeParse(merged)
  if (!parsed.success) throw new InvalidSettings(explain(parsed.error, file))
  return { settings: parsed.data, sources: sourcesOf({ flag: flags, environment: fromEnv, file: fromFile }), file }
}

/** CFG-3: the XDG configuration directories, then the working directory. */
function findFile(env: NodeJS.ProcessEnv, cwd: string): string | null {
  const roots = [
    env.XDG_CONFIG_HOME ?? join(homedir(), '.config'),
    ...(env.XDG_CONFIG_DIRS ?? '/etc/xdg').split(':'),
  ].filter(isAbsolute)
  const names = ['drydock.yaml', 'drydock.yml', 'drydock.json']
  const candidates = [
    ...roots.flatMap((root) => names.map((name) => join(root, 'drydock', name))),
    ...names.map((name) => join(cwd, name)),
  ]
  return candidates.find((path) => existsSync(path)) ?? null
}

function readFile(path: string, env: NodeJS.ProcessEnv): Tree {
  if (!existsSync(path)) throw new InvalidSettings(`The configuration file ${path} does not exist.`)
  let value: unknown
  try {
    value = parseYaml(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new InvalidSettings(`${path} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (value === null || value === undefined) return {}
  if (!isTree(value)) throw new InvalidSettings(`${path} holds no mapping; it must start with keys such as "api:".`)
  const missing = new Set<string>()
  const filled = fillReferences(value, env, missing)
  if (missing.size > 0)
    throw new InvalidSettings(`${path} refers to variables that are not set: ${[...missing].join(', ')}.`)
  return isTree(filled) ? filled : {}
}

function fillReferences(value: unknown, env: NodeJS.ProcessEnv, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = env[name]
      if (found === undefined) missing.add(name)
      return found ?? ''
    })
  }
  if (Array.isArray(value)) return value.map((item) => fillReferences(item, env, missing))
  if (isTree(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillReferences(inner, env, missing)]))
  return value
}

function readEnvironment(env: NodeJS.ProcessEnv): Tree {
  const tree: Tree = {}
  for (const { path, type } of leaves()) {
    const name = `DRYDOCK_${path.map((part) => part.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()).join('_')}`
    const alias = Object.keys(knownVariables).find((variable) => knownVariables[variable] === path.join('.'))
    const value = env[name] ?? (alias === undefined ? undefined : env[alias])
    if (value !== undefined && value !== '') set(tree, path, coerce(value, type))
  }
  return tree
}

function coerce(value: string, type: string): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (type === 'boolean')
    return /^(true|1|yes|on)$/i.test(value) ? true : /^(false|0|no|off)$/i.test(value) ? false : value
  if (type === 'array') return value.split(',').map((item) => item.trim())
  return value
}

const JsonSchema = z.looseObject({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
})

/** Every setting's path and type, read from the schema itself, so that the two cannot drift apart. */
function leaves(node: unknown = z.toJSONSchema(Settings, { io: 'input' }), path: readonly string[] = []): Leaf[] {
  const parsed = JsonSchema.safeParse(node)
  if (!parsed.success) return []
  const { properties, type, anyOf } = parsed.data
  if (properties !== undefined)
    return Object.entries(properties).flatMap(([key, inner]) => leaves(inner, [...path, key]))
  const first = JsonSchema.safeParse(anyOf?.[0])
  return [{ path, type: type ?? (first.success ? first.data.type : undefined) ?? 'string' }]
}

function sourcesOf(layers: { flag: Tree; environment: Tree; file: Tree }): Record<string, SettingSource> {
  const order = ['flag', 'environment', 'file'] as const
  return Object.fromEntries(
    leaves().map(({ path }) => [
      path.join('.'),
      order.find((layer) => get(layers[layer], path) !== undefined) ?? 'default',
    ]),
  )
}

/** CFG-2: key, kind of value and expectation of every problem at once. */
function explain(error: z.ZodError, file: string | null): string {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.') || '(top level)'}: ${issue.message}`)
  return [`The configuration${file === null ? '' : ` (${file})`} is not valid:`, ...lines, 'Nothing was started.'].join(
    '\n',
  )
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(under: Tree, over: Tree): Tree {
  const result: Tree = { ...under }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue
    const below = result[key]
    result[key] = isTree(value) && isTree(below) ? merge(below, value) : value
  }
  return result
}

function set(tree: Tree, [head, ...rest]: readonly string[], value: unknown): void {
  if (head === undefined) return
  if (rest.length === 0) tree[head] = value
  else {
    const below = tree[head]
    const next: Tree = isTree(below) ? below : {}
    tree[head] = next
    set(next, rest, value)
  }
}

const get = (tree: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree)
