import type { SshdFacts, SshdFile } from './sshd-facts.ts'

/** One line of sshd's configuration: where it stands, and in which Match block. */
export type SshdLine = {
  readonly path: string
  readonly line: number
  readonly keyword: string
  readonly value: string
  /** The words after Match; null outside of such a block. */
  readonly match: string | null
}

/** Every line that says something. A Match block ends with the next one or with its file. */
export const readSshdFile = ({ path, content }: Pick<SshdFile, 'path' | 'content'>): readonly SshdLine[] => {
  let match: string | null = null
  return content.split('\n').flatMap((text, index) => {
    const [, name, value = ''] = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)"?(.*?)"?\s*$/.exec(text) ?? []
    if (name === undefined) return []
    const keyword = name.toLowerCase()
    if (keyword === 'match') {
      match = value.toLowerCase() === 'all' ? null : value
      return []
    }
    return [{ path, line: index + 1, keyword, value, match }]
  })
}

/** Where a keyword stands, in the main file and in what it includes. */
export const linesAbout = (
  { main, included }: Pick<SshdFacts, 'main' | 'included'>,
  keywords: readonly string[],
): readonly SshdLine[] =>
  [...included, ...(main === null ? [] : [main])]
    .flatMap(readSshdFile)
    .filter(({ keyword }) => keywords.includes(keyword))

export const showLine = ({ path, line, keyword, value, match }: SshdLine): string =>
  `${path}, line ${line}: ${keyword} ${value}${match === null ? '' : ` (under Match ${match})`}`

/**
 * Whether our file is read before anything else: the main file begins with an Include that finds it, and no other file
 * that this finds sorts before it.
 */
export function isReadFirst({ main, included }: Pick<SshdFacts, 'main' | 'included'>, ours: string): boolean {
  const first = main === null ? undefined : readSshdFile(main)[0]
  if (first?.keyword !== 'include' || first.match !== null) return false
  const patterns = first.value.split(/\s+/).map((word) => (word.startsWith('/') ? word : `/etc/ssh/${word}`))
  const [pattern] = patterns
  if (pattern === undefined || !patternOf(pattern).test(ours)) return false
  return included.every(({ path }) => path === ours || !patternOf(pattern).test(path) || path > ours)
}

/** As glob(3): neither wildcard crosses a slash. Hidden names are not among those that were included. */
const patternOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )
