import { disturb } from './disturbed.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const temporal: Story = {
  name: 'temporal',
  promise: 'Temporal killed with -9 and started again on its database: the work ends, and nothing is done twice.',
  play: (ground, o) =>
    disturb(ground, o, async () => {
      const awayMs = o.random.between(0, o.form === 'short' ? 3_000 : 45_000)
      await ground.temporal.die('SIGKILL')
      await pause(awayMs)
      await ground.temporal.comeBack()
      return `away for ${awayMs} ms`
    }),
}
