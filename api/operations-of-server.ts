import { z } from '@hono/zod-openapi'
import type { OperationKind } from '../schema/operation.ts'
import type { Api, Deps } from './context.ts'
import { OperationPage, pageOf } from './operations.ts'
import { Limit, ServerParam } from './parameters.ts'
import { json, route } from './route.ts'

type Words = { readonly path: string; readonly tag: string; readonly summary: string; readonly kind: OperationKind }

/** The GET beside a POST that starts one kind of operation on a server: those there were, newest first. */
export function listOfServer(app: Api, deps: Deps, { path, tag, summary, kind }: Words): void {
  const list = route({
    method: 'get',
    path,
    role: 'viewer',
    tags: [tag],
    summary,
    request: { params: ServerParam, query: z.object({ limit: Limit, before: z.uuid().optional() }) },
    responses: { 200: json(OperationPage, 'A page of operations') },
  })
  app.openapi(list, async (c) => {
    const { server } = c.req.valid('param')
    return c.json(await pageOf(deps, { ...c.req.valid('query'), server, kind }), 200)
  })
}
