import { disturb } from './disturbed.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const worker: Story = {
  name: 'worker',
  promise: 'A worker killed with -9 loses nothing: the next one ends the work, and nothing is done twice.',
  play: (ground, o) =>
    disturb(ground, o, async () => {
      const kills = o.random.oneOf([1, 1, 1, 2])
      for (let kill = 1; kill <= kills; kill += 1) {
        await ground.changeWorker()
        // Long enough that some seeds hit the second attempt at work, and some its way there.
        if (kill < kills) await pause(o.random.between(0, 12_000))
      }
      return `killed ${kills === 1 ? 'once' : 'twice'}`
    }),
}
