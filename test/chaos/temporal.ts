import { disturb, openGround } from './disturbed.ts'
import { mortalTemporal } from './mortal.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const temporal: Story = {
  name: 'temporal',
  promise: 'Temporal killed with -9 and started again on its database: the work ends, and nothing is done twice.',
  async open(form) {
    const server = await mortalTemporal()
    const ground = await openGround({ temporal: server.address })
    return {
      play: (o) =>
        disturb(ground, o, async () => {
          const awayMs = o.random.between(0, form === 'short' ? 3_000 : 45_000)
          await server.die('SIGKILL')
          await pause(awayMs)
          await server.comeBack()
          return `away for ${awayMs} ms`
        }),
      async close() {
        await ground.close()
        await server.close()
      },
    }
  },
}
