import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../cli/program.ts'
import { assess, digestOf } from '../../guard/index.ts'
import type { Role } from '../../schema/identity.ts'
import { startTestApi, type TestApi, webServer } from '../support/api.ts'
import { inMemory, type Ran } from '../unit/cli/memory.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const asFetch: typeof fetch = async (input, init) =>
  api.app.request(input instanceof Request ? input.url : String(input), init)

function open(as: Role = 'admin', stdin?: string) {
  return inMemory({ env: { DRYDOCK_TOKEN: api.tokens[as] }, fetch: asFetch, ...(stdin === undefined ? {} : { stdin }) })
}

async function drydock(words: readonly string[], as: Role = 'admin', stdin?: string): Promise<Ran> {
  const memory = open(as, stdin)
  const code = await runCli(words, memory.around)
  return { code, stdout: memory.stdout(), stderr: memory.stderr() }
}

async function register(): Promise<string> {
  const name = `web-${uuidv7().slice(-12)}`
  expect((await api.ask('admin', 'POST', '/v1/servers', { ...webServer, name })).status).toBe(201)
  return name
}

/** The id of the operation that a detached start has just printed. */
async function start(words: readonly string[]): Promise<string> {
  const { stdout } = await drydock([...words.slice(0, 1), '--json', '--detach', ...words.slice(1)])
  return /"id":"([0-9a-f-]{36})"/.exec(stdout)?.[1] ?? ''
}

describe('secrets', () => {
  test('are read from standard input, stored sealed, listed by name and never shown', async () => {
    const value = `planted-${randomUUID()}`
    const set = await drydock(['secret', 'set', 'deploy-key'], 'admin', `${value}\n`)
    expect(set).toMatchObject({ code: 0, stdout: '✓ Stored deploy-key, version 1.\n' })
    expect((await api.store.secrets.reveal({ name: 'deploy-key' }))?.value).toBe(value)
    const listed = await drydock(['secret', 'list'])
    expect(listed.stdout).toMatch(/deploy-key +1 /)
    expect(set.stdout + set.stderr + listed.stdout).not.toContain(value)
    expect(await drydock(['secret', 'remove', 'deploy-key', '--yes'])).toMatchObject({ code: 0 })
    expect(await api.store.secrets.reveal({ name: 'deploy-key' })).toBeNull()
  })
})

describe('tokens', () => {
  test('are printed alone on standard output, work, and stop working when revoked', async () => {
    const made = await drydock(['token', 'create', 'ci', '--role', 'operator', '--agent'])
    const token = made.stdout.trim()
    expect(made.stdout).toMatch(/^dd_\S+\n$/)
    expect(await api.store.tokens.verify(token)).toMatchObject({ name: 'ci', role: 'operator', kind: 'agent' })
    expect((await drydock(['token', 'list'])).stdout).toMatch(/ci +operator +agent/)
    expect(await drydock(['token', 'revoke', 'ci'])).toMatchObject({ code: 0 })
    expect(await api.store.tokens.verify(token)).toBeNull()
    expect((await drydock(['token', 'list'])).stdout).not.toContain('ci ')
  })

  test('of too low a role are refused with what is needed, and exit 3', async () => {
    const { code, stderr } = await drydock(['token', 'list'], 'operator')
    expect(code).toBe(3)
    expect(stderr).toContain('This needs the role admin')
  })
})

describe('servers', () => {
  test('are listed, shown with their host keys, and removed', async () => {
    const name = await register()
    expect((await drydock(['server', 'list'])).stdout).toMatch(new RegExp(`${name} +192.0.2.10:22 +not set up`))
    expect((await drydock(['server', 'show', name])).stdout).toContain('none is pinned')
    expect(JSON.parse((await drydock(['server', 'show', name, '--json'])).stdout)).toMatchObject({ name })
    expect(await drydock(['server', 'remove', name, '--yes'])).toMatchObject({ code: 0 })
    expect(await drydock(['server', 'show', name])).toMatchObject({ code: 1 })
  })

  test('with a name that is close to a registered one are suggested', async () => {
    const name = await register()
    const { code, stderr } = await drydock(['server', 'show', `${name}x`])
    expect(code).toBe(1)
    expect(stderr).toContain(`Did you mean ${name}`)
  })
})

describe('an operation', () => {
  test('is followed from its first event to its end, with the steps as they are applied', async () => {
    const server = await register()
    const id = await start(['setup', server])
    const memory = open()
    const following = runCli(['operation', 'follow', id], memory.around)
    const step = { operationId: id, planId: uuidv7(), stepId: 'user', position: 0, title: 'Create the user app' }
    await api.store.steps.begin(step)
    await api.store.steps.finish({
      operationId: id,
      stepId: 'user',
      state: 'failed',
      message: 'useradd: no room',
      durationMs: 7,
    })
    await api.store.operations.end(id, { state: 'failed', message: 'A step failed.' })
    expect(await following).toBe(1)
    expect(memory.stdout()).toContain('✗ Create the user app (failed)\n    useradd: no room\n')
    expect(memory.stdout()).toContain(`Setup on ${server}: failed`)
    const shown = await drydock(['operation', 'show', id])
    expect(shown.stdout).toContain('✗ Create the user app (failed)')
    expect((await drydock(['operation', 'list', '--server', server])).stdout).toMatch(
      new RegExp(`${id} +setup +${server} +failed`),
    )
  })

  test('with --json gives every event as a line, numbered without gaps', async () => {
    const id = await start(['setup', await register()])
    await api.store.operations.end(id, { state: 'unchanged', message: 'Already so.' })
    const { code, stdout } = await drydock(['operation', 'follow', id, '--json'])
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines.slice(0, -1)).toMatchObject(lines.slice(0, -1).map((_, index) => ({ seq: index + 1 })))
    expect(lines.at(-1)).toMatchObject({ operation: { id, state: 'unchanged' } })
  })

  test('that is not there is told', async () => {
    const { code, stderr } = await drydock(['operation', 'show', uuidv7()])
    expect(code).toBe(1)
    expect(stderr).toContain('There is no operation')
  })

  test('a second setup of a server is refused and names the first', async () => {
    const server = await register()
    const id = await start(['setup', server])
    const { code, stderr } = await drydock(['setup', server])
    expect(code).toBe(1)
    expect(stderr).toContain(id)
  })
})

