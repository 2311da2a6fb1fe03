/** A process of its own that starts a durable run and is killed by the test: argv is one JSON object. */
import { openSsh, runDurably, targetOf } from './sshd.ts'

const o: unknown = JSON.parse(process.argv[2] ?? '')
if (typeof o !== 'object' || o === null || !('host' in o) || !('run' in o)) throw new Error('host and run are missing')
const { host, run } = JSON.parse(process.argv[2] ?? '')
const { ssh } = openSsh()
await runDurably(ssh, targetOf(host), run.script, { runId: run.runId, boot: run.boot })
