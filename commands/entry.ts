import { sh, type Script } from './shell.ts'

/** `kind` as stat names it: 'directory', 'regular file', 'symbolic link'. */
export type Entry = { readonly kind: string; readonly mode: string; readonly owner: string; readonly group: string }

/** A file with its content, which is cut at a mebibyte. */
export type FoundFile = { readonly entry: Entry; readonly content: string }

const contentLimit = 1_048_576

export const statOf = (path: Script): Script => sh`stat -c '%F|%a|%U|%G' -- ${path}`

/** Prints a line of stat, then the content. */
export const printFile = (path: Script): Script => sh`${statOf(path)} && head -c ${contentLimit} -- ${path}`

export function parseEntry(text: string): Entry | null {
  const [, kind, mode, owner, group] = /^([^|\n]+)\|([0-7]+)\|([^|\n]*)\|([^|\n]*)$/m.exec(text) ?? []
  if (kind === undefined || mode === undefined || owner === undefined || group === undefined) return null
  return { kind: kind === 'regular empty file' ? 'regular file' : kind, mode, owner, group }
}

/** Reads what `printFile` prints. */
export function parseFile(text: string): FoundFile | null {
  const end = text.indexOf('\n')
  const entry = parseEntry(text.slice(0, end))
  return entry === null ? null : { entry, content: text.slice(end + 1) }
}
