import { z } from 'zod'
import type { Product } from './product.ts'

const Started = z.object({ operation: z.object({ id: z.string(), state: z.string(), workflow_id: z.string() }) })
export type Begun = z.infer<typeof Started>['operation']

const Asked = z.object({
  assessment: z.object({
    phrase: z.string(),
    checklist: z.array(z.object({ id: z.string(), critical: z.boolean() })),
  }),
})

/** Starts something over HTTP; `waitS` asks the API to answer with the end. */
export async function begin(product: Product, path: string, body: unknown, waitS?: number): Promise<Begun> {
  const headers = waitS === undefined ? undefined : { prefer: `wait=${waitS}` }
  const answer = await product.ask('POST', path, body, headers)
  const started = Started.safeParse(answer.body)
  if (!started.success) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return started.data.operation
}

export async function mustSucceed(product: Product, operation: Begun): Promise<void> {
  if (operation.state === 'succeeded') return
  const { body } = await product.ask('GET', `/v1/operations/${operation.id}`)
  throw new Error(`an operation ended ${operation.state}: ${JSON.stringify(body).slice(0, 2_000)}`)
}

/** Waits until the workflow has closed too: the next turn of the reference must not share the machine with our last one. */
export const settled = async (product: Product, operation: Begun): Promise<void> =>
  void (await product.temporal.workflow.getHandle(operation.workflow_id).result())

/** What an operation asks, and the decision that lets it go on. */
export async function decisionFor(product: Product, operation: Begun): Promise<Record<string, unknown>> {
  for (;;) {
    const { status, body } = await product.ask('GET', `/v1/operations/${operation.id}/approval`)
    if (status === 200) {
      const { phrase, checklist } = Asked.parse(body).assessment
      const acknowledged = checklist.filter((item) => item.critical).map((item) => item.id)
      return { decision: 'confirm', phrase, acknowledged }
    }
  }
}

/** Follows an operation's events; resolves with its last state once it is told. */
export async function follow(product: Product, operation: Begun): Promise<{ end: Promise<string> }> {
  const response = await product.open(`/v1/operations/${operation.id}/events`)
  const { body } = response
  if (!response.ok || body === null) throw new Error(`events answered ${response.status}`)
  return { end: lastState(body) }
}

const ended = /"state":"(succeeded|failed|refused|cancelled|unknown)"/

async function lastState(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  for (let text = ''; ; ) {
    const { value, done } = await reader.read()
    text += decoder.decode(value, { stream: !done })
    const [, state] = ended.exec(text) ?? []
    if (state !== undefined) {
      await reader.cancel()
      return state
    }
    if (done) throw new Error('the events ended without an end')
  }
}
