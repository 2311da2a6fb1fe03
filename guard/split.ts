import type { Assessment, Split } from '../schema/guard.ts'
import { containerNeeds, inOrder } from './dependencies.ts'
import { devices } from './devices.ts'
import type { Found } from './findings.ts'
import { extentOf, isOverLimit, type Circumstances } from './rate.ts'
import type { Call } from './reading/call.ts'
import { isGlob, isLiteral } from './reading/marks.ts'
import { readOptions } from './reading/options.ts'
import { readDocker } from './rules/docker.ts'

const plain = /^[A-Za-z0-9][A-Za-z0-9@_.:-]*$/

/** The assessment of a bulk act that runs as batches says so to whoever confirms it. */
export function asSplit(
  assessment: Assessment,
  found: readonly Found[],
  calls: readonly Call[],
  at: Circumstances,
): Assessment {
  const split = assessment.verdict === 'confirm' ? splitToRun(found, calls, at) : null
  if (split === null) return assessment
  const { batches } = split
  const told = `It runs in ${batches.length} batches of at most ${batches[0]?.length ?? 0}, with a health check between, and ends at the first after which something else is down.`
  return { ...assessment, split, warnings: [...assessment.warnings, told] }
}

/**
 * A bulk act as batches of the very same names: only where it is all that a command does, and where each name is known,
 * from its text or from a list that nothing has picked from.
 */
function splitToRun(found: readonly Found[], calls: readonly Call[], at: Circumstances): Split | null {
  const [only, ...others] = found
  const call = only?.call ?? null
  if (only === undefined || call === null || others.length > 0 || !isAlone(call, calls)) return null
  const extent = extentOf(only, at)
  if (extent.isEstimate || !isOverLimit(only, extent, at.device) || !extent.items.every((name) => plain.test(name)))
    return null
  const words = call.name === 'docker' ? ofContainers(call) : call.name === 'systemctl' ? ofUnits(call) : null
  if (words === null) return null
  const names = inOrder(extent.items, containerNeeds(at.answers?.containers?.details)).toReversed()
  const { bulkLimit } = devices[at.device]
  const count = Math.ceil(names.length / bulkLimit)
  return {
    kind: call.name === 'docker' ? 'containers' : 'units',
    words: [...(call.parent?.name === 'sudo' ? ['sudo'] : []), ...words],
    batches: Array.from({ length: count }, (_, index) => names.slice(index * bulkLimit, (index + 1) * bulkLimit)),
  }
}

/** Nothing else runs than the act, a list of all there is for it, and what only hands it on. */
function isAlone(call: Call, calls: readonly Call[]): boolean {
  if (call.place !== 'host' || call.redirects.length > 0 || call.repeated !== (call.parent?.name === 'xargs'))
    return false
  if (call.parent !== null && !handsOn(call.parent)) return false
  return calls.every((other) => other === call || other === call.parent || listsAll.test(wordsOf(other)))
}

const handsOn = ({ name, args, parent }: Call): boolean =>
  parent === null &&
  (name === 'sudo'
    ? args[0]?.text.startsWith('-') === false
    : name === 'xargs' && /^(-r|docker|podman)$/.test(args[0]?.text ?? ''))

const listsAll = /^(docker|podman|nerdctl) (container )?(ps|ls|list)( (-q|-a|-aq|-qa|--quiet|--all))+$/

const wordsOf = ({ program, args }: Call): string => [program.text, ...args.map(({ text }) => text)].join(' ')

function ofContainers(call: Call): readonly string[] | null {
  const docker = readDocker(call)
  if (docker?.object !== 'container' || !/^(stop|kill|restart|rm|pause)$/.test(docker.verb)) return null
  const { args } = docker
  const named = args.length > 0 && args.every(({ text }) => isLiteral(text)) && call.open === null
  const source = [...args, ...(call.open === null ? [] : [call.open])].map(({ outputOf }) => outputOf?.trim() ?? '')
  const listed =
    source.length === 1 &&
    listsAll.test(source[0] ?? '') &&
    (docker.verb !== 'rm' || /\s(-a|-aq|-qa|--all)\b/.test(source[0] ?? ''))
  if (!named && !listed) return null
  const given = new Set(named ? args.map(({ text }) => text) : [])
  const words = [
    call.program.text,
    ...call.args.flatMap(({ text, outputOf }) => (given.has(text) || outputOf !== undefined ? [] : [text])),
  ]
  return words.every((word) => isLiteral(word) && /^[\w./=-]+$/.test(word)) ? words : null
}

const unitOptions = { short: 'stHM', long: ['signal', 'type', 'host', 'machine', 'kill-whom', 'job-mode', 'root'] }

function ofUnits(call: Call): readonly string[] | null {
  const { rest, flags } = readOptions(call.args, unitOptions)
  const [verb, ...units] = rest
  if (call.open !== null || verb === undefined || !/^(stop|restart|disable|mask|kill)$/.test(verb.text)) return null
  if (['H', 'M', 'host', 'machine', 'root', 'user', 'a', 'all'].some((flag) => flags.has(flag))) return null
  if (units.some(({ outputOf }) => outputOf !== undefined)) return null
  // Of a pattern systemd tells which units it is; of names and patterns together, only of some.
  if (
    !units.every(({ text }) => isLiteral(text) && plain.test(text)) &&
    !units.every(({ text }) => isGlob(text) || text.includes('*'))
  )
    return null
  const given = new Set(units.map(({ text }) => text))
  const words = [
    call.program.text,
    ...call.args.flatMap(({ text }) => (given.has(text) || text === '--' ? [] : [text])),
  ]
  return words.every((word) => isLiteral(word) && /^[\w./=-]+$/.test(word)) ? words : null
}
