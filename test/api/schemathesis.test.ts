import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Listening, listen } from '../../api/listen.ts'
import { startTestApi, type TestApi, webServer } from '../support/api.ts'
import { pythonTool } from '../support/python-tool.ts'

const run = promisify(execFile)
const version = '4.32.5'
/** Fixed, so that a run repeats itself; DRYDOCK_SEED tries others. */
const seed = process.env.DRYDOCK_SEED ?? '20260101'
/** Seconds; the long form takes more. */
const budget = process.env.DRYDOCK_FUZZ_SECONDS ?? '60'

let api: TestApi
let server: Listening
beforeAll(async () => {
  api = await startTestApi({ api: { requestsPerMinute: 10_000_000 } })
  await api.ask('admin', 'POST', '/v1/servers', webServer)
  await api.ask('admin', 'POST', '/v1/servers/web-1/commands', { command: 'uptime' })
  server = await listen(api.app, { host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server.close()
  await api.stop()
})

it('Schemathesis finds no answer that the document does not have, and no failure of the API', {
  timeout: 400_000,
}, async ({ skip }) => {
  const installed = await pythonTool('schemathesis', version)
  if ('because' in installed) {
    console.log(`skipped: ${installed.because}`)
    skip(installed.because)
    return
  }
  const config = new URL('schemathesis.toml', import.meta.url).pathname
  const where = [
    '--config-file',
    config,
    'run',
    `${server.url}/openapi.json`,
    '-H',
    `Authorization: Bearer ${api.tokens.admin}`,
  ]
  const howLong = ['--phases', 'coverage,fuzzing', '--max-time', budget, '--seed', seed, '--request-timeout', '70']
  const args = [...where, ...howLong, '--continue-on-failure', '--no-color']
  const ended = await run(installed.program, args, { maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code?: number; stdout?: string }) => ({ code: error.code ?? -1, stdout: error.stdout ?? '' }),
  )
  expect(ended.code, ended.stdout).toBe(0)
  expect(ended.stdout).toMatch(/Test cases:\s+\d{3,} generated/)
})
