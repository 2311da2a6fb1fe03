import { some, unknown } from './marks.ts'

/** A path made absolute and plain: `.`, `..` and doubled slashes gone. What begins with something unknown stays so. */
export function resolvePath(path: string, cwd: string): string {
  if (path.startsWith(unknown)) return path
  if (path.startsWith('../') && cwd === unnamed && oneUp.test(path)) return resolvePath(path.slice(3), cwd)
  const whole = path.startsWith('/') ? path : cwd.startsWith(unknown) ? unknown : `${cwd}/${path}`
  if (whole === unknown) return `${unknown}/${path}`
  const bare = whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole
  if (!roundabout.test(bare)) return bare
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** `../build`, in a directory that nobody has named: most likely it lies beside another of somebody's own. */
const oneUp = /^\.\.\/[\w-][^*?\uE000-\uE004]*$/
const unnamed = `/home/${some}`

/** `//`, `/.`, `/..`, or a slash at the end. */
const roundabout = /\/(?:\.{0,2}\/|\.{0,2}$)/

/** The names that a path is made of. */
export function segmentsOf(path: string): string[] {
  const segments: string[] = []
  for (let from = 0; from < path.length; ) {
    const slash = path.indexOf('/', from)
    const end = slash < 0 ? path.length : slash
    if (end > from) segments.push(path.slice(from, end))
    from = end + 1
  }
  return segments
}
