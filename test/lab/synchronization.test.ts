import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { install, type Installation, type Operation, until, type WorkerProcess } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'
import { run } from '../unit/cli/memory.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 300_000 })
const host = useHost({ name: 'synchronization' })
let drydock: Installation
let worker: WorkerProcess
let server: { id: string; name: string }
const folder = mkdtempSync(join(tmpdir(), 'drydock-synchronization-'))
const source = join(folder, 'source')
beforeAll(async () => {
  drydock = await install()
  worker = await drydock.startWorker()
  server = await drydock.register(host())
  await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
})
afterAll(async () => {
  await drydock.close()
  rmSync(folder, { recursive: true })
})

const transfers = () => `/v1/servers/${server.name}/transfers`
const on = async (script: string) => (await host().sh(script)).stdout.trim()
const leftOvers = () =>
  on(
    'find / -xdev -name ".*drydock-*" -not -path "/proc/*"; ls /home/app/.local/state/drydock/transfers 2>/dev/null; true',
  )

function write(files: Record<string, string | Uint8Array>, root = source): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

const drydockCli = (...words: string[]) =>
  run(words, {
    fetch: (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : String(input))
      return drydock.send(`${pathname}${search}`, init)
    },
  })

async function put(path: string, ...options: string[]) {
  const told = await drydockCli('--json', 'transfer', 'put', server.name, source, path, '--recursive', ...options)
  const { operation } = JSON.parse(told.stdout)
  return { ...told, id: String(operation.id), result: operation.result }
}

/** A tar archive of a local directory as an upload, for requests that the command line does not make. */
async function archived(...words: string[]): Promise<{ kind: 'upload'; id: string }> {
  const body = execFileSync('tar', ['-cP', ...words], { maxBuffer: 200_000_000 })
  const headers = { 'content-type': 'application/octet-stream' }
  const answer: unknown = await (await drydock.send('/v1/uploads', { method: 'POST', headers, body })).json()
  return {
    kind: 'upload',
    id: typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : '',
  }
}

const hashes = (root: string) =>
  on(`cd ${root} && find . -type f -not -name '.drydock*' | sort | xargs -d '\\n' sha256sum`)
const hashesHere = () =>
  execFileSync('sh', ['-c', "find . -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum"], {
    cwd: source,
    encoding: 'utf8',
  }).trim()
const linesOf = (text: string) => text.split('\n').toSorted()

test('a directory goes to its place, a second time is unchanged, and one changed file travels alone', async () => {
  write({ 'index.html': 'one', 'css/a b.css': 'two', "it's/deep/er/file": randomBytes(300_000), empty: '' })
  const first = await put('/home/app/site')
  expect(first.result, first.stdout + first.stderr).toMatchObject({
    state: 'succeeded',
    synchronization: {
      path: '/home/app/site',
      added: 4,
      changed: 0,
      deleted: 0,
      skipped: 0,
      failed: 0,
      bytes: 300_006,
    },
  })
  expect(linesOf(await hashes('/home/app/site'))).toEqual(linesOf(hashesHere()))
  expect(await on('stat -c "%U:%G" /home/app/site /home/app/site/index.html')).toBe('app:app\napp:app')
  expect((await put('/home/app/site')).result).toMatchObject({ state: 'unchanged', synchronization: { skipped: 4 } })
  write({ 'css/a b.css': 'TWO' })
  const third = await put('/home/app/site')
  expect(third.result).toMatchObject({
    state: 'succeeded',
    synchronization: { added: 0, changed: 1, skipped: 3, bytes: 3 },
  })
  // Of the archive of one file with its lists, nothing of the large file.
  const { steps } = await detailsOf(third.id)
  expect(steps[0]?.title).toMatch(/^Take in \d\.\d KiB for/)
  expect(await on("cat '/home/app/site/css/a b.css'")).toBe('TWO')
  expect(await leftOvers()).toBe('')
  expect(readdirSync(join(drydock.folder, 'transfers/uploads'))).toEqual([])
  expect(readdirSync(join(drydock.folder, 'transfers/fetched'))).toEqual([])
})

type Details = { readonly steps: readonly { readonly title: string }[] }

async function detailsOf(id: string): Promise<Details> {
  const { body } = await drydock.ask('GET', `/v1/operations/${id}`, undefined, 'viewer')
  const { steps } = body
  return { steps: Array.isArray(steps) ? steps : [] }
}

