import { disturb } from './disturbed.ts'
import type { Story } from './story.ts'

export const reboot: Story = {
  name: 'reboot',
  promise:
    'The power of a server fails in the middle: nothing is run again, and nothing unfinished is called succeeded.',
  play: (ground, o) =>
    disturb(
      ground,
      o,
      async ({ host }) => {
        await host.reboot('power_cut')
        return 'its power failed'
      },
      () => ['succeeded', 'failed', 'unknown', 'rolled_back'],
    ),
}
