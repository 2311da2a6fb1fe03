import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import { deploymentTitle } from '../schema/titles.ts'
import type { DeploymentPart, DeploymentSettings } from '../schema/deployment.ts'
import type { Actor } from '../schema/identity.ts'
import type { ServerRef } from '../schema/server.ts'
import type {
  AuditInput,
  CommandInput,
  DeploymentInput,
  FleetInput,
  LockdownInput,
  SetupInput,
} from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { applicationOf } from './deployments.ts'
import { preconditionFailed } from './failures.ts'
import { loadOperation } from './operations.ts'
import { mustBePartOf } from './recorded.ts'

type Asked = {
  parent: string
  server: ServerRef
  work: FleetInput['work']
  /** What this server does in a deployment to several. */
  part?: DeploymentPart | undefined
  approvalFromTemporal: boolean
}
type ChildRequest = Asked & { requester: Actor; correlationId: string }
export type Child = { readonly operationId: string; readonly title: string; readonly workflowId: string } & (
  | { readonly workflow: 'setup'; readonly input: SetupInput }
  | { readonly workflow: 'command'; readonly input: CommandInput }
  | { readonly workflow: 'audit'; readonly input: AuditInput }
  | { readonly workflow: 'lockdown'; readonly input: LockdownInput }
  | { readonly workflow: 'deployment' | 'rollback'; readonly input: DeploymentInput }
)

export const fleetActivities = (deps: Deps) => ({
  /** Records the operation of one server of a fleet; asking again answers with the same one. */
  async createChildOperation(asked: Asked): Promise<Child> {
    const parent = await loadOperation(deps, asked.parent)
    mustBePartOf(parent, asked)
    const o = { ...asked, requester: parent.requestedBy, correlationId: parent.correlationId }
    // Its own retry must find the operation that the first attempt made.
    const key = `fleet:${uuidv5(o.server.id, o.parent)}`
    const operationId = uuidv7()
    const child = describe(o, operationId)
    const sealed = o.work.kind === 'command' ? await deps.store.operations.reveal(o.parent) : null
    const answer = await deps.store.operations.create({
      id: operationId,
      kind: child.workflow,
      server: { id: o.server.id },
      title: child.title,
      requester: o.requester,
      correlationId: o.correlationId,
      workflowId: child.workflowId,
      input: inputOf(o, parent),
      parent: o.parent,
      idempotencyKey: key,
      ...(sealed === null ? {} : { sealed }),
    })
    if ('conflict' in answer)
      throw preconditionFailed(
        `The operation on ${o.server.name} could not be recorded (${answer.conflict}).`,
        'Wait for the running one.',
      )
    return answer.created ? child : describe(o, answer.operation.id)
  },

  /** Records the way back of one server of a fleet that a deployment had reached; null where nothing served there before. */
  async createWayBack({ work, ...asked }: Asked): Promise<Child | null> {
    const parent = await loadOperation(deps, asked.parent)
    mustBePartOf(parent, { ...asked, work })
    if (work.kind !== 'deployment') return null
    const { application } = work.settings
    const place = { application, serverId: asked.server.id }
    const operationId = uuidv7()
    const start = { ...asked, operationId, requester: parent.requestedBy, correlationId: parent.correlationId }
    const key = `way-back:${uuidv5(asked.server.id, asked.parent)}`
    const [, found] = await deps.store.releases.list({ ...place, limit: 2 })
    if (found === undefined) return null
    const settings = { application, version: found.release }
    const title = deploymentTitle('rollback', settings, asked.server.name)
    const workflowId = deploymentWorkflow(application, asked.server)
    const answer = await deps.store.operations.create({
      id: operationId,
      kind: 'rollback',
      server: { id: asked.server.id },
      title,
      requester: parent.requestedBy,
      correlationId: parent.correlationId,
      workflowId,
      input: { settings, definition: found.definition },
      parent: asked.parent,
      idempotencyKey: key,
    })
    if ('conflict' in answer)
      throw preconditionFailed(
        `The way back on ${asked.server.name} could not be recorded (${answer.conflict}).`,
        'Roll it back by hand.',
      )
    const input = { ...start, operationId: answer.operation.id, settings }
    return { operationId: answer.operation.id, title, workflowId, workflow: 'rollback', input }
  },
})

function inputOf({ work, part }: Asked, parent: Operation): unknown {
  if (work.kind === 'audit') return work.request
  return work.kind === 'deployment'
    ? { settings: inPart(work.settings, part), definition: applicationOf(parent) }
    : work
}

const inPart = (settings: DeploymentSettings, part: DeploymentPart | undefined): DeploymentSettings =>
  part === undefined ? settings : { ...settings, part }

/** One deployment or rollback of an application and server at a time, whoever starts it. */
const deploymentWorkflow = (application: string, { id }: ServerRef): string => `deployment/${application}/${id}`

function describe(o: ChildRequest, operationId: string): Child {
  const start = {
    operationId,
    requester: o.requester,
    correlationId: o.correlationId,
    parent: o.parent,
    approvalFromTemporal: o.approvalFromTemporal,
    server: o.server,
  }
  if (o.work.kind === 'setup')
    return {
      operationId,
      title: `Set up ${o.server.name}`,
      workflow: 'setup',
      workflowId: `setup/${o.server.id}`,
      input: { ...start, settings: o.work.settings, onFailure: 'undo' },
    }
  if (o.work.kind === 'deployment')
    return {
      operationId,
      title: deploymentTitle('deployment', o.work.settings, o.server.name),
      workflow: 'deployment',
      workflowId: deploymentWorkflow(o.work.settings.application, o.server),
      input: { ...start, settings: inPart(o.work.settings, o.part) },
    }
  if (o.work.kind === 'audit')
    return {
      operationId,
      title: `Audit ${o.server.name}`,
      workflow: 'audit',
      workflowId: `audit/${o.server.id}`,
      input: { ...start, request: o.work.request },
    }
  return {
    operationId,
    title: `Run ${o.work.shown} on ${o.server.name}`,
    workflow: 'command',
    workflowId: `command/${operationId}`,
    input: { ...start, shown: o.work.shown, harmless: true },
  }
}
