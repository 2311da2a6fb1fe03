import type { DeviceType } from '../../schema/server.ts'
import { protectionOf } from '../protected.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { lostPaths } from './lost-paths.ts'
import type { Match } from './rule.ts'

/** The drives of Windows and the shares of an array, each as a whole. */
export const wholeShare = /^\/mnt\/([a-z]|wsl|user0?|disk\d+|cache)\/*$/

/** `rsync --delete`: what its source does not have goes. */
export function mirror(call: Call, device: DeviceType): Match | null {
  const options = readOptions(call.args, {
    short: 'efBMT',
    long: [
      'rsh',
      'exclude',
      'include',
      'filter',
      'files-from',
      'rsync-path',
      'bwlimit',
      'backup-dir',
      'log-file',
      'temp-dir',
      'chown',
      'chmod',
      'timeout',
      'port',
      'exclude-from',
      'include-from',
      'link-dest',
      'max-size',
      'min-size',
    ],
  })
  if (hasAny(options, 'n', 'dry-run')) return null
  if (hasAny(options, 'remove-source-files')) return lostPaths(options.rest.slice(0, -1), call, device, 'moves away')
  if (![...options.flags].some((flag) => flag === 'del' || flag.startsWith('delete'))) return null
  const target = options.rest.at(-1)
  if (target === undefined) return null
  const [, host, remote] = /^(?:rsync:\/\/)?([^/]*):(?!:)(.*)$/s.exec(target.text) ?? []
  const path = { ...target, text: host === undefined ? target.text : (remote ?? '') }
  const empties = options.rest
    .slice(0, -1)
    .every((arg) => /(^|\/)(empty|blank|void|leer|nothing)[\w.-]*\/?$|^\/dev\/null/i.test(arg.text))
  if (empties && protectionOf(path.text, call.cwds, 'generic') === null && !isTemporary(path.text))
    return { because: `It empties ${readable(path.text)}.`, targets: [readable(path.text)], risk: 'high' }
  if (host !== undefined && !path.text.startsWith('/')) return null
  if (isDynamic(path.text)) return null
  const found = protectionOf(path.text, call.cwds, device)
  return found === null ||
    (!empties &&
      !wholeShare.test(path.text) &&
      /^\/(srv|opt|data|mnt|media|backups?|var\/www|storage|volume\d+|share|home\/[^/]+|tank|pool|exports?)\/[^/]+/.test(
        path.text,
      ))
    ? null
    : lostPaths([path], call, device, 'deletes what its source does not have in')
}

const isTemporary = (path: string): boolean => /^\/(var\/)?tmp\//.test(path)
