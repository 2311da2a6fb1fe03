import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import type { Approval } from '../../schema/approval.ts'
import type { Role } from '../../schema/identity.ts'
import { type Answer, type Installation, type Operation, until } from './installation.ts'

/** A destructive command that waits for a person, and the directory that it would delete. */
export type Waiting = { name: string; path: string; id: string; workflowId: string; approval: Approval }

type Stage = { drydock: Installation; server: { name: string }; host: LabHost }

/** What the stories about approvals do and look at, on the host itself too: each run writes its name to /root/ran there. */
export function approvalsOn(stage: () => Stage) {
  const store = () => stage().drydock.store

  const start = async (name: string, path: string, body: Record<string, unknown>, as: Role): Promise<Waiting> => {
    const { drydock, server, host } = stage()
    await host.sh(`mkdir ${path} && touch ${path}/one ${path}/two`)
    const operation = await drydock.start('POST', `/v1/servers/${server.name}/commands`, body, as)
    return { name, path, id: operation.id, workflowId: operation.workflow_id, approval: await asked(operation.id) }
  }
  const asked = (id: string, not?: string): Promise<Approval> =>
    until(async () => {
      const approval = await store().approvals.forOperation(id)
      return approval === null || approval.id === not ? null : approval
    })

  return {
    /** The newest approval that an operation asks for, other than one that is known. */
    asked,
    async waiting(o: { as?: Role; parent?: string; rest?: string } = {}) {
      const name = newName()
      const path = `${o.parent ?? '/srv'}/${name}`
      const body = { command: `echo ${name} >> /root/ran; rm -rf ${path}${o.rest ?? ''}` }
      return start(name, path, body, o.as ?? 'operator')
    },
    async waitingIn(cwd: string) {
      const name = newName()
      return start(name, `${cwd}/${name}`, { command: `echo ${name} >> /root/ran; rm -rf ${name}`, cwd }, 'operator')
    },
    /** Gives the right answer to what is asked, unless told otherwise: status, and code or outcome. */
    async decide(
      { id, approval }: Pick<Waiting, 'id' | 'approval'>,
      as: Role | { token: string } = 'approver',
      decision: Record<string, unknown> = {},
    ): Promise<[status: number, said: string]> {
      const { phrase, checklist } = approval.assessment
      const acknowledged = checklist.filter((item) => item.critical).map((item) => item.id)
      const body = { decision: 'confirm', phrase, acknowledged, ...decision }
      const answer: Answer = await stage().drydock.ask('POST', `/v1/operations/${id}/approval`, body, as)
      return [answer.status, String(answer.body.code ?? answer.body.outcome)]
    },
    ended: (id: string): Promise<NonNullable<Operation['result']>> =>
      until(async () => (await stage().drydock.operation(id)).result),
    /** Every answer that was given, as it was recorded. */
    answers: async (id: string) =>
      (await store().approvals.decisions(id)).map(({ outcome, actor }) => `${outcome} by ${actor.name}`),
    audited: async (id: string): Promise<string[]> =>
      (await store().audit.list({ filters: { operationId: id }, limit: 100 })).map(({ action }) => action),
    runsOf: async (name: string): Promise<number> =>
      Number((await stage().host.sh(`grep -c ${name} /root/ran`)).stdout.trim() || 0),
    async expectNothingRan({ name, path, id }: Waiting) {
      expect(await this.runsOf(name), 'runs on the host').toBe(0)
      expect((await stage().host.sh(`ls ${path}/one ${path}/two`)).exitCode, 'its files are there').toBe(0)
      expect(await store().runs.ofOperation(id)).toEqual([])
    },
    async expectRanOnce({ name, path, id }: Waiting) {
      expect(await this.ended(id)).toMatchObject({ state: 'succeeded' })
      expect(await this.runsOf(name), 'runs on the host').toBe(1)
      expect((await stage().host.sh(`ls ${path}`)).exitCode, 'its files are gone').not.toBe(0)
      expect(await this.audited(id)).toEqual(
        expect.arrayContaining(['approval.requested', 'approval.used', 'approval.executed']),
      )
    },
  }
}

const newName = () => `case-${randomUUID().slice(0, 8)}`
