import type { Packed, TreeFacts } from '../commands/synchronization.ts'
import {
  areInPlace,
  deleteFrom,
  dropEmptyRoot,
  dropPart,
  dropStage,
  makeStage,
  partInTree,
  placeAll,
  putBack,
  treeAt,
  unpackInto,
} from '../commands/synchronization.ts'
import { makePart, type Part, partInStaging } from '../commands/transfer.ts'
import type { RunAs } from '../schema/command.ts'
import type { PlanDraft, Step } from '../schema/plan.ts'
import { finishStep, installStep, prepareStep } from '../schema/step-names.ts'
import type { Comparison } from './compared-trees.ts'
import { shownBytes, type Staging, whyOutside } from './transfer.ts'

export type SynchronizationSituation = {
  readonly operationId: string
  readonly settings: { readonly path: string; readonly owner?: string | undefined; readonly group?: string | undefined }
  readonly as: RunAs
  readonly facts: TreeFacts & { readonly path: string }
  /** Null where the log-in itself writes into the directory. */
  readonly staging: Staging | null
  readonly comparison: Comparison
  readonly packed: { readonly bytes: number; readonly sha256: string }
  /** Why a person must agree that files are written over. */
  readonly overwriting: readonly string[]
}

export type SynchronizationDraft = { readonly plan: PlanDraft; readonly packed: Packed; readonly part: Part }

/** Brings a directory to a state: what differs is taken in as one archive, unpacked beside, and renamed into place. */
export function planSynchronization(o: SynchronizationSituation): SynchronizationDraft {
  const { facts, comparison, settings, staging } = o
  const root = facts.path
  const tree = treeAt(root, o.operationId)
  const packed = { ...tree, ...o.packed, files: sent(comparison).length, owner: ownerOf(o) }
  const part = staging === null ? partInTree(tree) : partInStaging(staging.home, o.operationId)
  const alreadySo = isSame(comparison) ? { alreadySo: 'both sides are the same' } : {}
  const dropRoot = facts.kind === 'none' ? [dropEmptyRoot(tree)] : []
  const prepare: Step = {
    id: prepareStep,
    title: `Take in ${shownBytes(packed.bytes)} for ${root}`,
    as: staging === null ? o.as : 'app',
    apply: [...(staging === null ? [makeStage(tree)] : []), makePart(part, packed.bytes)],
    undo: staging === null ? [dropStage(tree), ...dropRoot] : [dropPart(part)],
    ...alreadySo,
  }
  const install: Step = {
    id: installStep,
    title: `Put ${comparison.added.length} new and ${comparison.changed.length} changed files in place in ${root}`,
    as: o.as,
    apply: [
      ...(staging === null ? [] : [makeStage(tree)]),
      unpackInto(part, packed),
      placeAll(packed, shownNames(comparison)),
    ],
    verify: areInPlace(packed),
    undo: [putBack(tree), ...(staging === null ? [] : [dropStage(tree), ...dropRoot])],
    ...alreadySo,
  }
  const { deletedFiles, deletedDirectories } = comparison
  const deleted = [...deletedFiles, ...deletedDirectories]
  const finish: Step = {
    id: finishStep,
    title:
      deleted.length === 0
        ? 'Remove what was kept for the way back'
        : `Delete ${deleted.length} files and folders that the source does not have`,
    as: o.as,
    apply: [
      ...deletions(root, comparison),
      dropStage(tree),
      // Root may take away what lies in any home.
      ...(staging === null ? [] : [dropPart(part)]),
    ],
    ...alreadySo,
  }
  const cuts = [
    ...o.overwriting,
    ...(deleted.length === 0
      ? []
      : [`It deletes ${deleted.length} of ${root} that the source does not have: ${listed(deleted, 50)}.`]),
  ]
  return {
    plan: {
      steps: [prepare, install, finish],
      warnings: root === settings.path ? [] : [`${settings.path} is really ${root}.`],
      ...(cuts.length === 0 ? {} : { cuts }),
    },
    packed,
    part,
  }
}

const sent = ({ added, changed }: Comparison) => [...added, ...changed]

export const isSame = (comparison: Comparison): boolean =>
  sent(comparison).length + comparison.newDirectories.length === 0 &&
  comparison.deletedFiles.length + comparison.deletedDirectories.length === 0

/** Only root gives files away: to whom the directory belongs unless told. */
function ownerOf({ as, settings, facts }: SynchronizationSituation): string | null {
  if (as === 'app') return null
  const [user = facts.user, group = facts.group] = (facts.owner ?? '').split(':').filter((name) => name !== '')
  return `${settings.owner ?? user}:${settings.group ?? group}`
}

const chunk = 200

const pieces = (all: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(all.length / chunk) }, (_, index) => all.slice(index * chunk, (index + 1) * chunk))

/** In pieces that a person can read and a host can take. */
function deletions(root: string, { deletedFiles, deletedDirectories }: Comparison) {
  return [
    ...pieces(deletedFiles).map((files) => deleteFrom(root, files, [])),
    ...pieces(deletedDirectories).map((directories) => deleteFrom(root, [], directories)),
  ]
}

const shownNames = ({ added, changed, newDirectories }: Comparison): string =>
  listed(
    [
      ...newDirectories.map(({ path }) => `+ ${path}/`),
      ...added.map(({ path }) => `+ ${path}`),
      ...changed.map(({ path }) => `~ ${path}`),
    ],
    100,
  )

const listed = (all: readonly string[], most: number): string =>
  `${all.slice(0, most).join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`

/** Why a directory cannot be brought to this state; none where it can. */
export function whyNotTree(o: {
  readonly path: string
  readonly facts: TreeFacts
  readonly conflicts: readonly string[]
  readonly roots: readonly string[]
}): string[] {
  const { facts, path } = o
  if (facts.path === null) return [`the folder of ${path} is not there.`]
  const root = facts.path
  if (root === '/') return [`${path} is really /, which is more than a directory to be synchronised.`]
  const outside = whyOutside(root, o.roots) ?? whyOutside(`${root}/a`, o.roots)
  if (outside !== null) return [outside]
  if (facts.kind === 'other') return [`${root} is no directory.`]
  if (!facts.isWritable) return [`${facts.user} may not write to ${root}.`]
  return o.conflicts.slice(0, 20)
}
