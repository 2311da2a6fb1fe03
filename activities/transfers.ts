import type { Command } from '../schema/command.ts'
import type { Plan } from '../schema/plan.ts'
import { type Packed, unpackInto } from '../commands/synchronization.ts'
import type { Part, WantedFile } from '../commands/transfer.ts'
import { fillPart, hashAlong, hashPrefix, installPart, makePart, parseHash } from '../commands/transfer.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import { installStep, prepareStep } from '../schema/step-names.ts'
import type { TransferProgress, UploadSettings } from '../schema/transfer.ts'
import type { Target } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { type DirectoryDownloadWork, downloadDirectory, type FetchedDirectory } from './directory-download.ts'
import { downloadFile, type DownloadWork } from './download.ts'
import { ask, clear, logFor } from './execute.ts'
import { asFailure, detached, preconditionFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadAtWork } from './operations.ts'
import { createProgressEvents, leftByLastAttempt } from './progress.ts'
import { ensureSource, hashOf, placeOfPacked, placeOfSource, removeSource } from './spool.ts'
import { planSynchronization, type PlannedSynchronization, type SynchronizationWork } from './synchronization.ts'
import { targetFor } from './targets.ts'
import { planUpload, type PlannedUpload, type UploadWork } from './upload.ts'

export type SendWork = {
  readonly operationId: string
  readonly server: ServerRef
  readonly source: UploadSettings['source']
  readonly planId: string
  /** One file, or what was packed of a directory. */
  readonly file: WantedFile | Packed
  readonly part: Part
}

export const transferActivities = (deps: Deps) => ({
  /** Has the file that is to be sent here, wherever it lies. */
  async fetchSource({ operationId, settings }: UploadWork | SynchronizationWork): Promise<void> {
    await withHeartbeat((signal) => ensureSource(deps, operationId, settings.source, signal))
  },

  /** What differs between an archive that was handed in and a directory, then the pure plan, stored. */
  planSynchronization: (work: SynchronizationWork): Promise<PlannedSynchronization> => planSynchronization(deps, work),

  /** What is there, then the pure plan, stored. */
  planUpload: (work: UploadWork): Promise<PlannedUpload> => planUpload(deps, work),

  /**
   * Sends the bytes of an upload into its part. An attempt goes on where the one before it was, once the host has said
   * that what is there so far is what was sent.
   */
  async sendBytes(work: SendWork): Promise<TransferProgress> {
    const left = leftByLastAttempt()
    const at = { offset: left?.offset ?? 0, movedAt: left?.movedAt ?? Date.now() }
    return withHeartbeat(
      async (signal) => {
        const { operation, server } = await loadAtWork(deps, work.operationId, work.server)
        try {
          const plan = await deps.store.plans.get(work.planId)
          const as = roleIn(plan, work)
          const target = await targetFor(deps, server, as, { appExists: true })
          const here = { deps, work, operation, server, target, as, signal }
          at.offset = await verifiedPrefix(here, at.offset)
          const told = await send(here, at)
          return told
        } catch (error) {
          if (signal.aborted) throw detached()
          const patientUntil = at.movedAt + deps.settings.ssh.outOfReachMs
          throw asFailure(error, { server, doing: `Sending ${placeOf(work.file)}` }, null, patientUntil)
        }
      },
      () => at,
    )
  },

  /** Fetches a file of a server to where the API hands it out. */
  receiveFile: (work: DownloadWork) => downloadFile(deps, work),

  /** Fetches what differs of a directory to where the API hands it out. */
  receiveDirectory: (work: DirectoryDownloadWork): Promise<FetchedDirectory> => downloadDirectory(deps, work),

  /** What was uploaded, or fetched from elsewhere, for a transfer that has succeeded. */
  async removeSource({
    operationId,
    settings,
  }: {
    operationId: string
    settings: Pick<UploadSettings, 'source'>
  }): Promise<void> {
    await removeSource(deps, operationId, settings.source)
  },
})

type Here = {
  deps: Deps
  work: SendWork
  operation: Operation
  server: Server
  target: Target
  as: 'root' | 'app'
  signal: AbortSignal
}

/** Whoever merely reaches Temporal can start any activity: bytes go only where the stored plan has made room for them. */
function roleIn(plan: Plan | null, { operationId, part, file, planId }: SendWork): 'root' | 'app' {
  const prepare = plan?.steps.find(({ id }) => id === prepareStep)
  const install = plan?.steps.find(({ id }) => id === installStep)
  const { script } = 'stage' in file ? unpackInto(part, file) : installPart(part, file)
  const isPlanned =
    plan?.operation === operationId &&
    prepare?.apply.at(-1)?.script === makePart(part, file.bytes).script &&
    install?.apply.some((command) => command.script === script) === true
  if (prepare === undefined || !isPlanned)
    throw preconditionFailed(`Plan ${planId} is none of this upload.`, 'Start the operation anew.')
  return prepare.as
}

const placeOf = (file: SendWork['file']): string => ('stage' in file ? file.root : file.path)

const bytesOf = (deps: Deps, { operationId, source, file }: SendWork): string =>
  'stage' in file ? placeOfPacked(deps, operationId) : placeOfSource(deps, operationId, source)

/** As far as both sides have the same bytes. */
async function verifiedPrefix(here: Here, offset: number): Promise<number> {
  if (offset === 0) return 0
  const { deps, work, operation, server, target, as, signal } = here
  const command = hashPrefix(work.part.path, offset)
  const [there, own] = await Promise.all([
    ask(deps, { operation, server, target, command, as, signal, fresh: true }),
    hashOf(bytesOf(deps, work), offset),
  ])
  const isSame = parseHash(there.stdout) === own
  await deps.store.events.append(operation.id, {
    type: 'notice',
    serverId: server.id,
    message: isSame
      ? `Goes on at byte ${offset} of ${work.file.bytes}: what is there is what was sent.`
      : 'Starts again: what is there is not what was sent.',
    data: { resumed_at: isSame ? offset : 0 },
  })
  return isSame ? offset : 0
}

async function send(here: Here, at: { offset: number; movedAt: number }): Promise<TransferProgress> {
  const { deps, work, operation, server, target, signal } = here
  const { file, part } = work
  const from = at.offset
  const permitted = (command: Command) =>
    clear(deps, { operation, server, command, runId: '', evidence: { kind: 'harmless' } })
  const progress = createProgressEvents(deps, {
    operationId: operation.id,
    serverId: server.id,
    doing: 'Sending',
    done: 'Sent',
    totalBytes: file.bytes,
    from,
  })
  await deps.ssh.send(target, permitted(fillPart(part, from)), {
    from: bytesOf(deps, work),
    to: part.path,
    offset: from,
    bytes: file.bytes,
    signal,
    log: logFor(deps, operation),
    ...(part.folder === 'beside' && !('stage' in file) ? { along: permitted(hashAlong(part)) } : {}),
    onConfirmed(bytes) {
      Object.assign(at, { offset: bytes, movedAt: Date.now() })
      progress.at(bytes)
    },
  })
  return progress.end()
}