describe('a command', () => {
  test('that is harmless is started and exits 0 when detached; a destructive one exits 3 and runs nothing', async () => {
    const server = await register()
    expect(await drydock(['run', server, '--detach', '--', 'uptime'])).toMatchObject({ code: 0 })
    expect(await drydock(['run', server, '--detach', '--', 'rm', '-rf', '/srv/shop'])).toMatchObject({ code: 3 })
  })

  test('is only rated with --dry-run', async () => {
    const server = await register()
    const { code, stdout } = await drydock(['run', server, '--dry-run', '--', 'rm -rf /srv/shop'])
    expect(code).toBe(0)
    expect(stdout).toContain('needs approval: high risk')
    expect((await drydock(['operation', 'list', '--server', server])).stdout).toBe('No operations.\n')
  })
})

async function pending(): Promise<{ id: string; phrase: string; items: string[] }> {
  const name = await register()
  const id = await start(['run', name, '--', 'rm', '-rf', '/srv/shop'])
  const server = await api.store.servers.get(name)
  if (!server) throw new Error('the server is gone')
  const assessment = assess({
    command: 'rm -rf /srv/shop',
    device: 'generic',
    environment: 'unknown',
    server: { name, services: [] },
  })
  const script = {
    script: 'rm -rf /srv/shop',
    shown: 'rm -rf /srv/shop',
    effect: 'change',
    category: 'general',
  } as const
  await api.store.approvals.request({
    id: uuidv7(),
    operationId: id,
    server: { id: server.id, name },
    subject: { kind: 'command', digest: digestOf(script), shown: script.shown },
    assessment,
    requester: 'somebody-else',
    maxAttempts: 3,
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  })
  return {
    id,
    phrase: assessment.phrase,
    items: assessment.checklist.filter((item) => item.critical).map((item) => item.id),
  }
}

describe('an approval', () => {
  test('is shown with its phrase where there is no terminal, which then must be given', async () => {
    const { id, phrase } = await pending()
    const { code, stderr } = await drydock(['approve', id])
    expect(code).toBe(2)
    expect(stderr).toContain('rm -rf /srv/shop')
    expect(stderr).toContain(phrase)
    expect((await drydock(['approvals'])).stdout).toContain(id)
  })

  test('takes the right phrase with the critical items acknowledged, once; everything else exits 3', async () => {
    const { id, phrase, items } = await pending()
    const seenTo = items.flatMap((item) => ['--acknowledge', item])
    expect(items.length).toBeGreaterThan(0)
    expect(await drydock(['approve', id, '--phrase', phrase, ...seenTo], 'operator')).toMatchObject({ code: 3 })
    const wrong = await drydock(['approve', id, '--phrase', 'yes', ...seenTo])
    expect(wrong).toMatchObject({ code: 3 })
    expect(wrong.stderr).toContain(phrase)
    const unseen = await drydock(['approve', id, '--phrase', phrase])
    expect(unseen).toMatchObject({ code: 3 })
    expect(unseen.stderr).toContain('--acknowledge')
    expect(await drydock(['confirm-operation', id, '--phrase', ` ${phrase.toUpperCase()} `, ...seenTo])).toMatchObject({
      code: 0,
    })
    expect(await drydock(['approve', id, '--phrase', phrase, ...seenTo])).toMatchObject({ code: 3 })
    expect((await api.store.approvals.forOperation(id))?.state).toBe('confirmed')
  })

  test('is refused by reject', async () => {
    const { id } = await pending()
    expect(await drydock(['reject', id, '--reason', 'not today'])).toMatchObject({ code: 0 })
    expect((await api.store.approvals.forOperation(id))?.state).toBe('refused')
  })
})

test('health says what is missing and exits 1', async () => {
  const { code, stdout } = await drydock(['health'])
  expect(code).toBe(1)
  expect(stdout).toContain('✓ temporal')
  expect(stdout).toContain('✗ workers')
})

test('the effective settings, the pool and the audit trail are shown; what came by this door says so', async () => {
  expect((await drydock(['config', 'show'])).stdout).toMatch(
    /database\.url +"postgres:\/\/drydock:\[redacted\]@db\/" +environment/,
  )
  expect(await drydock(['pool'])).toMatchObject({ code: 0, stdout: 'No worker reports a pool.\n' })
  await drydock(['secret', 'set', 'trail'], 'admin', 'x')
  expect((await drydock(['audit-trail', '--action', 'secret.put'])).stdout).toMatch(
    /ok +secret\.put .*the-admin \(cli\)/,
  )
})
