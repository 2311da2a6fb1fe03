// node download-temporal.mjs FOLDER VERSION: lets the Temporal SDK download its dev server. A process of its own, because
// a download that hangs in the SDK's native part cannot be given up from inside.
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [downloadDir, version] = process.argv.slice(2)
const server = { executable: { type: 'cached-download', downloadDir, version } }
await (await TestWorkflowEnvironment.createLocal({ server })).teardown()
