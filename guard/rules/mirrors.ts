import type { DeviceType } from '../../schema/server.ts'
import { protectionOf } from '../protected.ts'
import { isKeptThroughout } from '../data-names.ts'
import { pathOn, shapes } from '../effects/sent.ts'
import type { Arg, Call } from '../reading/call.ts'
import { isDynamic, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { segmentsOf } from '../reading/paths.ts'
import { lostPaths } from './lost-paths.ts'
import type { Match } from './rule.ts'

/** The drives of Windows and the shares of an array, each as a whole. */
export const wholeShare = /^\/mnt\/([a-z]|wsl|user0?|disk\d+|cache)\/*$/

/** `rsync --delete`: what its source does not have goes. */
export function mirror(call: Call, device: DeviceType): Match | null {
  const options = readOptions(call.args, shapes.rsync)
  if (hasAny(options, 'n', 'dry-run')) return null
  if (hasAny(options, 'remove-source-files')) return lostPaths(options.rest.slice(0, -1), call, device, 'moves away')
  if (![...options.flags].some((flag) => flag === 'del' || flag.startsWith('delete'))) return null
  const target = options.rest.at(-1)
  if (target === undefined) return null
  const { host, arg: path } = pathOn(target)
  const sources = options.rest.slice(0, -1)
  const empties = sources.every(
    (arg) => /(^|\/)(empty|blank|void|leer|nothing)[\w.-]*\/?$|^\/dev\/null/i.test(arg.text) || isMadeEmpty(arg),
  )
  if (empties && protectionOf(path.text, call.cwds, 'generic') === null && !isTemporary(path.text))
    return { because: `It empties ${readable(path.text)}.`, targets: [readable(path.text)], risk: 'high' }
  if (host !== null && !path.text.startsWith('/')) return null
  if (isDynamic(path.text)) return null
  const found = protectionOf(path.text, call.cwds, device)
  return found === null ||
    (!empties &&
      !wholeShare.test(path.text) &&
      !takesOther(path.text, sources) &&
      /^\/(srv|opt|data|mnt|media|backups?|var\/www|storage|volume\d+|share|home\/[^/]+|tank|pool|exports?)\/[^/]+/.test(
        path.text,
      ))
    ? null
    : lostPaths([path], call, device, 'deletes what its source does not have in')
}

/** `"$(mktemp -d)/"`: nothing has been put there. */
const isMadeEmpty = ({ outputOf }: Arg): boolean => /^\s*mktemp\s+(-\S+\s+)*-\w*d/.test(outputOf ?? '')

/** A mirror of what has the same name keeps it; another source takes from people and programs what they keep. */
function takesOther(path: string, sources: readonly Arg[]): boolean {
  const segments = segmentsOf(path)
  const name = segments.at(-1) ?? ''
  return (
    isKeptThroughout(name) &&
    !segments.some((segment) => /back-?up|mirror|replica|copy|snapshot/i.test(segment)) &&
    !sources.some((arg) =>
      arg.text
        .replace(/^[^/]*:/, '')
        .split('/')
        .includes(name),
    )
  )
}

const isTemporary = (path: string): boolean => /^\/(var\/)?tmp\//.test(path)
