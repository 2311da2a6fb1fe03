import type { DeviceType } from '../../schema/server.ts'
import { protectionOf, type Protection } from '../protected.ts'
import type { Arg, Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import type { Match } from './rule.ts'

/** The paths among those given that must not be lost; null where none is. */
export function lostPaths(paths: readonly Arg[], call: Call, device: DeviceType, does: string): Match | null {
  const found: (Protection & { path: string })[] = []
  for (const { text } of paths) {
    const protection = protectionOf(text, call.cwds, device)
    if (protection !== null) found.push({ path: readable(text), ...protection })
  }
  return found.length === 0 ? null : asMatch(found, does)
}

function asMatch(found: readonly (Protection & { path: string })[], does: string): Match {
  const reach = found.some((one) => one.reach === 'system') ? 'critical' : 'high'
  return {
    because: `It ${does} ${found
      .map((one) => one.path)
      .slice(0, 3)
      .join(', ')}: ${found[0]?.because ?? ''}`,
    targets: found.map((one) => one.path),
    risk: reach,
  }
}
