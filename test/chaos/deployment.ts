import assert from 'node:assert/strict'
import { keepAsking } from '../support/requests.ts'
import {
  beginDeployment,
  type DeployedServer,
  type Quality,
  reachStage,
  reachUndo,
  strategies,
} from './deployed-server.ts'
import { expectTrue } from './deployment-truth.ts'
import type { Ground } from './ground.ts'
import type { Play, Story } from './story.ts'
import { endOf, pause } from './work.ts'

const disturbances = ['worker', 'network', 'reboot', 'cancel'] as const

/** What a seed stands for: sixteen of them are each strategy under each disturbance. */
const trialOf = ({ seed }: Play) => ({
  version: `${seed}.${Date.now()}.0`,
  strategy: strategies[seed % strategies.length] ?? 'rolling',
  what: disturbances[Math.floor(seed / strategies.length) % disturbances.length] ?? 'worker',
  quality: Math.floor(seed / 16) % 3 === 1 ? ('bad' as const) : ('good' as const),
})

export const deployment: Story = {
  name: 'deployment',
  promise: 'A deployment is disturbed in any of its stages: one version serves in the end, and nothing is done twice.',
  async play(ground, o) {
    const { strategy, what, quality, version } = trialOf(o)
    const deployed = await ground.deployed()
    try {
      const place = { application: 'hello', serverId: deployed.server.id }
      const before = await ground.drydock.store.releases.active(place)
      const begun = Date.now()
      const id = await beginDeployment(ground.drydock, deployed, { version, strategy, quality })
      const { told, failures } = await whileAsked(deployed, async () => {
        const stage = await reachMoment(ground, o, id, quality)
        const happened = await disturb(ground, o, what, deployed, id)
        await endOf(ground.drydock, id, 420_000)
        return `at ${stage}: ${happened}`
      })
      const state = await expectTrue(ground.drydock, deployed, { id, version, before: before?.version ?? null })
      assert.ok(quality === 'good' || state !== 'succeeded', 'a release whose hook fails has succeeded')
      // The server has lost nothing, so nobody is to feel it.
      if ((what === 'worker' || what === 'cancel') && strategy !== 'recreate')
        assert.deepEqual(failures.slice(0, 5), [], 'requests that failed')
      const seconds = Math.round((Date.now() - begun) / 1_000)
      return `${strategy}, ${quality}, ${told}: ${state} after ${seconds} s, ${failures.length} requests failed`
    } catch (error) {
      await ground.giveUpDeployed()
      const because = error instanceof Error ? error.message : String(error)
      throw new Error(`${strategy}, ${quality}, ${what}, ${version}: ${because}`, { cause: error })
    } finally {
      await ground.expectWorkerAlive()
    }
  },
}

/** Anywhere in it; with a release that fails, anywhere while it is taken back. */
async function reachMoment({ drydock }: Ground, { random }: Play, id: string, quality: Quality): Promise<string> {
  if (quality === 'bad') return reachUndo(drydock, id, random.between(0, 5_000))
  const stage = await reachStage(drydock, id, random.between(0, 99) / 100)
  await pause(random.between(0, 1_500))
  return stage
}

/** Somebody outside asks for the application all the time. */
async function whileAsked(
  { url }: DeployedServer,
  work: () => Promise<string>,
): Promise<{ told: string; failures: readonly string[] }> {
  const asking = await keepAsking(url, 20)
  const told = await work().catch(async (error: unknown) => {
    await asking.stop()
    throw error
  })
  return { told, failures: (await asking.stop()).failures }
}

async function disturb(
  ground: Ground,
  { random, form }: Play,
  what: (typeof disturbances)[number],
  { server: { host } }: DeployedServer,
  id: string,
): Promise<string> {
  const awayMs = form === 'short' ? random.between(0, 15_000) : 60_000
  switch (what) {
    case 'worker':
      await ground.changeWorker(Math.round(awayMs / 3))
      return `no worker for ${Math.round(awayMs / 3)} ms`
    case 'network':
      await host.cutNetwork()
      try {
        await pause(awayMs)
      } finally {
        await host.restoreNetwork()
      }
      return `no network for ${awayMs} ms`
    case 'reboot': {
      const how = random.oneOf<'power_cut' | 'clean'>(['power_cut', 'clean'])
      await host.reboot(how)
      return how === 'clean' ? 'it was booted anew' : 'its power failed'
    }
    case 'cancel': {
      const { status } = await ground.drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
      // 409: it was over already.
      assert.ok([202, 409].includes(status), `the cancellation answered ${status}`)
      return `cancelled (${status})`
    }
    default:
      return what satisfies never
  }
}
