import { disturb, openGround } from './disturbed.ts'
import { mortalPostgres } from './mortal.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const database: Story = {
  name: 'database',
  promise: 'PostgreSQL stopped or crashed and started again: the work ends, and nothing is done or stored twice.',
  async open(form) {
    const server = await mortalPostgres()
    const ground = await openGround({ postgres: server.address })
    return {
      play: (o) =>
        disturb(ground, o, async () => {
          // SIGINT cuts connections and stops; after SIGQUIT it recovers as from a crash.
          const how = o.random.oneOf<NodeJS.Signals>(['SIGINT', 'SIGQUIT'])
          const awayMs = o.random.between(0, form === 'short' ? 3_000 : 45_000)
          await server.die(how)
          await pause(awayMs)
          await server.comeBack()
          return `${how}, away for ${awayMs} ms`
        }),
      async close() {
        await ground.close()
        await server.close()
      },
    }
  },
}
