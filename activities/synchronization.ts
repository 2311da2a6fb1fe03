import { lookAtTree, type Packed, parseTree, type TreeFacts } from '../commands/synchronization.ts'
import { lookAtStaging, type Part, parseStaging } from '../commands/transfer.ts'
import { compareTrees, type Comparison } from '../plans/compared-trees.ts'
import { planSynchronization as draftSynchronization, whyNotTree } from '../plans/synchronization.ts'
import type { Staging } from '../plans/transfer.ts'
import type { Command } from '../schema/command.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { SynchronizationOutcome } from '../schema/synchronization.ts'
import { TarError } from '../schema/tar.ts'
import type { DirectoryUploadSettings } from '../schema/transfer.ts'
import { SshError } from '../ssh/index.ts'
import { reachOf } from '../ssh/identity.ts'
import type { Deps } from './deps.ts'
import type { Fetching } from './download.ts'
import { ask, clear, logFor, timeoutOf } from './execute.ts'
import { asFailure, planImpossible, preconditionFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin } from './operations.ts'
import { judgeWritingOver } from './overwriting.ts'
import { type Kept, packDifference, readArchive } from './packing.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'
import { ensureSource, placeOfPacked, placeOfSource } from './spool.ts'
import { targetFor } from './targets.ts'
import { rightsFor } from './upload.ts'

export type SynchronizationWork = {
  readonly operationId: string
  readonly server: ServerRef
  readonly settings: DirectoryUploadSettings
  readonly previous?: { id: string; hash: string }
}

/** A planned synchronisation: the archive that is sent, and what it comes to. */
export type PlannedSynchronization = PlannedWork & {
  readonly packed: Packed
  readonly part: Part
  readonly outcome: SynchronizationOutcome
}

type Here = Omit<Fetching, 'at'>

/** Compares the archive that was handed in with what the server has, packs what differs, and stores the plan that brings it. */
export async function planSynchronization(deps: Deps, work: SynchronizationWork): Promise<PlannedSynchronization> {
  const { operation, server } = await begin(deps, work, 'transfer')
  return withHeartbeat(async (signal) => {
    const { settings, operationId } = work
    await ensureSource(deps, operationId, settings.source, signal)
    const from = placeOfSource(deps, operationId, settings.source)
    const entries = await readArchive(from).catch((error: unknown) => {
      throw error instanceof TarError ? unreadable(error) : error
    })
    const as = rightsFor(server, settings)
    const target = await targetFor(deps, server, as, { appExists: true })
    const here = { deps, operation, server, target, as, signal }
    const { facts, staging } = await look(here, settings.path, entries).catch((error: unknown) => {
      throw asFailure(error, { server, doing: `Looking at ${settings.path}` })
    })
    const comparison = compareTrees(entries, facts, settings)
    const root = mustBePossible(here, settings.path, facts, comparison)
    const packed = await packDifference({ from, to: placeOfPacked(deps, operationId), comparison, entries })
    mustHaveRoom(here, { ...facts, path: root }, staging, packed.bytes)
    const draft = draftSynchronization({
      operationId,
      settings,
      as,
      facts: { ...facts, path: root },
      staging,
      comparison,
      packed,
      overwriting: whatItWritesOver(server, root, comparison),
    })
    const plan = planOf(operationId, server, draft.plan)
    const planned = await storePlan(deps, { plan, server, previous: work.previous })
    return { ...planned, packed: draft.packed, part: draft.part, outcome: outcomeOf(root, comparison) }
  })
}

const unreadable = (error: TarError) =>
  preconditionFailed(
    `The archive is refused: ${error.message}.`,
    'Pack files and folders alone, by their paths in the directory.',
  )

async function look(
  here: Here,
  path: string,
  entries: readonly Kept[],
): Promise<{ facts: TreeFacts; staging: Staging | null }> {
  const { server, target, as } = here
  const sizes = entries.filter(({ kind }) => kind === 'file').map(({ bytes }) => bytes)
  const facts = parseTree(await readWhole(here, lookAtTree(path, sizes)))
  if (reachOf(target, as) === 'direct') return { facts, staging: null }
  const { deps, operation, signal } = here
  const home = await ask(deps, { operation, server, target, command: lookAtStaging(), as: 'app', signal, fresh: true })
  const staging = parseStaging(home.stdout)
  if (home.exitCode === 0 && staging !== null) return { facts, staging }
  throw new SshError({ type: 'permission_denied', host: server.name, because: 'its log-in has no home directory' })
}

/** The whole of an answer, however long the list is. */
export async function readWhole(
  { deps, operation, server, target, as, signal }: Here,
  command: Command,
): Promise<string> {
  const cleared = clear(deps, { operation, server, command, runId: '', evidence: { kind: 'question' } })
  const [out, err]: [Uint8Array[], Uint8Array[]] = [[], []]
  const log = logFor(deps, operation)
  for await (const event of deps.ssh.stream(target, cleared, { as, timeoutMs: timeoutOf(command), signal, log })) {
    if (event.kind !== 'end') (event.stream === 'stdout' ? out : err).push(event.bytes)
    else if (event.exitCode !== 0) {
      const because = event.timedOut ? 'it took too long' : Buffer.concat(err).toString().trim()
      throw new SshError({ type: 'unknown', host: server.name, because: because || `exit code ${event.exitCode}` })
    }
  }
  return Buffer.concat(out).toString()
}

function mustBePossible({ deps, server }: Here, path: string, facts: TreeFacts, { conflicts }: Comparison): string {
  const { roots } = deps.settings.transfers
  const problems = whyNotTree({ path, facts, conflicts, roots })
  if (problems.length > 0 || facts.path === null) throw planImpossible(server.name, problems)
  return facts.path
}

/** The archive and what comes of it lie there at once for a moment. */
function mustHaveRoom(
  { server }: Here,
  facts: TreeFacts & { readonly path: string },
  staging: Staging | null,
  bytes: number,
): void {
  const places = [[facts.path, facts.freeBytes, 2 * bytes] as const]
  if (staging !== null) places.push([staging.home, staging.freeBytes, bytes])
  for (const [where, free, needed] of places)
    if (free < needed)
      throw planImpossible(server.name, [`${where} has room for ${free} bytes, and ${needed} are needed.`], 'RETRYABLE')
}

const mostReasons = 5

/** What the guard makes of writing over the files that are there: a sentence for each that it does not let pass. */
function whatItWritesOver(server: Server, root: string, { changed }: Comparison): string[] {
  const reasons: string[] = []
  for (const { path } of changed) {
    const reason = judgeWritingOver(server, `${root}/${path}`)
    if (reason !== null && reasons.length < mostReasons) reasons.push(`It writes over ${root}/${path}. ${reason}`)
  }
  return reasons
}

function outcomeOf(path: string, comparison: Comparison): SynchronizationOutcome {
  const { added, changed, deletedFiles, deletedDirectories, same } = comparison
  return {
    path,
    added: added.length,
    changed: changed.length,
    deleted: deletedFiles.length + deletedDirectories.length,
    skipped: same,
    failed: 0,
    bytes: [...added, ...changed].reduce((sum, file) => sum + file.bytes, 0),
  }
}
