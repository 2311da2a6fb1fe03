import type { DeviceType } from '../../schema/server.ts'
import { keptFile } from '../kept-files.ts'
import type { Arg, Call } from '../reading/call.ts'
import { isGlob, readable, star } from '../reading/marks.ts'
import { hasAny, readOptions, type OptionShape } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'
import { lostPaths } from './lost-paths.ts'
import type { Match } from './rule.ts'

type Way = (call: Call, device: DeviceType) => Match | null

/** Programs that pick by themselves what they delete, or write over, below the directories they are given. */
export const cleaners: Readonly<Record<string, Way>> = {
  fdupes: doubles(['d', 'delete'], ['N', 'noprompt']),
  jdupes: doubles(['d', 'delete'], ['N', 'no-prompt']),
  rdfind: (call, device) =>
    /-deleteduplicates true/.test(textOf(call)) && !/-dryrun true/.test(textOf(call)) ? below(call, device) : null,
  tmpreaper: (call, device) => old(call, device, { long: ['protect', 'mtime-dir', 'showdeleted'] }),
  tmpwatch: (call, device) => old(call, device, { short: 'xXU', long: ['exclude', 'exclude-user'] }),
  bleachbit: (call) =>
    /(^|\s)(-s|--shred)\b/.test(textOf(call)) ? { because: 'It overwrites files by itself.', targets: [] } : null,
  mogrify: (call) => (/(^|\s)-(path|format)\s/.test(textOf(call)) ? null : rewritten(call)),
  exiftool: (call) => (/-overwrite_original/.test(textOf(call)) ? rewritten(call) : null),
  jpegoptim: (call) => (/(^|\s)(-d|--dest)/.test(textOf(call)) ? null : rewritten(call)),
}

const textOf = ({ args }: Call): string => args.map(({ text }) => text).join(' ')

function doubles(deleting: readonly string[], unasked: readonly string[]): Way {
  return (call, device) => {
    const options = readOptions(call.args)
    return hasAny(options, ...deleting) && hasAny(options, ...unasked) ? below(call, device) : null
  }
}

function below(call: Call, device: DeviceType, shape: OptionShape = {}): Match | null {
  const roots = readOptions(call.args, shape).rest.filter(({ text }) => /^[/~.\uE000]/.test(text))
  return lostPaths(roots.map(within), call, device, 'deletes what it picks in')
}

const within = (arg: Arg): Arg => ({ ...arg, text: `${arg.text.replace(/\/+$/, '')}/${star}` })

function old(call: Call, device: DeviceType, shape: OptionShape): Match | null {
  return hasAny(readOptions(call.args), 't', 'test') ? null : below(call, device, shape)
}

/** Pictures that are written over in their place: the originals are gone. */
function rewritten(call: Call): Match | null {
  const recursive = call.args.some(({ text }) => /^-r(ecurse)?$/.test(text))
  const lost = call.args.flatMap(({ text }) => {
    if (text.startsWith('-') || !/\//.test(text)) return []
    const path = resolvePath(recursive ? `${text}/${star}.jpg` : text, call.cwds[0] ?? '')
    const kept = keptFile(path, 'removes', isGlob(path))
    return kept === null ? [] : [readable(text)]
  })
  const [first] = lost
  return first === undefined
    ? null
    : { because: `It writes over ${first}: the originals are gone.`, targets: lost, risk: 'high' }
}
