import type { DeviceType } from '../schema/server.ts'
import { dataByName, isOwnData, isOwnName, isPassing, isShareRoot, isStateByHand, isUploads } from './data-names.ts'
import { devices } from './devices.ts'
import { couldBe, isDynamic, isGlob, isLiteral, some, star, unknown } from './reading/marks.ts'
import { resolvePath, segmentsOf } from './reading/paths.ts'

/** Why a path must not be lost. `system`: the whole machine goes with it. */
export type Protection = { readonly because: string; readonly reach: 'system' | 'data' | 'unknown' }

const systemDirectories = new Set([
  'bin',
  'boot',
  'dev',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'proc',
  'root',
  'sbin',
  'sys',
  'usr',
  'var',
  'run',
  'snap',
  'nix',
  'gnu',
  'ostree',
  'sysroot',
  'efi',
  'System',
  'Library',
])
/** Whatever else lies at the top holds data; in these the sources of a program are worked on, or it runs in a container. */
const workshops =
  /^(.|apps?|code|src|workspaces?|work|repo|builds?|projects?|scratch|github|actions-runner|cache|out|dist|wd|web|site|bundle|project|source|ci|runner|go|target|output|artifacts|lost\+found|\.\w+)$/

/** Made anew by the tool that filled them. */
const rebuilt =
  /^(node_modules|dist|build|\.?cache|tmp|temp|\.tmp|__pycache__|target|\.next|\.nuxt|coverage|\.pytest_cache|\.mypy_cache|\.tox|\.gradle|\.parcel-cache|\.turbo|out|venv|\.venv|vendor|lost\+found)$/

/** Directly below a holder of data, only these are nobody's. */
const temporaryName = /^(\.?cache|\.?tmp|temp|lost\+found)$/

/** What somebody has put another in the place of, or what is made anew wherever it lies. */
const putAside = /[-_.](old|bak|orig|prev|previous|failed|broken)$|~$|^(__pycache__|node_modules|\.venv|\.terraform)$/

/** Directories that may be emptied at any time. */
const temporary = byTop([
  ['tmp'],
  ['private', 'tmp'],
  ['var', 'tmp'],
  ['dev', 'shm'],
  ['run', 'user', some],
  ['var', 'cache', star],
  ['var', 'lib', 'apt', 'lists'],
  ['var', 'crash'],
  ['var', 'lib', 'php', 'sessions'],
  ['var', 'lib', 'php', 'session'],
  ['mnt', some, 'Users', some, 'AppData', 'Local', 'Temp'],
  ['mnt', some, 'Windows', 'Temp'],
])

/** Directories below protected ones in which deleting is ordinary work. */
const free = byTop([
  ['var', 'lib', 'drydock'],
  ['var', 'www', star, star],
  ['usr', 'local', star],
  ['usr', 'src', star],
  ['var', 'lib', 'docker', 'tmp'],
  ['root', star],
])
/** Whether a path lies where anything may be deleted at any time. */
export const isTemporary = (segments: readonly string[]): boolean => isBelowAny(segments, temporary)

/** Below `usr/local` these are everybody's. */
const shared = /^(bin|sbin|lib|lib64|share|etc|include|libexec|src|man|games)$/

/** Repositories, images of disks, databases and dumps, all there are. */
const isAllOfAKind = (name: string): boolean =>
  /^\uE001\.(git|qcow2|vmdk|vhdx?|vdi|img|raw|vma(\.\w+)?|sqlite3?|db|mdb|ibd|dump|sql(\.\w+)?)$/.test(name)

type Places = ReadonlyMap<string, readonly (readonly string[])[]>

function byTop(places: readonly (readonly string[])[]): Places {
  const tops = new Set(places.map(([top = '']) => top))
  return new Map([...tops].map((top) => [top, places.filter(([first]) => first === top)]))
}

