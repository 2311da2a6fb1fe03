import { v7 as newId } from 'uuid'
import type { Assessment } from '../../schema/guard.ts'
import type { Actor } from '../../schema/identity.ts'
import type { OperationResult } from '../../schema/operation.ts'
import { NewServer, type Server } from '../../schema/server.ts'
import type { ApprovalRequest, Intent, NewOperation, Operation, Store } from '../../store/index.ts'

export const alice: Actor = { name: 'alice', kind: 'person', role: 'admin', interface: 'api', address: '192.0.2.7' }
export const bob: Actor = { name: 'bob', kind: 'person', role: 'approver', interface: 'cli' }
export const succeeded: OperationResult = { state: 'succeeded', message: 'done', exitCode: 0 }

export async function addServer(store: Store, name = `web-${newId().slice(-8)}`): Promise<Server> {
  const root = { user: 'root', authentication: { method: 'key', key: { kind: 'stored', name: 'root-key' } } }
  const server = NewServer.parse({ name, hostname: '192.0.2.10', root })
  return (await store.servers.add({ server, hostKeys: [], actor: alice })).server
}

export function newOperation(server: Server, change: Partial<NewOperation> = {}): NewOperation {
  const id = newId()
  return {
    id,
    kind: 'command',
    server,
    title: `Run uptime on ${server.name}`,
    requester: alice,
    correlationId: `c-${id}`,
    workflowId: `command/${id}`,
    input: { shown: 'uptime' },
    ...change,
  }
}

export async function startOperation(
  store: Store,
  server: Server,
  change: Partial<NewOperation> = {},
): Promise<Operation> {
  const answer = await store.operations.create(newOperation(server, change))
  if (!('created' in answer)) throw new Error(`not created: ${answer.conflict}`)
  return answer.operation
}

export const digest = (letter: string) => letter.repeat(64)

export function intent(operation: Operation, change: Partial<Intent> = {}): Intent {
  return {
    runId: `${operation.id}/main/0/1`,
    operationId: operation.id,
    serverId: operation.server?.id ?? '',
    stepId: 'main',
    commandIndex: 0,
    digest: digest('a'),
    shown: 'uptime',
    as: 'root',
    boot: 'boot-1',
    ...change,
  }
}

export const assessment: Assessment = {
  verdict: 'confirm',
  risk: 'medium',
  findings: [],
  affectedCount: 12,
  countIsEstimate: false,
  affectedItems: [],
  dependencies: [],
  downtime: '5-15 minutes',
  rollbackPossible: true,
  phrase: 'yes, stop all 12 containers',
  summary: 'Stops 12 containers.',
  warnings: [],
  alternatives: [],
  checklist: [
    { id: 'backup', text: 'A backup was verified', critical: true, result: 'unchecked', detail: null },
    { id: 'calendar', text: 'Nobody is on leave', critical: false, result: 'unchecked', detail: null },
  ],
  deviceChecks: [],
  production: false,
  batches: [],
  split: null,
  rollback: null,
}

export function approvalRequest(operation: Operation, change: Partial<ApprovalRequest> = {}): ApprovalRequest {
  if (operation.server === null) throw new Error('an approval is for a server')
  return {
    id: newId(),
    operationId: operation.id,
    server: operation.server,
    subject: { kind: 'command', digest: digest('a'), shown: 'docker stop $(docker ps -q)' },
    assessment,
    requester: operation.requester,
    maxAttempts: 3,
    expiresAt: new Date(Date.now() + 300_000).toISOString(),
    ...change,
  }
}
