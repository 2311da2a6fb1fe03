import type { Call } from './reading/call.ts'
import { readOptions } from './reading/options.ts'

/** Verbs that take a list of names: one after the other they do what they do at once. */
const verbs =
  /^(docker (container )?(stop|kill|rm|pause)|systemctl (stop|disable|mask|kill)|service (stop)|(qm|pct|virsh|lxc|incus) (stop|shutdown|suspend|destroy)|(apt|apt-get|dnf|yum) (remove|purge|erase)|killall|pkill)$/

const programs = new Set('docker systemctl service qm pct virsh lxc incus apt apt-get dnf yum killall pkill'.split(' '))
/** Words of which one stands in each of them. */
const words = new Set(
  'stop kill rm pause disable mask shutdown suspend destroy remove purge erase killall pkill'.split(' '),
)

const enough = 3
const none: readonly Call[] = []

/** `docker stop a; docker stop b; docker stop c` is `docker stop a b c`: one call for each such row of calls. */
export function together(calls: readonly Call[]): readonly Call[] {
  const looked = calls.length < enough ? none : calls.filter(({ name }) => programs.has(name))
  if (looked.length < enough) return none
  const rows = new Map<string, Call[]>()
  for (const call of looked) {
    const verb = verbOf(call)
    if (verb !== null) rows.set(verb, [...(rows.get(verb) ?? []), call])
  }
  return [...rows.values()].flatMap((row) => {
    const names = new Map(row.flatMap(namesOf).map((arg) => [arg.text, arg]))
    const [first] = row
    if (first === undefined || row.length < enough || names.size < enough) return []
    const own = namesOf(first).map((arg) => arg.text)
    return [
      {
        ...first,
        repeated: true,
        args: [...first.args, ...[...names.values()].filter((arg) => !own.includes(arg.text))],
      },
    ]
  })
}

function verbOf(call: Call): string | null {
  if (!words.has(call.name) && !call.args.some(({ text }) => words.has(text))) return null
  if (call.name === 'service' && call.args[1]?.text === 'stop') return 'service stop'
  const given = readOptions(call.args).rest.map((arg) => arg.text)
  for (const length of [2, 1, 0]) {
    const verb = [call.name, ...given.slice(0, length)].join(' ')
    if (verbs.test(verb)) return verb
  }
  return null
}

const namesOf = (call: Call) => {
  if (call.name === 'service') return call.args.slice(0, 1)
  const { rest } = readOptions(call.args, { short: 'ts', long: ['time', 'timeout', 'signal'] })
  return rest.slice(/^(killall|pkill)$/.test(call.name) ? 0 : rest[0]?.text === 'container' ? 2 : 1)
}
