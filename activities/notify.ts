import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Approval } from '../schema/approval.ts'
import type { Audit } from '../schema/audit.ts'
import type { Deps } from './deps.ts'

const run = promisify(execFile)

/** Tells people that something waits, with a link. A notice that does not get through is logged: the approval waits all the same. */
export async function notifyApprovers(deps: Deps, approval: Approval): Promise<void> {
  await tell(deps, approval.operationId, noticeOf(deps, approval), 'Approvers')
}

/** Sends a notice the way the settings say; the operation's events say whether it got through. */
export async function tell(deps: Deps, operationId: string, notice: object, whom: string): Promise<void> {
  const { notify } = deps.settings.approval
  if (notify === undefined) return
  try {
    if (notify.kind === 'webhook') await post(notify.url, notice)
    else {
      const [program, ...args] = notify.argv
      if (program !== undefined)
        await run(program, args, { timeout: 15_000, env: { ...deps.env, DRYDOCK_NOTICE: JSON.stringify(notice) } })
    }
    await deps.store.events.append(operationId, { type: 'approval', message: `${whom} were told by ${notify.kind}.` })
  } catch (error) {
    deps.log.error({ err: error, operation: operationId }, 'a notice did not get through')
    await deps.store.events.append(operationId, {
      type: 'warning',
      message: `${whom} could not be told by ${notify.kind}.`,
    })
  }
}

const apiUrl = ({ settings: { api } }: Deps): string => api.publicUrl ?? `http://${api.host}:${api.port}`

export const linkTo = (deps: Deps, operationId: string): string =>
  `${apiUrl(deps)}/v1/operations/${operationId}/approval`

export const auditLink = (deps: Deps, audit: Pick<Audit, 'id' | 'server'>): string =>
  `${apiUrl(deps)}/v1/servers/${audit.server.name}/audits/${audit.id}`

const noticeOf = (deps: Deps, approval: Approval) => ({
  event: 'approval_requested',
  operation_id: approval.operationId,
  server: approval.server.name,
  risk: approval.assessment.risk,
  summary: approval.assessment.summary,
  command: approval.subject.shown,
  requester: approval.requester,
  expires_at: approval.expiresAt,
  link: linkTo(deps, approval.operationId),
})

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`)
}
