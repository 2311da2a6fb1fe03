import { isGrpcServiceError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common'
import { v7 as uuidv7 } from 'uuid'
import type { OperationKind } from '../schema/operation.ts'
import { type SearchAttributeName, searchAttributes } from '../schema/search.ts'
import type { Server } from '../schema/server.ts'
import type { LiveStatus, Start } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import { actorOf, type Deps, type Request } from './context.ts'
import { withLiveState } from './operation-state.ts'
import { presentOperation } from './operation-view.ts'
import { type EndWatch, waitOf, watchForEnd } from './prefer.ts'
import { Refusal, unavailable } from './problem.ts'
import { sessionClosed } from './session-of.ts'

export type StartRequest = {
  readonly kind: OperationKind
  readonly server: Server | null
  readonly title: string
  /** Without it, `<kind>/<operation id>`. */
  readonly workflowId?: string
  /** The workflow's own input, beside what every operation is told. */
  readonly work: Readonly<Record<string, unknown>>
  /** JSON without secrets: what is stored of the request. */
  readonly input: unknown
  readonly sealed?: string
  /** As `NewOperation` has them. */
  readonly session?: { readonly id: string; readonly name: string }
  readonly asked?: string
  readonly exclusive?: boolean
  /** Refuse while another operation brings this application to any of these servers (spec DEPLOY-11). */
  readonly alone?: { readonly application: string; readonly serverIds: readonly string[] }
  readonly resumes?: string
  readonly details?: string
  readonly risk?: string
}

export type StartAnswer = { readonly operation: Operation; readonly ended: boolean }

/** Records an operation, starts its workflow, and waits for its end as long as the caller prefers. */
export async function startOperation(deps: Deps, c: Request, o: StartRequest): Promise<StartAnswer> {
  const waitMs = waitOf(c.req.header('prefer'))
  const id = uuidv7()
  const watch = waitMs > 0 ? await watchForEnd(deps, id) : null
  try {
    const { operation, isNew } = await record(deps, c, id, o)
    if (!isNew) {
      c.header('idempotent-replayed', 'true')
      return startAnswer(await withLiveState(deps, operation))
    }
    if (o.alone !== undefined) await mustBeAlone(deps, operation, o.alone)
    await startWorkflow(deps, operation, o)
    return watch ? await waitForEnd(deps, c, { operation, watch, waitMs }) : startAnswer(operation)
  } finally {
    watch?.stop()
  }
}

const startAnswer = (operation: Operation): StartAnswer => ({ operation, ended: operation.endedAt !== null })

async function waitForEnd(
  deps: Deps,
  c: Request,
  o: { operation: Operation; watch: EndWatch; waitMs: number },
): Promise<StartAnswer> {
  c.header('preference-applied', `wait=${o.waitMs / 1000}`)
  return startAnswer((await o.watch.wait(o.waitMs)) ?? (await withLiveState(deps, o.operation)))
}

async function record(
  deps: Deps,
  c: Request,
  id: string,
  o: StartRequest,
): Promise<{ operation: Operation; isNew: boolean }> {
  const create = () =>
    deps.store.operations.create({
      id,
      kind: o.kind,
      server: o.server ? { id: o.server.id } : null,
      title: o.title,
      requester: actorOf(c),
      correlationId: c.get('correlationId'),
      workflowId: o.workflowId ?? `${o.kind}/${id}`,
      input: o.input,
      sealed: o.sealed,
      session: o.session,
      asked: o.asked,
      resumes: o.resumes,
      idempotencyKey: c.req.header('idempotency-key'),
      exclusive: o.exclusive,
    })
  let made = await create()
  if ('operation' in made && 'conflict' in made) {
    // It may have been terminated in Temporal; asking ends it, and then there is room.
    const running = await withLiveState(deps, made.operation)
    if (running.endedAt === null) throw alreadyRunning(deps, running)
    made = await create()
  }
  if ('conflict' in made) {
    if (made.conflict === 'already_running') throw alreadyRunning(deps, made.operation)
    if (made.conflict === 'session_closed') throw sessionClosed(o.session?.name ?? '')
    throw new Refusal(409, 'CONFLICT', 'This Idempotency-Key was used for another request.', {
      suggestion: 'Use a new key for a new request.',
    })
  }
  c.get('audit').done = made.created
  return { operation: made.operation, isNew: made.created }
}

async function mustBeAlone(deps: Deps, { id }: Operation, alone: NonNullable<StartRequest['alone']>): Promise<void> {
  const running = await deploymentUnderWay(deps, { ...alone, before: id })
  if (running === null) return
  const refusal = alreadyRunning(deps, running)
  await deps.store.operations.end(id, { state: 'refused', message: refusal.message })
  throw refusal
}

/** What brings an application to any of these servers now, as Temporal knows it. */
export async function deploymentUnderWay(
  deps: Deps,
  of: Parameters<Deps['store']['operations']['openDeployment']>[0],
): Promise<Operation | null> {
  const open = await deps.store.operations.openDeployment(of)
  const running = open === null ? null : await withLiveState(deps, open)
  return running?.endedAt === null ? running : null
}

export const alreadyRunning = (deps: Deps, operation: Operation): Refusal =>
  new Refusal(409, 'ALREADY_RUNNING', `"${operation.title}" is running already (operation ${operation.id}).`, {
    suggestion: `Follow it at /v1/operations/${operation.id}, or cancel it first.`,
    extra: { operation: presentOperation(deps.settings, operation) },
  })

async function startWorkflow(deps: Deps, operation: Operation, o: StartRequest): Promise<void> {
  try {
    await startWhenFree(deps, operation, o)
  } catch (error) {
    const message = `Temporal did not start the workflow: ${error instanceof Error ? error.message : String(error)}`
    // Should it have started after all, an ended operation can run nothing: the store refuses the intent.
    await deps.store.operations.end(operation.id, { state: 'failed', message })
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw await whoRuns(deps, operation)
    throw unavailable('Temporal did not start the operation.', error)
  }
}

/** A workflow whose operation has just ended may take a moment to close; its id is free then. */
async function startWhenFree(deps: Deps, operation: Operation, o: StartRequest): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(deps, operation, o)
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || attempt === 10) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt))
    }
  }
}

