import { install, type Installation, type WorkerProcess } from '../support/installation.ts'
import { type Beginning, type Lockable, makeLockable } from './fresh-lockdown.ts'
import { freshServer, setUpUndisturbed, type Undisturbed } from './fresh-setup.ts'
import { type DeployedServer, makeDeployed, prepareForDeployments } from './deployed-server.ts'
import { type Mortal, mortalPostgres, mortalTemporal } from './mortal.ts'
import { pause, type Server } from './work.ts'

/** A whole Drydock on which stories play one after the other: everything in it may die and come back. */
export type Ground = {
  readonly drydock: Installation
  readonly temporal: Mortal
  readonly postgres: Mortal
  /** The server for commands; each setup gets a fresh one. */
  readonly server: Server
  /** How a setup goes here when nobody disturbs it; tried when it is first asked for. */
  setUp(): Promise<Undisturbed>
  /** Servers to lock down, and how that goes; made when they are first asked for. */
  lockable(beginning: Beginning): Promise<Lockable>
  /** A server on which an application serves; made when it is first asked for, and used by one seed after the other. */
  deployed(): Promise<DeployedServer>
  /** Takes that server down: no other seed is to suffer from what is wrong with it. */
  giveUpDeployed(): Promise<void>
  /** Kills the worker with -9 and starts the next one, after a while without any. */
  changeWorker(awayMs?: number): Promise<void>
  /** Throws where the worker has ended by itself, and starts the next one: no other seed is to suffer from it. */
  expectWorkerAlive(): Promise<void>
  close(): Promise<void>
}

export async function openGround(): Promise<Ground> {
  const open: (() => Promise<void>)[] = []
  const close = async () => {
    for (let closeOne = open.pop(); closeOne !== undefined; closeOne = open.pop()) await closeOne()
  }
  try {
    const temporal = await mortalTemporal()
    open.push(() => temporal.close())
    const postgres = await mortalPostgres()
    open.push(() => postgres.close())
    const drydock = await install({}, { temporal: temporal.address, postgres: postgres.address })
    open.push(() => drydock.close())
    const server = await freshServer(drydock)
    open.push(() => server.host.stop())
    let worker: WorkerProcess = await drydock.startWorker()
    let undisturbed: Promise<Undisturbed> | null = null
    let deployed: Promise<DeployedServer> | null = null
    const giveUpDeployed = async () => {
      const gone = deployed
      deployed = null
      await gone?.then((one) => one.close()).catch(() => undefined)
    }
    open.push(giveUpDeployed)
    const lockables = new Map<Beginning, Promise<Lockable>>()
    const makeOne = (beginning: Beginning): Promise<Lockable> => {
      const made = makeLockable(drydock, beginning)
      open.push(async () => made.then(({ prepared }) => prepared.close()).catch(() => undefined))
      lockables.set(beginning, made)
      made.catch(() => lockables.delete(beginning)) // the next one who asks tries again
      return made
    }
    return {
      drydock,
      temporal,
      postgres,
      server,
      setUp: () => (undisturbed ??= setUpUndisturbed(drydock)),
      lockable: (beginning) => lockables.get(beginning) ?? makeOne(beginning),
      deployed: () => (deployed ??= prepareForDeployments(drydock).then((prepared) => makeDeployed(drydock, prepared))),
      giveUpDeployed,
      async changeWorker(awayMs = 0) {
        await worker.kill9()
        await pause(awayMs)
        worker = await drydock.startWorker()
      },
      async expectWorkerAlive() {
        if (worker.isAlive()) return
        const said = drydock.workerLog()
        worker = await drydock.startWorker()
        throw new Error(`the worker ended by itself: ${said.slice(-1_500)}`)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
