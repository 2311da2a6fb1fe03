import assert from 'node:assert/strict'
import { fingerprint } from '../support/apply-plan.ts'
import { openGround } from './disturbed.ts'
import { freshServer, startSetup } from './fresh-setup.ts'
import { expectSameLines } from './same-lines.ts'
import type { Story } from './story.ts'
import { leftOn, newestOn } from './witness.ts'
import { endOf, pause } from './work.ts'

export const cancel: Story = {
  name: 'cancel',
  promise: 'A setup cancelled at any moment leaves the server as it was, also when the worker dies over it.',
  async open() {
    const ground = await openGround()
    const { drydock } = ground
    return {
      async play({ random }) {
        const { ms } = await ground.setUp()
        const server = await freshServer(drydock)
        const { host } = server
        try {
          const before = await fingerprint(host)
          const id = await startSetup(drydock, server)
          const moment = random.between(0, Math.round(ms * 0.9))
          await pause(moment)
          const where = `after "${await newestOn(host)}"`
          const answer = await drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
          const dies = random.oneOf([false, false, true])
          if (dies) {
            await pause(random.between(0, 1_000))
            await ground.worker.kill9()
            ground.worker = await drydock.startWorker()
          }
          const { result } = await endOf(drydock, id)
          assert.equal(await leftOn(host, id), '', 'processes left on the server')
          const told = `${moment} ms on, ${where}${dies ? ', and the worker killed' : ''}: ${result?.state}`
          // It may have been over already.
          if (result?.state === 'succeeded') {
            assert.ok(moment > ms / 2, `${told}, the cancellation answered ${answer.status}`)
            return told
          }
          assert.equal(result?.state, 'cancelled', `${told}: ${result?.message}`)
          expectSameLines(await fingerprint(host), before, `${told}: files, owners, modes and packages`)
          return told
        } finally {
          await host.stop()
        }
      },
      close: () => ground.close(),
    }
  },
}