test('a dry run says what would be done, and does nothing', async () => {
  write({ 'new.html': 'new' })
  const before = await hashes('/home/app/site')
  const told = await drydockCli('transfer', 'put', server.name, source, '/home/app/site', '--recursive', '--dry-run')
  expect(told.stdout + told.stderr).toContain('+ new.html')
  expect(await hashes('/home/app/site')).toBe(before)
})

test('deleting asks a person with the list, and deletes exactly that; what is excluded stays and does not travel', async () => {
  await on('cd /home/app/site && mkdir -p old/er logs && touch old/er/a old/b logs/x.log && chown -R app: .')
  write({ 'debug.log': 'not to travel' })
  const archive = await archived('-C', source, '.')
  const body = {
    direction: 'upload_directory',
    path: '/home/app/site',
    source: archive,
    delete: true,
    exclude: ['*.log'],
  }
  const started = await drydock.start('POST', transfers(), body)
  await until(async () => ((await drydock.operation(started.id)).state === 'awaiting_approval' ? true : null))
  const { body: approval } = await drydock.ask('GET', `/v1/operations/${started.id}/approval`, undefined, 'approver')
  const asked = JSON.stringify(approval)
  expect(asked).toContain('It deletes 4 of /home/app/site')
  for (const path of ['old/b', 'old/er/a']) expect(asked).toContain(path)
  expect(await on('ls /home/app/site/old')).toBe('b\ner')
  const phrase = /"phrase":"([^"]*)"/.exec(asked)?.[1]
  const acknowledged = [...asked.matchAll(/"id":"([a-z_.-]+)"/g)].map(([, id]) => id)
  const decision = { decision: 'confirm', phrase, acknowledged }
  const answer = await drydock.ask('POST', `/v1/operations/${started.id}/approval`, decision, 'approver')
  expect(answer.status, JSON.stringify([answer.body, approval])).toBe(200)
  const done = await ended(started.id)
  expect(done.result, JSON.stringify(done)).toMatchObject({
    state: 'succeeded',
    synchronization: { added: 1, deleted: 4, skipped: 4 },
  })
  expect(await on('cd /home/app/site && ls; ls logs')).toBe("css\nempty\nindex.html\nit's\nlogs\nnew.html\nx.log")
  expect(await leftOvers()).toBe('')
})

const ended = (id: string): Promise<Operation> =>
  until(async () => {
    const now = await drydock.operation(id)
    return now.result === null ? null : now
  }, 120_000)

test('as root it belongs to whom the directory belongs, by way of a log-in that may not write there', async () => {
  await on('install -d -o daemon -g daemon /srv/site')
  const done = await put('/srv/site', '--root')
  expect(done.result, done.stdout + done.stderr).toMatchObject({ state: 'succeeded' })
  expect(await on('stat -c "%U:%G" /srv/site/index.html "/srv/site/css/a b.css"')).toBe('daemon:daemon\ndaemon:daemon')
  expect(await leftOvers()).toBe('')
})

test('a link in the directory leads nowhere: nothing is written through it, and nothing else either', async () => {
  await on('mkdir -p /home/app/trap && ln -sfn /etc /home/app/trap/css && chown -hR app: /home/app/trap')
  const done = await put('/home/app/trap', '--root')
  expect(done.result).toMatchObject({ state: 'failed', message: expect.stringContaining('css is a symbolic link') })
  expect(await on('ls /home/app/trap; ls "/etc/a b.css" 2>/dev/null; true')).toBe('css')
})

test.each([
  ['/etc/hostname', 'leads out'],
  ['../etc/hostname', 'leads out'],
])('an archive with the name %s is refused before the server is touched', async (name, why) => {
  const path = '/home/app/bad'
  const done = await drydock.finish('POST', transfers(), {
    direction: 'upload_directory',
    path,
    source: await archived('-C', '/etc', name),
  })
  expect(done.result).toMatchObject({ state: 'failed', message: expect.stringContaining(why) })
  expect(await on(`ls -d ${path} 2>/dev/null; true`)).toBe('')
})