async function startOnce(deps: Deps, operation: Operation, o: StartRequest): Promise<void> {
  const status: LiveStatus = {
    operationId: operation.id,
    state: 'waiting',
    reason: 'worker',
    detail: null,
    since: operation.since,
  }
  const start: Start = {
    operationId: operation.id,
    requester: operation.requestedBy,
    correlationId: operation.correlationId,
    ...(o.resumes ? { resumes: o.resumes } : {}),
    approvalFromTemporal: deps.settings.approval.from_temporal,
  }
  const options = {
    workflowId: operation.workflowId,
    taskQueue: deps.settings.temporal.taskQueue,
    args: [{ ...start, ...o.work }],
    memo: { status },
    staticSummary: o.title.slice(0, 200),
    staticDetails: o.details,
    workflowIdConflictPolicy: 'FAIL' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  }
  if (deps.search.known) {
    try {
      await deps.temporal.workflow.start(o.kind, { ...options, typedSearchAttributes: attributesOf(operation, o) })
      return
    } catch (error) {
      if (!isUnknownAttribute(error)) throw error
      deps.search.known = false
      deps.log.warn('Temporal does not know the search attributes of Drydock; operations start without them')
    }
  }
  await deps.temporal.workflow.start(o.kind, options)
}

const keys = new Map(
  Object.entries(searchAttributes).map(([name, type]) => [name, defineSearchAttributeKey(name, type)]),
)

function attributesOf(operation: Operation, o: StartRequest): TypedSearchAttributes {
  const values: Record<SearchAttributeName, string | undefined> = {
    DrydockServer: o.server?.name,
    DrydockOperation: operation.kind,
    DrydockRisk: o.risk,
    DrydockEnvironment: o.server?.environment,
    DrydockRequester: operation.requester,
  }
  return new TypedSearchAttributes(
    [...keys].flatMap(([name, key]) => {
      const value = Object.entries(values).find(([candidate]) => candidate === name)?.[1]
      return value === undefined ? [] : [{ key, value }]
    }),
  )
}

const isUnknownAttribute = (error: unknown): boolean => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return isGrpcServiceError(cause) && /^3 INVALID_ARGUMENT.*search attribute/i.test(cause.message)
}

async function whoRuns(deps: Deps, operation: Operation): Promise<Refusal> {
  const serverId = operation.server?.id
  const running = serverId ? await deps.store.operations.openFor({ serverId, kind: operation.kind }) : null
  if (running) return alreadyRunning(deps, running)
  return new Refusal(409, 'ALREADY_RUNNING', `The workflow ${operation.workflowId} is running in Temporal already.`, {
    suggestion: 'Look at it in the Temporal Web UI; terminate it there if nobody needs it.',
  })
}
