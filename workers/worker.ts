import { Worker } from '@temporalio/worker'
import type { Logger } from 'pino'
import { createActivities } from '../activities/index.ts'
import { createDoor } from '../guard/index.ts'
import type { Settings } from '../schema/settings.ts'
import { createSsh } from '../ssh/index.ts'
import { isBound, type Store } from '../store/index.ts'
import { workflowBundle } from './bundle.ts'
import type { Scrubber } from './redact.ts'
import { leaveLocked } from './leave-locked.ts'
import { reportPool } from './pool-report.ts'
import { sweepRuns } from './sweep-runs.ts'
import { connectClient, connectWorker, registerSearchAttributes } from './temporal-client.ts'

export type RunningWorker = {
  /** Settles when the worker has stopped, with its error if it broke. */ readonly done: Promise<void> /** Takes no new work, lets go of runs, and ends. */
  stop(): Promise<void>
}

/** How much a worker does at once, and how it hears and lets go. */
export const workerOptions = {
  maxHeartbeatThrottleInterval: '1 second',
  defaultHeartbeatThrottleInterval: '1 second',
  maxConcurrentActivityTaskExecutions: 200,
  maxConcurrentWorkflowTaskExecutions: 100,
  shutdownGraceTime: '5 seconds',
  shutdownForceTime: '20 seconds',
} as const

/** The process that runs workflows and touches servers. Killing it loses nothing: runs go on, and the next worker attaches. */
export async function startWorker(o: {
  settings: Settings
  store: Store
  log: Logger
  scrubber: Scrubber
  env: NodeJS.ProcessEnv
}): Promise<RunningWorker> {
  const { settings, store, log } = o
  const identity = `drydock-worker@${process.pid}`
  const [client, connection, bundle] = await Promise.all([
    connectClient(settings, identity),
    connectWorker(settings),
    workflowBundle(),
  ])
  await registerSearchAttributes(client, settings, log)
  const door = createDoor({ isBound })
  const ssh = createSsh({
    isCleared: door.isCleared,
    settings: settings.ssh,
    log,
    onEvent: (event) => log.debug({ event }, 'ssh pool'),
  })
  const deps = { store, ssh, door, temporal: client, settings, log, env: o.env, rememberSecret: o.scrubber.remember }
  const worker = await Worker.create({
    connection,
    namespace: settings.temporal.namespace,
    taskQueue: settings.temporal.taskQueue,
    identity,
    workflowBundle: bundle,
    activities: createActivities(deps),
    ...workerOptions,
  })
  const background = [reportPool({ ssh, store, log, identity }), leaveLocked({ ssh, store, log }), sweepRuns(deps)]
  const runToEnd = async (): Promise<void> => {
    try {
      await worker.run()
    } finally {
      for (const stopOne of background) await stopOne()
      await ssh.close()
      await connection.close()
      await client.connection.close()
    }
  }
  const done = runToEnd()
  log.info({ task_queue: settings.temporal.taskQueue }, 'worker ready')
  return {
    done,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await done
    },
  }
}
