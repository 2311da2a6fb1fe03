import type { DeviceType } from '../../schema/server.ts'
import { isPassing } from '../data-names.ts'
import { kindOf } from '../file-kinds.ts'
import type { Arg, Call } from '../reading/call.ts'
import { isRetention, readFind, type Find } from '../reading/find.ts'
import { star } from '../reading/marks.ts'
import { pickedFiles } from './lost-files.ts'
import { lostPaths } from './lost-paths.ts'
import { wholeShare } from './mirrors.ts'
import type { Match } from './rule.ts'

/** What only looks into the files that it is handed. */
const searches = /(^|\/)([ef]?grep|zgrep|rg|cat|ls|stat|file|head|tail|wc|awk|sed|echo|printf|du|md5sum|sha\d+sum)$/

export function find(call: Call, device: DeviceType): Match | null {
  const found = readFind(call)
  const removing = found.commands.some(
    (words) =>
      !searches.test(words[0]?.text ?? '') &&
      words.some((word) => /(^|\/)(rm|shred|unlink|srm|truncate)$|\brm\b/.test(word.text)),
  )
  if (!found.deletes && !removing) return null
  return (
    lostPaths(wholeOf(found), call, device, 'deletes what it finds in') ?? (found.deletes ? pickedFiles(call) : null)
  )
}

export const wholeOf = (found: Find): readonly Arg[] =>
  found.roots.filter((root) => takesWhole(root, found)).map((root) => ({ text: `${root.replace(/\/+$/, '')}/${star}` }))

/** What find picks is as good as all there is, but where it is made anew, turns over with its age, or is one of a kind. */
function takesWhole(root: string, { filtered, patterns, olderThan, tests }: Find): boolean {
  if (!filtered || wholeShare.test(root)) return true
  if (/^\.(\/|$)/.test(root) || isRetention(root, olderThan) || tests.every((test) => test === '-empty')) return false
  const ofAKind = patterns.filter((pattern) => /\w/.test(pattern))
  if (ofAKind.length > 0 && ofAKind.every((pattern) => isMadeAnew(pattern, root)))
    return root === '/' || (/^\/(etc|usr|var|boot|lib)\/?$/.test(root) && !ofAKind.every(isLeftOver))
  if (ofAKind.some((pattern) => /\.(vhdx?|vmdk|qcow2|vdi|git)$/.test(pattern))) return true
  if (ofAKind.some((pattern) => kindOf(pattern) === null)) return true
  // Below somebody's own directory one of a kind is looked at by its kind.
  return ofAKind.length === 0 || !/^\/(home|opt|srv|mnt|media|data|volume\d+|share)\//.test(root)
}

const isMadeAnew = (pattern: string, root: string): boolean => {
  const name = pattern.replace(/^.*\/(?=.)/, '')
  return (
    kindOf(name) === 'scratch' ||
    isPassing(name) ||
    /^(sess_|npm-|upload-|core|yarn-|pip-|\.?terraform$)/.test(name) ||
    (/\.(gz|xz|bz2|zst)$/.test(name) && /log/.test(name + root))
  )
}

/** What packages and editors leave beside a file, and what was packed of a log. */
const isLeftOver = (pattern: string): boolean =>
  /\.(rpm(new|save|orig)|dpkg-\w+|ucf-\w+|sw[op]|pyc|orig|rej|tmp|DS_Store)$|~$|__pycache__$/.test(pattern)

/** What find hands on through xargs, where nothing between picks from it. */
export function listedBy({ parent }: Call): Find | null {
  if (parent?.name !== 'xargs' || parent.stdin?.from.includes('|') !== false) return null
  const source = parent.stdin.source()
  return source?.name === 'find' || source?.name === 'bfs' ? readFind(source) : null
}
