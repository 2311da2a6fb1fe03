import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { LoopbackSshd } from '../../../lab/index.ts'
import type { Product } from '../product.ts'
import type { BareInput, bare, bareAfterSignal } from './workflows.ts'

/** What the rows with an engine are held against: plain workflows on the same Temporal server, with a worker process of their own. */
export type Bare = {
  start(commands: readonly string[]): ReturnType<typeof startBare>
  startAfterSignal(commands: readonly string[]): ReturnType<typeof startBareAfterSignal>
  run(commands: readonly string[]): Promise<void>
  stop(): Promise<void>
}

type Where = { readonly product: Product; readonly taskQueue: string; readonly input: BareInput }

const startBare = ({ product, taskQueue, input }: Where) =>
  product.temporal.workflow.start<typeof bare>('bare', { taskQueue, workflowId: randomUUID(), args: [input] })

const startBareAfterSignal = ({ product, taskQueue, input }: Where) =>
  product.temporal.workflow.start<typeof bareAfterSignal>('bareAfterSignal', {
    taskQueue,
    workflowId: randomUUID(),
    args: [input],
  })

export async function startBareWorker(product: Product, sshd: LoopbackSshd): Promise<Bare> {
  const taskQueue = `bare-${randomUUID()}`
  const worker = fork(join(import.meta.dirname, 'worker.ts'), [product.temporalAddress, taskQueue], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    worker.once('exit', (code) => reject(new Error(`the worker of the reference ended with ${code}`)))
  })
  const place = { address: sshd.addresses[0] ?? '', port: sshd.port, keyPath: sshd.keyPath }
  const where = (commands: readonly string[]): Where => ({ product, taskQueue, input: { place, commands } })
  return {
    start: (commands) => startBare(where(commands)),
    startAfterSignal: (commands) => startBareAfterSignal(where(commands)),
    async run(commands) {
      await product.temporal.workflow.execute<typeof bare>('bare', {
        taskQueue,
        workflowId: randomUUID(),
        args: [where(commands).input],
      })
    },
    async stop() {
      worker.kill('SIGTERM')
      await ended
    },
  }
}
