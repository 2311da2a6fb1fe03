import type { DeviceType } from '../../schema/server.ts'
import { isScratch } from '../kept-files.ts'
import type { Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { lostPaths } from './lost-paths.ts'
import type { Match } from './rule.ts'

/** Archivers, told to delete what they have packed. */
export const packers: Readonly<Record<string, (call: Call, device: DeviceType) => Match | null>> = {
  tar: packed,
  zip: (call, device) => (hasAny(readOptions(call.args, { short: 'bntxiP' }), 'm') ? packsAway(call, device) : null),
  '7z': (call, device) => (call.args.some(({ text }) => text === '-sdel') ? packsAway(call, device) : null),
  '7za': (call, device) => (call.args.some(({ text }) => text === '-sdel') ? packsAway(call, device) : null),
  rar: (call, device) => (call.args.some(({ text }) => /^-d[fr]$|^mf?$/.test(text)) ? packsAway(call, device) : null),
}

function packed(call: Call, device: DeviceType): Match | null {
  const options = readOptions(call.args, { short: 'fCTX', long: ['file', 'directory', 'exclude'] })
  if (!hasAny(options, 'remove-files')) return null
  const archive = [...(options.values.get('f') ?? []), ...(options.values.get('file') ?? [])]
  const paths = options.rest.filter(({ text }) => !isScratch(text))
  return archive.some(({ text }) => text === '/dev/null') && paths.length > 0
    ? { because: 'It deletes what it packs, and keeps no archive.', targets: paths.map(({ text }) => readable(text)) }
    : lostPaths(options.rest, call, device, 'packs and deletes')
}

/** An archiver that deletes what it has packed: its last words say what. */
const packsAway = (call: Call, device: DeviceType): Match | null =>
  lostPaths(
    readOptions(call.args, { short: 'bntxiP' }).rest.filter(
      ({ text }) => /^[/~]/.test(text) && !/\.(zip|7z|rar)$/.test(text),
    ),
    call,
    device,
    'packs and deletes',
  )
