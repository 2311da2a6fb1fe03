import { openGround } from './disturbed.ts'
import { startNumberedCommand } from './numbered-command.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const network: Story = {
  name: 'network',
  promise: 'Every packet of a server dropped for a while: the output of its command is whole and in order, run once.',
  async open(form) {
    const ground = await openGround()
    const { host } = ground.server
    return {
      async play({ random }) {
        const work = await startNumberedCommand(ground.drydock, ground.server, { lines: random.between(20, 120) })
        const moment = random.between(0, work.usualMs)
        await pause(moment)
        const where = await work.whereabouts()
        const awayMs = form === 'short' ? random.between(5_000, 20_000) : 60_000
        await host.cutNetwork()
        try {
          await pause(awayMs)
        } finally {
          await host.restoreNetwork()
        }
        await work.expectDoneOnce()
        return `${moment} ms on, ${where}: away for ${awayMs} ms`
      },
      close: () => ground.close(),
    }
  },
}
