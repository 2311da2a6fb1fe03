import { disturb } from './disturbed.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const network: Story = {
  name: 'network',
  promise: 'Every packet of a server dropped for a while: output whole and in order, and nothing is done twice.',
  play: (ground, o) =>
    disturb(ground, o, async ({ host }) => {
      const awayMs = o.form === 'short' ? o.random.between(5_000, 20_000) : 60_000
      await host.cutNetwork()
      try {
        await pause(awayMs)
      } finally {
        await host.restoreNetwork()
      }
      return `away for ${awayMs} ms`
    }),
}
