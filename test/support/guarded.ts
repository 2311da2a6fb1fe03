import type { LabHost } from '../../lab/index.ts'
import type { Approval } from '../../schema/approval.ts'
import type { DeviceCheck } from '../../schema/guard.ts'
import type { Role } from '../../schema/identity.ts'
import type { DeviceType } from '../../schema/server.ts'
import { install, type Installation, type Operation, until } from './installation.ts'

export type Guarded = {
  readonly drydock: Installation
  readonly server: { readonly id: string; readonly name: string }
  /** Starts a destructive command and waits for what is asked of a person. */
  asks(command: string): Promise<Approval>
  /** Starts a command that ends without asking; its operation then. */
  ends(command: string): Promise<Operation>
  confirm(approval: Approval, as?: Role): Promise<{ status: number; code: string }>
  /** The question that takes the place of one that was confirmed too late. */
  asksAgain(approval: Approval): Promise<Approval>
  ended(operationId: string): Promise<NonNullable<Operation['result']>>
  close(): Promise<void>
}

/** A Drydock with one server of a kind, for stories about what the guard makes of that host. */
export async function guarded(
  host: LabHost,
  deviceType: DeviceType,
  o: { settings?: Record<string, unknown>; server?: Record<string, unknown> } = {},
): Promise<Guarded> {
  const drydock = await install(o.settings ?? {})
  await drydock.startWorker()
  const server = await drydock.register(host, { device_type: deviceType, ...o.server })
  const path = `/v1/servers/${server.name}/commands`
  const askedOf = (id: string, not?: string): Promise<Approval> =>
    until(async () => {
      const approval = await drydock.store.approvals.forOperation(id)
      if (approval !== null && approval.id !== not) return approval
      const result = (await drydock.store.operations.get(id))?.result
      if (result) throw new Error(`it ended without asking: ${JSON.stringify(result)}`)
      return null
    })
  return {
    drydock,
    server,
    asks: async (command) => askedOf((await drydock.start('POST', path, { command, as_root: true })).id),
    ends: (command) => drydock.finish('POST', path, { command, as_root: true }),
    async confirm({ operationId, assessment }, as = 'approver') {
      const { status, body } = await drydock.ask(
        'POST',
        `/v1/operations/${operationId}/approval`,
        { decision: 'confirm', phrase: assessment.phrase, acknowledged: assessment.checklist.map(({ id }) => id) },
        as,
      )
      return { status, code: JSON.stringify(body.error ?? body) }
    },
    asksAgain: ({ operationId, id }) => askedOf(operationId, id),
    ended: async (id) => (await drydock.ended(id)).result,
    close: () => drydock.close(),
  }
}

/** A device check by the words it begins with. */
export const checkOf = ({ assessment }: Approval, begins: string): DeviceCheck | undefined =>
  assessment.deviceChecks.find(({ text }) => text.startsWith(begins))
