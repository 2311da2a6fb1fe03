import { join } from 'node:path'
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { workerOptions } from '../../../workers/worker.ts'
import { bareActivities } from './activities.ts'

const [address = '', taskQueue = ''] = process.argv.slice(2)
const nothing = (): void => undefined
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }
const workflowsPath = join(import.meta.dirname, 'workflows.ts')

Runtime.install({ logger: silent })
// A process of its own, as ours is: what the measuring process does must not slow the reference down.
const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  ...workerOptions,
  connection,
  taskQueue,
  workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: silent }),
  activities: bareActivities(),
})
process.once('SIGTERM', () => worker.shutdown())
process.once('disconnect', () => worker.shutdown())
process.send?.('ready')
await worker.run()
await connection.close()
process.exit(0)
