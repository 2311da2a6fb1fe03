import { disturb, openGround } from './disturbed.ts'
import type { Story } from './story.ts'

export const reboot: Story = {
  name: 'reboot',
  promise:
    'The power of a server fails in the middle: nothing is run again, and nothing unfinished is called succeeded.',
  async open() {
    const ground = await openGround()
    return {
      play: (o) =>
        disturb(
          ground,
          o,
          async ({ host }) => {
            await host.reboot('power_cut')
            return 'its power failed'
          },
          () => ['succeeded', 'failed', 'unknown', 'rolled_back'],
        ),
      close: () => ground.close(),
    }
  },
}
