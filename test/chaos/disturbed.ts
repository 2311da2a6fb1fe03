import assert from 'node:assert/strict'
import type { EndState } from '../../schema/operation.ts'
import { install, type Installation, type WorkerProcess } from '../support/installation.ts'
import { beginSetup, freshServer, setUpUndisturbed, type Undisturbed } from './fresh-setup.ts'
import { startNumberedCommand } from './numbered-command.ts'
import type { Stage } from './story.ts'
import { pause, type Server, type Work } from './work.ts'

/** An installation with its worker and a server for commands, on which a story plays. */
export type Ground = {
  readonly drydock: Installation
  readonly server: Server
  /** The worker of now; a story that kills it puts the next one here. */
  worker: WorkerProcess
  setUp(): Promise<Undisturbed>
  close(): Promise<void>
}

export async function openGround(on: { temporal?: string; postgres?: string } = {}): Promise<Ground> {
  const drydock = await install({}, on)
  try {
    const [worker, server] = await Promise.all([drydock.startWorker(), freshServer(drydock)])
    let undisturbed: Promise<Undisturbed> | null = null
    return {
      drydock,
      server,
      worker,
      setUp: () => (undisturbed ??= setUpUndisturbed(drydock)),
      async close() {
        await server.host.stop()
        await drydock.close()
      },
    }
  } catch (error) {
    await drydock.close()
    throw error
  }
}

/** Odd seeds disturb the setup of a fresh server, even ones a command. */
const beginWork = async (ground: Ground, seed: number): Promise<Work> =>
  seed % 2 === 1
    ? beginSetup(ground.drydock, await ground.setUp())
    : startNumberedCommand(ground.drydock, ground.server, { lines: 40 })

/**
 * Disturbs work at a moment anywhere in it. It must end as if nothing had been; or, where the disturbance is one that
 * work does not survive, in one of the ways that `mayEnd` names for that share of its usual time, and truthfully.
 */
export async function disturb(
  ground: Ground,
  { seed, random }: Parameters<Stage['play']>[0],
  disturbance: (work: Work) => Promise<string>,
  mayEnd: ((share: number) => readonly EndState[]) | null = null,
): Promise<string> {
  const work = await beginWork(ground, seed)
  try {
    const moment = random.between(0, work.usualMs)
    await pause(moment)
    const where = await work.whereabouts()
    const told = `${seed % 2 === 1 ? 'setup' : 'command'}, ${moment} ms on, ${where}: ${await disturbance(work)}`
    if (mayEnd === null) {
      await work.expectDoneOnce()
      return told
    }
    const state = await work.expectTrueEnd()
    assert.ok(
      mayEnd(moment / work.usualMs).some((end) => end === state),
      `${told}: ended ${state}`,
    )
    return `${told}: ${state}`
  } finally {
    await work.close()
  }
}