test('a worker that is killed in the middle of the bytes or of the renames costs nothing, and leaves nothing', async () => {
  for (let index = 0; index < 40; index += 1) write({ [`many/${index % 7}/${index}`]: randomBytes(1_500_000) })
  await on('tc qdisc replace dev host0 root tbf rate 400mbit burst 256kb latency 50ms')
  const device =
    /dev (\S+)/.exec(execFileSync('ip', ['-o', 'route', 'get', host().address], { encoding: 'utf8' }))?.[1] ?? ''
  const shape = (rate: string) =>
    execFileSync('tc', `qdisc replace dev ${device} root tbf rate ${rate} burst 256kb latency 50ms`.split(' '))
  shape('80mbit')
  const body = { direction: 'upload_directory', path: '/home/app/site', source: await archived('-C', source, '.') }
  const started = await drydock.start('POST', transfers(), body)
  await hasComeFar(started.workflow_id)
  await worker.kill9()
  shape('10gbit')
  expect(await on('ls -d /home/app/site/many 2>/dev/null; true')).toBe('')
  worker = await drydock.startWorker()
  await until(
    async () => ((await on('ls -d /home/app/site/.drydock-*/new 2>/dev/null; true')) === '' ? null : true),
    60_000,
  )
  await worker.kill9()
  worker = await drydock.startWorker()
  const done = await ended(started.id)
  expect(done.result, JSON.stringify(done)).toMatchObject({
    state: 'succeeded',
    synchronization: { added: 41, bytes: 60_000_000 + 'not to travel'.length },
  })
  const notices = await drydock.store.events.after({ operationId: started.id, seq: 0, limit: 1000 })
  expect(JSON.stringify(notices)).toMatch(/Goes on at byte [1-9]/)
  expect(linesOf(await hashes('/home/app/site/many'))).toEqual(
    linesOf(
      execFileSync('sh', ['-c', 'find . -type f | xargs sha256sum'], {
        cwd: join(source, 'many'),
        encoding: 'utf8',
      }).trim(),
    ),
  )
  expect(await leftOvers()).toBe('')
})

const uploads = () => readdirSync(join(drydock.folder, 'transfers/uploads')).length

test('a directory comes back here, a second time nothing is fetched, and then only what differs', async () => {
  const back = join(folder, 'back')
  await on(
    'mkdir -p /home/app/there/deep /home/app/there/none && cd /home/app/there && echo one > one && echo two > "deep/t w o" && chmod 640 one && ln -s /etc/passwd link && head -c 3000000 /dev/urandom > big && touch x.tmp && chown -hR app: .',
  )
  const get = async (...options: string[]) => {
    const words = ['transfer', 'get', server.name, '/home/app/there', back, '--recursive', '--exclude', '*.tmp']
    const told = await drydockCli('--json', ...words, ...options)
    return { ...told, result: JSON.parse(told.stdout).operation.result }
  }
  const before = uploads()
  const first = await get()
  expect(first.result, first.stdout + first.stderr).toMatchObject({
    state: 'succeeded',
    synchronization: { added: 3, changed: 0, skipped: 0, bytes: 3_000_008 },
  })
  expect(readdirSync(back, { recursive: true }).map(String).toSorted()).toEqual([
    'big',
    'deep',
    'deep/t w o',
    'none',
    'one',
  ])
  expect([readFileSync(join(back, 'one'), 'utf8'), statSync(join(back, 'one')).mode & 0o777]).toEqual(['one\n', 0o640])
  expect((await get()).result).toMatchObject({ state: 'unchanged', synchronization: { skipped: 3 } })
  await on('echo ONE > /home/app/there/one')
  const third = await get()
  expect(third.result).toMatchObject({ synchronization: { added: 0, changed: 1, skipped: 2, bytes: 4 } })
  expect(third.result.transfer.bytes).toBeLessThanOrEqual(10_240)
  expect(readFileSync(join(back, 'one'), 'utf8')).toBe('ONE\n')
  expect(uploads()).toBe(before)
  expect(await leftOvers()).toBe('')
})

test('nothing is written here over or through a link, and nothing else is written then', async () => {
  const back = join(folder, 'trap')
  mkdirSync(join(folder, 'outside'))
  mkdirSync(back)
  symlinkSync(join(folder, 'outside'), join(back, 'deep'))
  const told = await drydockCli('transfer', 'get', server.name, '/home/app/there', back, '--recursive')
  expect([told.code === 0, told.stderr]).toEqual([false, expect.stringContaining('is no directory')])
  expect([readdirSync(join(folder, 'outside')), readdirSync(back)]).toEqual([[], ['deep']])
})

/** Until Temporal knows of a good part of the bytes. */
const hasComeFar = (workflowId: string) =>
  until(async () => {
    const { raw } = await drydock.temporal.workflow.getHandle(workflowId).describe()
    const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? []
    const told: unknown = JSON.parse(Buffer.from(payload?.data ?? []).toString() || '{}')
    return typeof told === 'object' && told !== null && 'offset' in told && Number(told.offset) > 4_000_000
      ? told
      : null
  }, 60_000)
