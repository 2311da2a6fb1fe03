import { CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import type { FleetInput } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import { records } from './activities.ts'
import { runChild, type StartedChild } from './children.ts'
import { meetings } from './meetings.ts'
import { arrived, proceed, textsOf } from './messages.ts'
import type { Operation } from './operation.ts'
import { asked } from './rollout.ts'
import { countEnd, isWell, type Tally } from './tally.ts'

type Member = { readonly server: ServerRef; child: StartedChild | null; end: OperationResult | null }

/**
 * The release is made ready on all servers, then all switch, then all let the old one go. Where one of them fails, the
 * others are cancelled: each takes itself back, and has the old release still running to go back to.
 */
export async function allTogether(operation: Operation, input: FleetInput, tally: Tally): Promise<void> {
  const ready = heedArrivals()
  const members: Member[] = input.servers.map((server) => ({ server, child: null, end: null }))
  const children = new CancellationScope()
  const all = children.run(() => Promise.all(members.map((member) => see(input, member))))
  const hasFailed = (): boolean => members.some(({ end }) => end !== null && !isWell(end))
  try {
    for (const at of meetings) {
      const isThere = ({ child, end }: Member) =>
        end !== null || (child !== null && ready.has(`${at} ${child.operationId}`))
      await condition(() => hasFailed() || members.every(isThere))
      if (hasFailed()) break
      operation.become('running', { detail: `${members.length} servers are at "${at}"` })
      await Promise.all(members.map((member) => letProceed(member, at)))
    }
    await condition(() => hasFailed() || members.every(({ end }) => end !== null))
  } finally {
    if (hasFailed()) children.cancel()
    // Each child's end is waited for, also after a cancel: none of them works on behind the parent's back.
    await all
    for (const { server, end } of members) if (end !== null) countEnd(tally, server, end)
    tally.isStopped = tally.badly.length > 0
  }
}

function heedArrivals(): Set<string> {
  const ready = new Set<string>()
  setHandler(arrived, (message) => {
    const { operationId, at } = textsOf(message)
    if (operationId !== undefined && at !== undefined) ready.add(`${at} ${operationId}`)
  })
  return ready
}

async function see(input: FleetInput, member: Member): Promise<void> {
  const create = () => records.createChildOperation(asked(input, member.server, 'together'))
  member.end = await runChild(member.server, create, (child) => {
    member.child = child
  })
}

/** One that has ended meanwhile hears nothing any more, and its end says how. */
async function letProceed({ child, end }: Member, at: string): Promise<void> {
  if (child === null || end !== null) return
  try {
    await child.tell(proceed, { operationId: child.operationId, at })
  } catch (error) {
    if (isCancellation(error)) throw error
  }
}
