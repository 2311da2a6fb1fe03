import assert from 'node:assert/strict'
import { openGround } from './disturbed.ts'
import { startNumberedCommand } from './numbered-command.ts'
import type { Story } from './story.ts'
import { endOf, pause } from './work.ts'

export const reboot: Story = {
  name: 'reboot',
  promise: 'The power of a server fails in the middle of a command: it is not run again, and never called succeeded.',
  async open() {
    const ground = await openGround()
    const { host } = ground.server
    return {
      async play({ random }) {
        const work = await startNumberedCommand(ground.drydock, ground.server, { lines: 30 })
        const moment = random.between(0, work.usualMs)
        await pause(moment)
        const where = await work.whereabouts()
        await host.reboot('power_cut')
        const ended = await endOf(ground.drydock, work.operationId)
        await pause(2_000) // were it started once more, it would write
        const book = await work.book()
        const state = ended.result?.state ?? ''
        const told = `${state} (${ended.result?.message}) over a server that wrote ${book.join(' ')}`
        const whole = book.includes('ended')
        const begun = book.filter((line) => line === 'begun').length
        assert.ok(begun <= 1, `run twice: ${told}`)
        assert.deepEqual(
          book.filter((line) => /^\d+$/.test(line)),
          Array.from({ length: book.length - begun - (whole ? 1 : 0) }, (_, at) => String(at + 1)),
          `written twice or torn: ${told}`,
        )
        // The exit status may not have been written when the power failed, so a whole one may be unknown too.
        assert.ok(whole ? ['succeeded', 'unknown'].includes(state) : ['unknown', 'failed'].includes(state), told)
        return `${moment} ms on, ${where}: ${state}`
      },
      close: () => ground.close(),
    }
  },
}
