import assert from 'node:assert/strict'
import type { Installation } from '../support/installation.ts'
import { endOf, pause, type Server, start, type Work } from './work.ts'
import { leftOn, say, startsOn } from './witness.ts'

type Size = { readonly lines: number }

/** A command that says a numbered line every 100 ms, and writes each into a file of the server as well. */
export async function startNumberedCommand(
  drydock: Installation,
  server: Server,
  o: Size,
): Promise<Work & { book(): Promise<string[]>; output(): Promise<string> }> {
  const { host } = server
  const file = `/var/tmp/numbered-${Date.now()}`
  const command = `echo begun >> ${file}; for i in $(seq ${o.lines}); do echo "line $i"; echo "$i" >> ${file}; sleep 0.1; done; echo ended >> ${file}`
  const operationId = await start(drydock, `/v1/servers/${server.name}/commands`, { command })
  const book = async () => (await say(host, `cat ${file} 2> /dev/null || true`)).split('\n').filter(Boolean)
  const output = async () => {
    let text = ''
    for await (const chunk of drydock.store.outputs.ofOperation(operationId)) text += chunk.bytes.toString()
    return text
  }
  const numbers = Array.from({ length: o.lines }, (_, at) => String(at + 1))
  return {
    operationId,
    host,
    usualMs: o.lines * 105 + 300,
    whereabouts: async () => `after "${(await book()).at(-1) ?? 'nothing yet'}"`,
    share: async () => (await book()).length / (o.lines + 2),
    book,
    output,
    async expectDoneOnce() {
      const ended = await endOf(drydock, operationId)
      assert.deepEqual([ended.result?.state, ended.result?.exit_code], ['succeeded', 0], JSON.stringify(ended.result))
      assert.deepEqual(await book(), ['begun', ...numbers, 'ended'], 'what the server wrote down')
      assert.equal(await output(), numbers.map((number) => `line ${number}\n`).join(''), 'the stored output')
      const starts = (await startsOn(host)).filter((path) => path.includes(operationId))
      assert.equal(starts.length, 1, `starts on the server: ${starts.join(' ')}`)
      assert.equal(await leftOn(host, operationId), '', 'processes left on the server')
    },
    async expectTrueEnd() {
      const { result } = await endOf(drydock, operationId)
      await pause(1_000) // were it started once more, it would write
      const written = await book()
      const told = `${result?.state} (${result?.message}) over a server that wrote ${written.join(' ')}`
      assert.deepEqual(written, ['begun', ...numbers, 'ended'].slice(0, written.length), `twice, or torn: ${told}`)
      const whole = written.at(-1) === 'ended'
      // The exit status may not have been written yet when it was cut off, so what is whole may be unknown too.
      const honest = whole ? ['succeeded', 'unknown', 'cancelled'] : ['unknown', 'failed', 'cancelled']
      assert.ok(honest.includes(result?.state ?? ''), told)
      assert.equal(await leftOn(host, operationId), '', 'processes left on the server')
      return result?.state ?? ''
    },
    close: () => Promise.resolve(),
  }
}
