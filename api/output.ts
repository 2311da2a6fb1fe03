import { z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import type { Api, Deps } from './context.ts'
import { OperationParam, operationOf } from './parameters.ts'
import { route } from './route.ts'

const download = route({
  method: 'get',
  path: '/v1/operations/{id}/output',
  role: 'viewer',
  tags: ['operations'],
  summary:
    'Download what the commands of an operation wrote: every stored byte, as it was written but for values of secrets, which are asterisks',
  request: {
    params: OperationParam,
    query: z.object({
      stream: z
        .enum(['stdout', 'stderr'])
        .optional()
        .openapi({ description: 'One stream only; else both in the order of arrival' }),
    }),
  },
  responses: {
    200: {
      description: 'The bytes',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
})

/** What commands wrote. */
export function output(app: Api, deps: Deps): void {
  app.openapi(download, async (c) => {
    const { id } = await operationOf(deps, c.req.valid('param').id)
    const only = c.req.valid('query').stream
    c.header('content-type', 'application/octet-stream')
    c.header('content-disposition', `attachment; filename="${id}${only ? `.${only}` : ''}.txt"`)
    return stream(c, async (body) => {
      for await (const chunk of deps.store.outputs.ofOperation(id)) {
        if (body.aborted) return
        if (!only || chunk.stream === only) await body.write(chunk.bytes)
      }
    })
  })
}