/** What a recursive deletion of this path would take, as seen from every directory it may be run in. */
export function protectionOf(path: string, cwds: readonly string[], device: DeviceType): Protection | null {
  if (path.startsWith('/')) return judge(path, '/', device)
  for (const cwd of cwds) {
    const found = judge(path, cwd, device)
    if (found !== null) return found
  }
  return null
}

function judge(path: string, cwd: string, device: DeviceType): Protection | null {
  const resolved = resolvePath(path, cwd)
  if (resolved.startsWith(unknown)) return judgeUnknown(resolved, device)
  const segments = segmentsOf(resolved)
  if (segments.slice(1).some(isOwnName)) return null
  if (isBelowAny(segments, temporary) && (segments[0] === 'mnt' || !isDeviceProtected(segments, device))) return null
  // A part that only the host knows may be empty.
  while (segments[segments.length - 1] === unknown) segments.pop()
  while (isEverything(segments[segments.length - 1])) segments.pop()
  const known = isDynamic(resolved) ? segments.map((segment) => (segment === unknown ? some : segment)) : segments
  if (known.length === 0) return { because: 'It is the root of the whole file system.', reach: 'system' }
  const found = isDeviceProtected(known, device)
    ? ({ because: 'is protected on this kind of device.', reach: 'data' } as const)
    : judgeSegments(known, isGlob(resolved))
  return found === null ? null : { ...found, because: `/${known.join('/').replaceAll(some, '…')} ${found.because}` }
}

/** A path whose beginning only the host knows: what it is if that is empty counts. */
function judgeUnknown(path: string, device: DeviceType): Protection | null {
  if (isRebuiltBelow(path)) return null
  const emptied = path.replaceAll(unknown, '')
  const bare = emptied.startsWith('/') && emptied.length > 1 ? judge(emptied, '/', device) : null
  return bare?.reach === 'system' ? bare : { because: 'Which path it is, only the host knows.', reach: 'unknown' }
}

/** `$PLACE/build`: whatever the place is, what is deleted there is made anew; and if it is empty, it is no system's. */
const isRebuiltBelow = (path: string): boolean =>
  new RegExp(`^${unknown}/`).test(path) &&
  path
    .split('/')
    .slice(1)
    .some((part) => rebuilt.test(part)) &&
  !/(^|\/)\.\.(\/|$)/.test(path) &&
  !path.slice(1).includes(unknown)

const isEverything = (segment: string | undefined): boolean => segment !== undefined && everyName.test(segment)
const everyName = /^(?:\.?[\uE001\uE002]+|\.\[!\.\]\uE001|\*)$/

/** Why it must not be lost, said of the path. */
function judgeSegments(segments: readonly string[], glob: boolean): Protection | null {
  const [top = '', second, third] = segments
  const isSystem = couldBeAmong(top, systemDirectories)
  if (segments.length === 1) return { because: 'is a top-level directory.', reach: isSystem ? 'system' : 'data' }
  if (
    isBelowAny(segments, free) &&
    !(top === 'usr' && second === 'local' && segments.length === 3 && shared.test(third ?? ''))
  )
    return inFree(segments)
  if (isRotatedLog(segments) || (top === 'var' && segments.slice(3).some((part) => temporaryName.test(part))))
    return null
  if (isSystem) return { because: 'belongs to the system.', reach: segments.length === 2 ? 'system' : 'data' }
  if (isSecret(segments)) return { because: 'holds keys or secrets.', reach: 'data' }
  if (workshops.test(top)) return isOwnData(segments) ? { because: 'holds data by its name.', reach: 'data' } : null
  if (top === 'mnt' && segments.length === 3 && /^(user0?|disk\d+|cache)$/.test(second ?? '') && third !== some)
    return { because: 'is a whole share of an array.', reach: 'data' }
  if (isAllOfAKind(segments.at(-1) ?? ''))
    return { because: 'is every file of a kind that nobody makes anew.', reach: 'data' }
  const data = dataByName(segments)
  if (data !== null) return { because: `${data}.`, reach: 'data' }
  if (segments.length > 2 || second === undefined || isShareRoot(top)) return null
  // A disk that is mounted under such a name holds whatever it was bought for.
  const isNobodys = temporaryName.test(second) && !(top === 'mnt' && second === 'cache')
  if (isLiteral(second) && (isNobodys || putAside.test(second))) return null
  if (second !== some && (glob || second.includes(some)) && !isLiteral(second) && /\.[a-z0-9]+$/i.test(second))
    return null
  return { because: `is ${top === 'home' ? 'a whole home' : 'a whole directory of data'}.`, reach: 'data' }
}

