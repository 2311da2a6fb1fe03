import { ofLastCall, type Arg, type Call } from '../reading/call.ts'
import { isDynamic, isGlob } from '../reading/marks.ts'
import { readOptions, type Options } from '../reading/options.ts'
import { families } from '../reading/wrappers.ts'

export type DockerCall = {
  readonly object: string
  readonly verb: string
  readonly options: Options
  readonly args: readonly Arg[]
}

const objects = new Set([
  'container',
  'image',
  'volume',
  'network',
  'system',
  'builder',
  'buildx',
  'compose',
  'stack',
  'service',
  'swarm',
  'node',
  'pod',
  'machine',
])
const containerVerbs = new Set(['stop', 'kill', 'rm', 'restart', 'pause', 'start', 'prune'])

/** `docker rm`, `docker container rm` and `podman rm` are one: object, verb and what is given to it. */
export const readDocker = ofLastCall((call): DockerCall | null => {
  const { rest } = readOptions(call.args, families['docker'], 'until_first_word')
  const [first, ...more] = rest
  if (first === undefined) return null
  if (first.text === 'compose' || first.text === 'buildx' || objects.has(first.text)) return read(first.text, more)
  const object = first.text === 'rmi' ? 'image' : containerVerbs.has(first.text) ? 'container' : ''
  return read(object, [first.text === 'rmi' ? { text: 'rm' } : first, ...more])
})

const shape = {
  short: 'tsfp',
  long: [
    'time',
    'timeout',
    'signal',
    'filter',
    'file',
    'project-name',
    'profile',
    'env-file',
    'project-directory',
    'ansi',
    'parallel',
    'rmi',
  ],
}
/** Only these give `-f`, `-s` and `-t` a value; elsewhere `-f` is force. */
const shapes: Readonly<Record<string, { short: string; long: readonly string[] }>> = {
  compose: { short: 'fpt', long: shape.long },
  container: { short: 'ts', long: ['time', 'timeout', 'signal', 'filter', 'cidfile'] },
}

function read(object: string, words: readonly Arg[]): DockerCall {
  const before = readOptions(words, shapes[object] ?? { long: ['filter'] }, 'until_first_word')
  const [verb, ...given] = before.rest
  if (before.flags.has('dry-run')) return { object, verb: '', options: before, args: [] }
  // Behind its verb, compose's -f is force as everywhere else.
  const options = readOptions(
    given,
    object === 'compose'
      ? { short: 't', long: ['timeout', 'rmi'] }
      : { ...shapes[object], long: ['time', 'timeout', 'signal', 'filter'] },
  )
  const tries = object === 'compose' && options.flags.has('dry-run')
  return { object, verb: tries ? '' : (verb?.text ?? ''), options, args: options.rest }
}

const lists =
  /\b(?:docker|podman|nerdctl)\b[^|;&]*\b(?:ps|ls|list|images)\b|\b(?:crictl|ctr|kubectl)\b[^|;&]*\b(?:ps|pods|list|ls|get)\b/

/** A list that is scoped by a name, a label or a state is not everything. */
const scoped = /--filter|\s-f\s*\S*(?:name|label|status|ancestor|id)=|\bgrep\b|\bawk\b|\bhead\b|compose/

/** Hours up to which a prune spares what is new; null where it is told no such time. */
export function sparedHours({ values }: Options): number | null {
  const hours = (values.get('filter') ?? []).flatMap(({ text }) => {
    const [, number, unit] = /^until=(\d+)(h|m|s)(?:0[ms])*$/.exec(text) ?? []
    return number === undefined ? [] : [unit === 'h' ? Number(number) : 0]
  })
  return hours[0] ?? null
}

export type Reach = 'one' | 'named' | 'bulk'

/** Whether the names given are one, several, or everything there is. */
export function reachOf(call: Call, args: readonly Arg[]): { reach: Reach; source: string | null } {
  const given = [...args, ...(call.open === null ? [] : [call.open])]
  const source = given.find((arg) => arg.outputOf !== undefined)?.outputOf ?? null
  if (source !== null && lists.test(source)) return { reach: 'bulk', source: scoped.test(source) ? source : null }
  if (given.some((arg) => isGlob(arg.text)) || (call.open !== null && isDynamic(call.open.text)))
    return { reach: 'bulk', source }
  return { reach: given.length > 2 ? 'named' : 'one', source }
}

export const namesOf = (args: readonly Arg[]): string[] =>
  args.flatMap((arg) => (isDynamic(arg.text) ? [] : [arg.text]))
