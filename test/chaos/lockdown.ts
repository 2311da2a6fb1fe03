import { beginLockdown, type LockdownUnderWay } from './fresh-lockdown.ts'
import type { Ground } from './ground.ts'
import type { Random } from './random.ts'
import type { Play, Story } from './story.ts'
import { pause } from './work.ts'

/** A busy machine needs half of it for a lockdown that nobody disturbs. */
const revertAfterMs = 45_000

export const lockdown: Story = {
  name: 'lockdown',
  promise: 'A lockdown is disturbed at any moment: nobody is locked out for good, and all is new or all is old.',
  async play(ground, o) {
    const beginning = o.seed % 4 === 0 ? 'with_packages' : 'ready'
    const lockable = await ground.lockable(beginning)
    const work = await beginLockdown(ground.drydock, lockable, revertAfterMs)
    try {
      const moment = o.random.between(0, lockable.ms)
      await pause(moment)
      const where = await work.whereabouts()
      const what = await disturbance(ground, o, work)
      const end = await work.expectTrueEnd()
      return `lockdown ${beginning}, ${moment} ms on, at ${where}: ${what}: ${end}`
    } finally {
      await work.close()
      await ground.expectWorkerAlive()
    }
  },
}

/** How long something stays away: mostly shorter than the host's clock, now and then longer. */
const outageMs = (random: Random): number =>
  random.oneOf([true, true, false])
    ? random.between(0, revertAfterMs / 3)
    : random.between(revertAfterMs + 2_000, revertAfterMs + 12_000)

async function disturbance(ground: Ground, { random }: Play, { host }: LockdownUnderWay): Promise<string> {
  const what = random.oneOf<'worker' | 'network' | 'power' | 'boot'>(['worker', 'network', 'power', 'boot'])
  switch (what) {
    case 'worker': {
      const ms = outageMs(random)
      await ground.changeWorker(ms)
      return `no worker for ${ms} ms`
    }
    case 'network': {
      const ms = outageMs(random)
      await host.cutNetwork()
      try {
        await pause(ms)
      } finally {
        await host.restoreNetwork()
      }
      return `no network for ${ms} ms`
    }
    case 'power':
      await host.reboot('power_cut')
      return 'its power failed'
    case 'boot':
      await host.reboot('clean')
      return 'it was booted anew'
    default:
      return what satisfies never
  }
}
