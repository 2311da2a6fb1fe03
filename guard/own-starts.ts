import type { Command } from '../schema/command.ts'
import type { DeviceType } from '../schema/server.ts'
import { findIn, type Found } from './findings.ts'
import type { Call } from './reading/call.ts'
import { isLiteral } from './reading/marks.ts'
import { hasAny, readOptions } from './reading/options.ts'

/** What is found in taking a step back, but for the end of what that step itself has started: the host is then as it was. */
export function beyondOwnStarts(
  found: readonly Found[],
  applied: readonly Command[],
  device: DeviceType,
): readonly Found[] {
  if (found.length === 0 || applied.length === 0) return found
  const starts = new Set(
    applied.flatMap(({ script }) => findIn(script, device).reading.calls.flatMap((call) => actsOn(call) ?? [])),
  )
  return found.filter(({ call }) => {
    const ends = call === null ? null : actsOn(call)
    return ends === null || ends.length === 0 || !ends.every((one) => starts.has(opposite(one)))
  })
}

/** `start UNIT`, `stop UNIT`, `enable UNIT`, `disable UNIT`; null for anything that is not told of units by their names. */
function actsOn(call: Call): string[] | null {
  if (call.name !== 'systemctl' || call.place !== 'host' || call.open !== null) return null
  const options = readOptions(call.args)
  const [verb = '', ...units] = options.rest.map(({ text }) => text)
  if (hasAny(options, 'user', 'machine', 'M', 'host', 'H', 'root')) return null
  if (!options.rest.every(({ text }) => isLiteral(text)) || units.some((unit) => /[*?[]/.test(unit))) return null
  const now = hasAny(options, 'now')
  const verbs: Readonly<Record<string, readonly string[]>> = {
    start: ['start'],
    restart: ['start'],
    stop: ['stop'],
    enable: ['enable', ...(now ? ['start'] : [])],
    disable: ['disable', ...(now ? ['stop'] : [])],
  }
  const acts = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  return acts === undefined ? null : units.flatMap((unit) => acts.map((act) => `${act} ${named(unit)}`))
}

const named = (unit: string): string => (/\.[a-z]+$/.test(unit) ? unit : `${unit}.service`)

const opposite = (act: string): string => act.replace(/^stop /, 'start ').replace(/^disable /, 'enable ')
