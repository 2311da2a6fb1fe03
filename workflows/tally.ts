import type { EndState, OperationResult } from '../schema/operation.ts'
import type { ServerRef } from '../schema/server.ts'

/** How the work went on the servers so far. */
export type Tally = {
  well: number
  /** Of each server that it did not go well on: its name, how it ended, and why. */
  readonly badly: { readonly server: ServerRef; readonly end: OperationResult }[]
  /** Not begun, because too many have failed. */
  left: number
  /** Where another release serves now than before. */
  readonly reached: ServerRef[]
  /** Whether too many have failed. */
  isStopped: boolean
}

export const openTally = (): Tally => ({ well: 0, badly: [], left: 0, reached: [], isStopped: false })

export function countEnd(tally: Tally, server: ServerRef, end: OperationResult): void {
  if (isWell(end)) tally.well += 1
  else tally.badly.push({ server, end })
  if (isReached(end)) tally.reached.push(server)
}

export const isWell = ({ state }: OperationResult): boolean => state === 'succeeded' || state === 'unchanged'

const isReached = ({ state, deployment }: OperationResult): boolean =>
  state === 'succeeded' && deployment !== undefined && deployment.previous !== deployment.release

/** Those of which nobody can say that the old release serves there, or the new one. */
export const stuck = ({ badly }: Tally): Tally['badly'] =>
  badly.filter(({ end: { state } }) => state === 'rollback_failed' || state === 'unknown')

export function verdict({ well, badly, left }: Tally): OperationResult {
  if (badly.length === 0) return { state: 'succeeded', message: `All went well on ${servers(well)}.` }
  const rest = left === 0 ? '' : ` ${servers(left)} not begun, because the threshold of failures was reached.`
  const named = badly
    .slice(0, 20)
    .map(({ server, end }) => `${server.name}: ${end.state}${because(end)}`)
    .join('; ')
  return { state: 'failed', message: `Well on ${servers(well)}, not on ${badly.length} (${named}).${rest}` }
}

/** Why it was cancelled, its own end says, which is another server's or a person's doing. */
const because = ({ state, message }: { state: EndState; message: string }): string =>
  state === 'cancelled' ? '' : `, ${message.slice(0, 200).replace(/\.$/, '')}`

export const servers = (count: number): string => `${count} server${count === 1 ? '' : 's'}`