function inFree(segments: readonly string[]): Protection | null {
  if (isSecret(segments)) return { because: 'holds keys or secrets.', reach: 'data' }
  const [top] = segments
  if (top === 'var' && isUploads(segments)) return { because: 'is what was uploaded to a site.', reach: 'data' }
  if (top === 'usr' && isStateByHand(segments)) return { because: 'holds data by its name.', reach: 'data' }
  const data = top === 'root' ? dataByName(segments) : null
  return data === null ? null : { because: `${data}.`, reach: 'data' }
}

function isBelowAny(segments: readonly string[], places: Places): boolean {
  for (const prefix of places.get(segments[0] ?? '') ?? nowhere) if (isBelow(segments, prefix)) return true
  return false
}
const nowhere: readonly (readonly string[])[] = []

const couldBeAmong = (name: string, names: ReadonlySet<string>): boolean =>
  names.has(name) || (!isLiteral(name) && [...names].some((one) => couldBe(name, one)))

/** Below a directory that is free, not that directory itself; a star at its end is any name there. */
function isBelow(segments: readonly string[], prefix: readonly string[]): boolean {
  const fixed = prefix.at(-1) === star ? prefix.length - 1 : prefix.length
  if (segments.length <= fixed) return false
  for (let at = 0; at < fixed; at += 1) {
    const part = prefix[at]
    if (part !== star && part !== some && segments[at] !== part) return false
  }
  return !(prefix[0] === 'root' && segments[1] === '.ssh')
}

const isSecret = (segments: readonly string[]): boolean =>
  segments.some((segment) =>
    /^\.(ssh|gnupg|kube|aws|password-store|thunderbird|mozilla|electrum|bitcoin|ethereum|monero|vault|acme\.sh)$/.test(
      segment,
    ),
  ) && !segments.some(isPassing)
const isRotatedLog = (segments: readonly string[]): boolean =>
  segments[0] === 'var' &&
  segments[1] === 'log' &&
  segments.length > 2 &&
  /\.(gz|xz|bz2|zst|old|\d+|1\.log)$/.test(segments.at(-1) ?? '')

function isDeviceProtected(segments: readonly string[], device: DeviceType): boolean {
  if (device === 'ubuntu' || device === 'generic') return false
  return devices[device].protectedPaths.some((path) => {
    const parts = segmentsOf(path)
    return parts.slice(0, segments.length).every((part, index) => {
      const segment = segments[index] ?? ''
      return part.endsWith('*') ? segment.startsWith(part.slice(0, -1)) || isGlob(segment) : couldBe(segment, part)
    })
  })
}

const disk =
  /^\/dev\/(sd|hd|vd|xvd|nvme\d|mmcblk|md\d|md\/|dm-|mapper\/|disk\/|zvol\/|zd\d|nbd|loop\d|sr\d|vg|ubuntu-vg|pve|mem$|kmem$|port$|rdsk\/|dsk\/|r?disk\d|ram\d|block\/|fd0)/

/** A block device, or memory: writing there passes every file system by. */
export const isRawDevice = (path: string): boolean => {
  if (!path.includes('dev')) return false
  const resolved = resolvePath(path, '/')
  if (!resolved.startsWith('/dev/')) return false
  if (disk.test(resolved)) return true
  const name = resolved.slice(5)
  return ['sda', 'nvme0n1', 'vda'].some((device) => couldBe(name, device)) && !isLiteral(name)
}
