import type { Call } from '../reading/call.ts'
import { accounts } from './accounts.ts'
import { appliances } from './appliances.ts'
import { backups } from './backups.ts'
import { asReady, closedMatch, type Closed, type ClosedMatch } from './closed.ts'
import { clouds } from './clouds.ts'
import { clusters } from './clusters.ts'
import { databases } from './databases.ts'
import { fleets } from './fleets.ts'
import { guests } from './guests.ts'
import { machines } from './machines.ts'
import { fleetMatch } from './many.ts'
import { network } from './network.ts'
import { isCmdlet, openMatch, scriptMatch } from './open.ts'
import { storage } from './storage.ts'
import { tools } from './tools.ts'

/** Every program of the closed world. */
export const closed: readonly Closed[] = [
  ...accounts,
  ...appliances,
  ...backups,
  ...clouds,
  ...clusters,
  ...databases,
  ...fleets,
  ...guests,
  ...machines,
  ...network,
  ...storage,
  ...tools,
]

const byName = new Map(closed.flatMap((one) => one.of.split(' ').map((name) => [name, asReady(one)] as const)))

/** What a call does beyond what the rules know: all that is not harmless for a tool that destroys, and verbs that take away for any other. */
export function beyondRules(call: Call): ClosedMatch | null {
  if (call.parent !== null && isCmdlet(call.parent.name)) return null
  const own = byName.get(call.name)
  return fleetMatch(call) ?? scriptMatch(call) ?? (own === undefined ? openMatch(call) : closedMatch(own, call))
}
