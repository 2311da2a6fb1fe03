import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, type Installation, until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'journal' })
let drydock: Installation
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  server = await drydock.register(host())
  const unit = '[Service]\\nExecStart=/usr/bin/tail -n +1 -F /var/tmp/talk'
  const made = await host().sh(
    `: > /var/tmp/talk; printf '${unit}\\n' > /etc/systemd/system/talker.service && systemctl daemon-reload && systemctl start talker`,
  )
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
})
afterAll(() => drydock.close())

const say = (line: string) => host().sh(`echo '${line}' >> /var/tmp/talk`)
const path = () => `/v1/servers/${server.name}/services/talker/journals`
const outputOf = (id: string) => drydock.read(`/v1/operations/${id}/output?stream=stdout`)

test('the journal of a unit is read by its last lines, as text and as objects', async () => {
  await say('the first line')
  await say('the second line')
  const both = await until(async () => {
    const { id, result } = await drydock.finish('POST', path(), { lines: 2 })
    expect(result).toMatchObject({ state: 'succeeded' })
    const text = await outputOf(id)
    return text.includes('the second line') ? text : null
  })
  expect(both).toMatch(/the first line\n.*the second line\n$/)
  const { id } = await drydock.finish('POST', path(), { lines: 1, format: 'json' })
  expect(JSON.parse(await outputOf(id))).toMatchObject({
    MESSAGE: 'the second line',
    _SYSTEMD_UNIT: 'talker.service',
  })
  const since = await drydock.finish('POST', path(), { lines: 1, since: '2020-01-01T00:00:00Z' })
  expect([since.result?.state, await outputOf(since.id)]).toEqual([
    'succeeded',
    expect.stringMatching(/the second line\n$/),
  ])
  const none = await drydock.finish('POST', path(), { until: '2020-01-01T00:00:00Z' })
  expect([none.result?.state, await outputOf(none.id)]).toEqual(['succeeded', ''])
}, 60_000)

test('a journal is followed while it is written, and the end of following is no failure', async () => {
  const { id } = await drydock.start('POST', path(), { follow: true, follow_ms: 20_000, lines: 1 })
  await until(async () => ((await outputOf(id)) === '' ? null : true))
  await say('told while somebody looks')
  await until(async () => ((await outputOf(id)).includes('told while somebody looks') ? true : null))
  expect((await drydock.operation(id)).state).toBe('running')
  const streamed = await drydock.read(`/v1/operations/${id}/output`, { accept: 'text/event-stream' })
  expect(streamed).toContain('told while somebody looks')
  expect(streamed.trimEnd()).toMatch(/event: end\ndata: \{\}$/)
  expect((await drydock.operation(id)).result).toMatchObject({ state: 'succeeded' })
}, 90_000)

test('a follow that is cancelled leaves nothing on the host', async () => {
  const { id } = await drydock.start('POST', path(), { follow: true })
  await until(async () => ((await outputOf(id)) === '' ? null : true))
  await drydock.ask('POST', `/v1/operations/${id}/cancellation`, {})
  const ended = await until(async () => {
    const now = await drydock.operation(id)
    return now.result === null ? null : now
  })
  expect(ended.result).toMatchObject({ state: 'cancelled' })
  expect((await host().sh('pgrep -x journalctl')).exitCode).toBe(1)
}, 60_000)
