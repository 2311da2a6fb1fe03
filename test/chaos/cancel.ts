import assert from 'node:assert/strict'
import { disturb } from './disturbed.ts'
import type { Story } from './story.ts'
import { pause } from './work.ts'

export const cancel: Story = {
  name: 'cancel',
  promise: 'Work cancelled at any moment leaves the server as it was, also when the worker dies over it.',
  play: (ground, o) =>
    disturb(
      ground,
      o,
      async ({ operationId }) => {
        const path = `/v1/operations/${operationId}/cancellation`
        const { status } = await ground.drydock.ask('POST', path, {}, 'operator')
        // 409: it was over already.
        assert.ok([202, 409].includes(status), `the cancellation answered ${status}`)
        if (!o.random.oneOf([false, false, true])) return `cancelled (${status})`
        await pause(o.random.between(0, 1_000))
        await ground.changeWorker()
        return `cancelled (${status}) and the worker killed`
      },
      // Towards its end it may be over before the cancellation arrives.
      (share) => (share < 0.6 ? ['cancelled'] : ['cancelled', 'succeeded']),
    ),
}
