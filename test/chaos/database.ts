import { disturb } from './disturbed.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const database: Story = {
  name: 'database',
  promise: 'PostgreSQL stopped or crashed and started again: the work ends, and nothing is done or stored twice.',
  play: (ground, o) =>
    disturb(ground, o, async () => {
      // SIGINT cuts connections and stops; after SIGQUIT it recovers as from a crash.
      const how = o.random.oneOf<NodeJS.Signals>(['SIGINT', 'SIGQUIT'])
      const awayMs = o.random.between(0, o.form === 'short' ? 3_000 : 45_000)
      await ground.postgres.die(how)
      await pause(awayMs)
      await ground.postgres.comeBack()
      return `${how}, away for ${awayMs} ms`
    }),
}
