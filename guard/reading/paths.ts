import { unknown } from './marks.ts'

/** A path made absolute and plain: `.`, `..` and doubled slashes gone. What begins with something unknown stays so. */
export function resolvePath(path: string, cwd: string): string {
  if (path.startsWith(unknown)) return path
  const whole = path.startsWith('/') ? path : cwd.startsWith(unknown) ? unknown : `${cwd}/${path}`
  if (whole === unknown) return `${unknown}/${path}`
  if (!roundabout.test(whole)) return whole
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** `//`, `/.`, `/..`, or a slash at the end. */
const roundabout = /\/(?:\.{0,2}\/|\.{0,2}$)/

export const segmentsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '')
