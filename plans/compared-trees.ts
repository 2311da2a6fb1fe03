import { dirname } from 'node:path/posix'
import type { Present, TreeFacts } from '../commands/synchronization.ts'
import { chooser, type Chosen } from '../schema/file-patterns.ts'
import type { TarEntry } from '../schema/tar.ts'

/** A file or folder that is to be there; `sha256` is null of a folder. */
export type Wanted = TarEntry & { readonly sha256: string | null }

export type Comparison = {
  readonly added: readonly Wanted[]
  readonly changed: readonly Wanted[]
  readonly same: number
  readonly newDirectories: readonly Wanted[]
  readonly deletedFiles: readonly string[]
  /** The deepest first. */
  readonly deletedDirectories: readonly string[]
  /** Sentences: what is there and is neither written over nor gone through. */
  readonly conflicts: readonly string[]
}

/** What has to be brought to a directory, and what to be deleted, so that it is as wanted. */
export function compareTrees(
  all: readonly Wanted[],
  facts: Pick<TreeFacts, 'entries' | 'device'>,
  choice: Chosen & { readonly delete: boolean },
): Comparison {
  const counts = chooser(choice)
  const wanted = withParents(
    all.filter(({ path, kind }) => counts(path, kind) && (kind === 'file' || choice.include.length === 0)),
  )
  const there = new Map(facts.entries.map((entry) => [entry.path, entry]))
  const conflicts: string[] = []
  const added: Wanted[] = []
  const changed: Wanted[] = []
  const newDirectories: Wanted[] = []
  let same = 0
  for (const entry of wanted.values()) {
    const found = there.get(entry.path)
    const conflict = found === undefined ? null : whyInTheWay(entry, found, facts.device)
    if (conflict !== null) conflicts.push(conflict)
    else if (found === undefined) (entry.kind === 'file' ? added : newDirectories).push(entry)
    else if (entry.kind === 'file' && isOther(entry, found)) changed.push(entry)
    else if (entry.kind === 'file') same += 1
  }
  const gone = choice.delete ? goneFrom(facts, wanted, counts) : { deletedFiles: [], deletedDirectories: [] }
  return { added, changed, same, newDirectories, ...gone, conflicts }
}

const isOther = (entry: Wanted, found: Present): boolean =>
  found.sha256 !== entry.sha256 || Number.parseInt(found.mode, 8) !== Number.parseInt(entry.mode, 8)

function whyInTheWay(entry: Wanted, found: Present, device: string): string | null {
  const { path } = entry
  if (found.kind === 'link') return `${path} is a symbolic link on the server: nothing is written over or through it.`
  if (found.kind !== entry.kind)
    return `${path} is a ${entry.kind} in the source and ${found.kind === 'other' ? 'none' : `a ${found.kind}`} on the server.`
  return found.kind === 'directory' && found.device !== device
    ? `${path} is another file system on the server; synchronise it by itself.`
    : null
}

/** By path, each folder before what is in it, also those that the source does not name. */
function withParents(entries: readonly Wanted[]): Map<string, Wanted> {
  const all = new Map(entries.map((entry) => [entry.path, entry]))
  for (const { path } of entries)
    for (let above = dirname(path); above !== '.' && !all.has(above); above = dirname(above))
      all.set(above, { path: above, kind: 'directory', bytes: 0, mode: '755', modifiedAt: 0, sha256: null })
  return new Map([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** What is there and is not wanted. Excluded names stay, and so does what cannot be named, and every folder that holds such. */
function goneFrom(
  { entries, device }: Pick<TreeFacts, 'entries' | 'device'>,
  wanted: ReadonlyMap<string, Wanted>,
  counts: ReturnType<typeof chooser>,
): Pick<Comparison, 'deletedFiles' | 'deletedDirectories'> {
  const stays = new Set<string>()
  const deletedFiles: string[] = []
  const deletedDirectories: string[] = []
  const deepestFirst = entries.toSorted((a, b) => depth(b.path) - depth(a.path) || (a.path < b.path ? -1 : 1))
  for (const { path, kind, device: on } of deepestFirst) {
    const isFolder = kind === 'directory'
    const goes =
      !wanted.has(path) &&
      kind !== 'other' &&
      counts(path, isFolder ? 'directory' : 'file') &&
      isNameable(path) &&
      !(isFolder && (stays.has(path) || on !== device))
    if (!goes) stays.add(dirname(path))
    else (isFolder ? deletedDirectories : deletedFiles).push(path)
  }
  return { deletedFiles: deletedFiles.toSorted(), deletedDirectories }
}

const depth = (path: string): number => path.split('/').length

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const isNameable = (path: string): boolean => !/[\x00-\x1f\x7f\ufffd]/.test(path)
