import { z } from 'zod'

/**
 * A pattern for names in a directory. `*` and `?` stand for what is in one name, `**` for any folders. One without a slash
 * holds for a name at any depth, one with a slash from the directory itself on, one that ends with a slash for folders.
 */
export const FilePattern = z
  .string()
  .max(300)
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  .regex(/^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f/][^\x00-\x1f\x7f]*$/, 'a pattern such as "*.tmp", "cache/" or "/build/**"')

/** What of a directory counts; without `include` everything does, and `exclude` wins. */
export const FilePatterns = {
  include: z.array(FilePattern).max(100).default([]).describe('Only files that one of these fits'),
  exclude: z.array(FilePattern).max(100).default([]).describe('Nothing that one of these fits, nor what is below it'),
}

export type Chosen = { readonly include: readonly string[]; readonly exclude: readonly string[] }

/** Whether a file or folder counts, by its path without `./`. Folders need no pattern that includes them. */
export function chooser({ include, exclude }: Chosen): (path: string, kind: 'file' | 'directory') => boolean {
  const [included, excluded] = [include.map(testOf), exclude.map(testOf)]
  return (path, kind) => {
    const levels = levelsOf(path)
    const fits = (test: Test) =>
      levels.some((level, index) => test(level, index < levels.length - 1 ? 'directory' : kind))
    return !excluded.some(fits) && (kind === 'directory' || included.length === 0 || included.some(fits))
  }
}

type Test = (path: string, kind: 'file' | 'directory') => boolean

/** `a/b/c` is in `a` and in `a/b`. */
const levelsOf = (path: string): string[] => {
  const names = path.split('/')
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}

function testOf(pattern: string): Test {
  const foldersOnly = pattern.endsWith('/')
  const bare = pattern.replace(/\/+$/, '')
  const isAnchored = bare.includes('/')
  const expression = new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${expressionOf(bare.replace(/^\//, ''))}$`, 's')
  return (path, kind) => (!foldersOnly || kind === 'directory') && expression.test(path)
}

const expressionOf = (glob: string): string =>
  glob.replaceAll(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?'
      case '**':
        return '.*'
      case '*':
        return '[^/]*'
      case '?':
        return '[^/]'
      default:
        return `\\${part}`
    }
  })
