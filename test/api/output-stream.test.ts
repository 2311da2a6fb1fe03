import { afterAll, beforeAll, expect, it } from 'vitest'
import { onOwnServers, startTestApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())
const { register } = onOwnServers(() => api)

/** A command that has begun to run, which writes when told. */
async function running() {
  const server = await register()
  const begun = await api.ask('operator', 'POST', `/v1/servers/${server}/commands`, { command: 'uptime' })
  const id = begun.text('operation.id')
  const operation = await api.store.operations.get(id)
  const runId = `${id}.command.0.1`
  await api.store.runs.intend({
    runId,
    operationId: id,
    serverId: operation?.server?.id ?? '',
    stepId: 'command',
    commandIndex: 0,
    digest: 'a'.repeat(64),
    shown: 'uptime',
    as: 'root',
    boot: 'b',
  })
  const offsets = { stdout: 0, stderr: 0 }
  return {
    id,
    write: async (stream: 'stdout' | 'stderr', text: string | Buffer) => {
      const bytes = Buffer.from(text)
      await api.store.runs.appendOutput(runId, [{ stream, offset: offsets[stream], bytes }])
      offsets[stream] += bytes.length
    },
    end: () => api.store.operations.end(id, { state: 'succeeded', message: 'Done.' }),
  }
}

const open = (id: string, headers: Record<string, string> = {}, query = '') =>
  api.app.request(`/v1/operations/${id}/output${query}`, {
    headers: { authorization: `Bearer ${api.tokens.viewer}`, accept: 'text/event-stream', ...headers },
  })

/** What has come until the text is there. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string): Promise<string> {
  let seen = ''
  while (!seen.includes(wanted)) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`the stream ended without ${wanted}: ${seen}`)
    seen += Buffer.from(value).toString()
  }
  return seen
}

const readerOf = (response: Response): ReadableStreamDefaultReader<Uint8Array> => {
  if (response.body === null) throw new Error('no body')
  return response.body.getReader()
}

it('output comes while it is written, in the order of arrival, and the stream ends with the operation', async () => {
  const { id, write, end } = await running()
  await write('stdout', 'before anybody looked\n')
  const response = await open(id)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = readerOf(response)
  await readUntil(reader, 'before anybody looked')
  await write('stderr', 'oops\n')
  expect(await readUntil(reader, 'oops')).toMatch(/event: stderr\ndata: \{"offset":0,"text":"oops\\n"\}/)
  await write('stdout', 'after\n')
  expect(await readUntil(reader, 'after')).toContain('data: {"offset":22,"text":"after\\n"}')
  await end()
  await readUntil(reader, 'event: end')
  expect((await reader.read()).done).toBe(true)
})

it('a stream is resumed after the last event that came, and may be of one stream alone', async () => {
  const { id, write, end } = await running()
  await write('stdout', 'one\n')
  await write('stderr', 'two\n')
  await write('stdout', 'three\n')
  await end()
  const whole = await (await open(id)).text()
  const first = /^id: (\d+)$/m.exec(whole)?.[1] ?? ''
  const rest = await (await open(id, { 'last-event-id': first })).text()
  expect(rest).not.toContain('one')
  expect(rest).toMatch(/two[^]*three[^]*event: end/)
  const errors = await (await open(id, {}, '?stream=stderr')).text()
  expect(errors.match(/^event: \w+$/gm)).toEqual(['event: stderr', 'event: end'])
  expect((await open(id, { 'last-event-id': 'x' })).status).toBe(422)
})

it('a character that was cut in two comes whole', async () => {
  const { id, write, end } = await running()
  const bytes = Buffer.from('größe')
  await write('stdout', bytes.subarray(0, 3))
  await write('stdout', bytes.subarray(3))
  await end()
  const texts = [...(await (await open(id)).text()).matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text)
  expect(texts.join('')).toBe('größe')
})

it('who leaves ends the stream', async () => {
  const { id, write } = await running()
  await write('stdout', 'one\n')
  const reader = readerOf(await open(id))
  await readUntil(reader, 'one')
  await reader.cancel()
  await write('stdout', 'two\n')
  expect((await api.ask('viewer', 'GET', `/v1/operations/${id}`)).status).toBe(200)
})
