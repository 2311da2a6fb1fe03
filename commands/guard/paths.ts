import type { HostAnswers, PathAnswer } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

/** Where counting ends: a person needs to know that it is very many, not how many. */
const fileLimit = 200_000
const secondsAPath = 5

/** Names may hold line ends, so their NULs are counted. */
export const askPath = (path: string): Script =>
  sh`[ -e ${path} ] && echo "$(timeout ${secondsAPath} find ${path} -xdev -print0 | tr -dc '\000' | head -c ${fileLimit} | wc -c) $(timeout ${secondsAPath} du -sxb -- ${path} | cut -f 1)" && readlink -f -- ${path} && cut -d ' ' -f 2 /proc/self/mounts && echo ok`

export function readPath([row = '', resolved = '', ...mounts]: readonly string[]): PathAnswer | null {
  const [, files, bytes] = /^(\d+) (\d*)$/.exec(row) ?? []
  if (files === undefined) return null
  const here = resolved === '/' ? '/' : `${resolved}/`
  return {
    files: Number(files),
    bytes: bytes === undefined || bytes === '' ? null : Number(bytes),
    more: Number(files) >= fileLimit,
    mounts: [...new Set(mounts.map(unescapeMount))].filter(
      (mount) => (mount === resolved || mount.startsWith(here)) && !/^\/(proc|sys|dev|run)(\/|$)/.test(mount),
    ),
  }
}

/** Blanks stand as `\040` in the table of mounts. */
const unescapeMount = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)))

/** A name with a line end in it is answered by nothing. */
export const askLinks = (paths: readonly string[]): Script =>
  sh`for path in ${paths}; do readlink -m -- "$path" || echo; done && echo ok`

export function readLinks(paths: readonly string[], rows: readonly string[]): HostAnswers {
  if (rows.length !== paths.length) return {}
  return { links: Object.fromEntries(paths.map((path, index) => [path, rows[index] ?? path])) }
}
