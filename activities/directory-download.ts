import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { lookAtTree, parseTree, type Present, type TreeFacts } from '../commands/synchronization.ts'
import { hashArchivePrefix, measureArchive, readArchiveFrom, type TreeArchive } from '../commands/tree-archive.ts'
import { whyNotTree } from '../plans/synchronization.ts'
import { chooser } from '../schema/file-patterns.ts'
import type { ServerRef } from '../schema/server.ts'
import { EntryPath, LocalTree, type SynchronizationOutcome } from '../schema/synchronization.ts'
import type { TransferOutcome } from '../schema/transfer-outcome.ts'
import type { DirectoryDownloadSettings } from '../schema/transfer.ts'
import type { Deps } from './deps.ts'
import { askHost, type Content, fetching, fetchWhole, type Fetching } from './download.ts'
import { refusedBeforeChange } from './failures.ts'
import { ensureSource, placeOfSource } from './spool.ts'
import { readWhole } from './synchronization.ts'

export type DirectoryDownloadWork = {
  readonly operationId: string
  readonly server: ServerRef
  readonly settings: DirectoryDownloadSettings
}

/** What was fetched of a directory; null where the other side has all of it. */
export type FetchedDirectory = {
  readonly transfer: TransferOutcome | null
  readonly synchronization: SynchronizationOutcome
}

/** More names than these, in bytes, are not told to the host. */
const mostNames = 60_000

/** Fetches what of a directory the other side does not have, as one archive. Nothing is changed on the host. */
export async function downloadDirectory(deps: Deps, work: DirectoryDownloadWork): Promise<FetchedDirectory> {
  const { settings } = work
  return fetching(deps, work, async (known) => {
    const have = await whatIsHad(known, settings)
    const facts = parseTree(
      await readWhole(
        known,
        lookAtTree(
          settings.path,
          [...have.values()].map(({ bytes }) => bytes),
        ),
      ),
    )
    const root = mustBeReadable(known, settings.path, facts)
    const compared = compare(settings, facts, have)
    const synchronization = { path: root, ...compared.counts }
    if (compared.names.length === 0) return { transfer: null, synchronization }
    const names = compared.names.join('').length + compared.names.length * 6 > mostNames ? null : compared.names
    const content = await contentOf(known, { root, names })
    return { transfer: await fetchWhole({ ...known, ...content }), synchronization }
  })
}

type Had = LocalTree[number]

async function whatIsHad(
  { deps, operation, signal }: Fetching,
  { have }: DirectoryDownloadSettings,
): Promise<Map<string, Had>> {
  if (have === undefined) return new Map()
  await ensureSource(deps, operation.id, have, signal)
  const text = await readFile(placeOfSource(deps, operation.id, have), 'utf8')
  return new Map(LocalTree.parse(JSON.parse(text)).map((one) => [one.path, one]))
}

function mustBeReadable({ deps, server }: Fetching, path: string, facts: TreeFacts): string {
  const { roots } = deps.settings.transfers
  const [problem] = whyNotTree({ path, facts: { ...facts, isWritable: true }, conflicts: [], roots })
  if (problem !== undefined || facts.path === null || facts.kind === 'none')
    throw refusedBeforeChange(server.name, problem ?? `there is no ${path}.`, 'Name another directory.')
  return facts.path
}

/** Files that are another or not there, and folders; links, devices and names that cannot be shown are passed over. */
function compare(settings: DirectoryDownloadSettings, { entries }: TreeFacts, have: ReadonlyMap<string, Had>) {
  const counts = chooser(settings)
  const chosen = entries.filter(
    ({ path, kind }) =>
      (kind === 'file' || kind === 'directory') &&
      EntryPath.safeParse(path).success &&
      counts(path, kind === 'file' ? 'file' : 'directory'),
  )
  const files = chosen.filter(({ kind }) => kind === 'file')
  const differing = files.filter(({ path, sha256 }) => sha256 === null || have.get(path)?.sha256 !== sha256)
  const added = differing.filter(({ path }) => !have.has(path)).length
  const folders = settings.include.length > 0 ? [] : newFolders(chosen, have)
  return {
    names: [...folders, ...differing].map(({ path }) => path).toSorted(),
    counts: {
      added,
      changed: differing.length - added,
      deleted: 0,
      skipped: files.length - differing.length,
      failed: 0,
      bytes: differing.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  }
}

/** Only folders that nothing is in have to be told. */
function newFolders(chosen: readonly Present[], have: ReadonlyMap<string, Had>): Present[] {
  const filled = new Set<string>()
  for (const { path } of chosen) {
    for (let above = dirname(path); above !== '.' && !filled.has(above); above = dirname(above)) filled.add(above)
  }
  return chosen.filter(({ path, kind }) => kind === 'directory' && !have.has(path) && !filled.has(path))
}

async function contentOf(known: Fetching, archive: TreeArchive): Promise<Content> {
  const bytes = Number((await askHost(known, measureArchive(archive))).stdout.trim())
  const { maxBytes } = known.deps.settings.transfers
  if (bytes > maxBytes)
    throw refusedBeforeChange(
      known.server.name,
      `${archive.root} has ${bytes} bytes that differ, and at most ${maxBytes} are moved.`,
      'Fetch less of it, or raise transfers.maxBytes.',
    )
  return {
    path: archive.root,
    bytes,
    isFile: false,
    from: (offset) => readArchiveFrom(archive, offset),
    prefix: (first) => hashArchivePrefix(archive, first),
  }
}
