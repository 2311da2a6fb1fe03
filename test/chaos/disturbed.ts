import assert from 'node:assert/strict'
import type { EndState } from '../../schema/operation.ts'
import { beginSetup } from './fresh-setup.ts'
import type { Ground } from './ground.ts'
import { startNumberedCommand } from './numbered-command.ts'
import type { Play } from './story.ts'
import { pause, type Work } from './work.ts'

const beginWork = async (ground: Ground, seed: number): Promise<Work> =>
  seed % 2 === 1
    ? beginSetup(ground.drydock, await ground.setUp())
    : startNumberedCommand(ground.drydock, ground.server, { lines: 40 })

/**
 * Disturbs work at a moment anywhere in it. It must end as if nothing had been; or, where the disturbance is one that
 * work does not survive, in one of the ways that `mayEnd` names for the share of it that was done, and truthfully.
 */
export async function disturb(
  ground: Ground,
  { seed, random }: Play,
  disturbance: (work: Work) => Promise<string>,
  mayEnd: ((share: number) => readonly EndState[]) | null = null,
): Promise<string> {
  const work = await beginWork(ground, seed)
  try {
    const moment = random.between(0, work.usualMs)
    await pause(moment)
    const [where, share] = [await work.whereabouts(), await work.share()]
    const told = `${seed % 2 === 1 ? 'setup' : 'command'}, ${moment} ms on, ${where}: ${await disturbance(work)}`
    if (mayEnd === null) {
      await work.expectDoneOnce()
      return told
    }
    const state = await work.expectTrueEnd()
    assert.ok(
      mayEnd(share).some((end) => end === state),
      `${told}: ended ${state}`,
    )
    return `${told}: ${state}`
  } finally {
    await work.close()
    await ground.expectWorkerAlive()
  }
}
