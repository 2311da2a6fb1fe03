import { z } from '@hono/zod-openapi'
import pLimit from 'p-limit'
import { hasEnded, OperationKind, OperationState, StepProgress } from '../schema/operation.ts'
import type { Cancel } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { withLiveState } from './operation-state.ts'
import { OperationView, presentOperation } from './operation-view.ts'
import { Limit, OperationParam, operationOf, page, serverOf } from './parameters.ts'
import { PlanView, showPlan } from './plan-view.ts'
import { outside, present } from './present.ts'
import { conflict } from './problem.ts'
import { json, route } from './route.ts'
import { tellWorkflow } from './tell-workflow.ts'

export const OperationPage = page(OperationView).openapi('OperationPage')
const Details = z
  .object({
    operation: OperationView,
    plan: PlanView.nullable(),
    steps: z.array(outside(StepProgress, 'StepProgress')),
    runs: z.array(
      z.object({
        id: z.string(),
        step: z.string(),
        command: z.string(),
        state: z.enum(['running', 'exited', 'killed', 'unknown']),
      }),
    ),
  })
  .openapi('OperationDetails')

const list = route({
  method: 'get',
  path: '/v1/operations',
  role: 'viewer',
  tags: ['operations'],
  summary: 'List operations, newest first',
  request: {
    query: z.object({
      server: z.string().min(1).max(253).optional().openapi({ description: "A server's name or id" }),
      kind: OperationKind.optional(),
      state: OperationState.optional(),
      parent: z.uuid().optional(),
      limit: Limit,
      before: z.uuid().optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(OperationPage, 'A page of operations') },
  problems: { 404: 'There is no such server' },
})

const show = route({
  method: 'get',
  path: '/v1/operations/{id}',
  role: 'viewer',
  tags: ['operations'],
  summary: 'Show an operation: its state and reason, plan, steps and result',
  request: { params: OperationParam },
  responses: { 200: json(Details, 'The operation') },
})

const cancel = route({
  method: 'post',
  path: '/v1/operations/{id}/cancellation',
  role: 'operator',
  audit: { action: 'operation.cancel' },
  tags: ['operations'],
  summary: 'Ask an operation to end: its command is killed on the host, and what was applied is undone where it can be',
  request: { params: OperationParam },
  responses: { 202: json(z.object({ operation: OperationView }).openapi('Cancelling'), 'Asked') },
  problems: { 409: 'It has ended' },
})

/** The jobs that were started (spec ARCH-2, API-2). */
export function operations(app: Api, deps: Deps): void {
  app.openapi(list, async (c) => c.json(await pageOf(deps, c.req.valid('query')), 200))

  app.openapi(show, async (c) => {
    const stored = await operationOf(deps, c.req.valid('param').id)
    const [operation, plan, steps, runs] = await Promise.all([
      withLiveState(deps, stored),
      deps.store.plans.ofOperation(stored.id),
      deps.store.steps.list(stored.id),
      deps.store.runs.ofOperation(stored.id),
    ])
    const body = {
      operation: presentOperation(deps.settings, operation),
      plan: plan ? showPlan(plan) : null,
      steps: steps.map((step) => present(StepProgress, step)),
      runs: runs.map((run) => ({
        id: run.id,
        step: run.stepId,
        command: run.shown,
        state: run.end?.kind ?? ('running' as const),
      })),
    }
    return c.json(body, 200)
  })

  app.openapi(cancel, async (c) => {
    const stored = await operationOf(deps, c.req.valid('param').id)
    Object.assign(c.get('audit'), { operationId: stored.id, serverId: stored.server?.id })
    const operation = await withLiveState(deps, stored)
    if (hasEnded(operation.state)) throw ended(operation)
    const message: Cancel = { operationId: operation.id, by: actorOf(c).name }
    if (!(await tellWorkflow(deps, operation, 'cancel', message))) throw ended(await withLiveState(deps, operation))
    return c.json({ operation: presentOperation(deps.settings, operation) }, 202)
  })
}

const ended = ({ id, state }: Operation) => conflict(`Operation ${id} has ended (${state}).`, null)

type Filter = {
  server?: string
  kind?: Operation['kind']
  state?: Operation['state']
  parent?: string
  application?: string
  session?: string
  limit: number
  before?: string
}

const atOnce = pLimit(8)

/** A page of operations, each with the state it has now. */
export async function pageOf(deps: Deps, { limit, server, ...filter }: Filter) {
  const id = server === undefined ? undefined : (await serverOf(deps, server)).id
  const found = await deps.store.operations.list({ ...filter, server: id, limit: limit + 1 })
  const shown = await Promise.all(
    found.slice(0, limit).map((operation) => atOnce(() => withLiveState(deps, operation))),
  )
  return {
    items: shown.map((operation) => presentOperation(deps.settings, operation)),
    next: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
  }
}
