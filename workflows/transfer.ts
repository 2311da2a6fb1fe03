import type { PlannedUpload } from '../activities/upload.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { PlanOutline } from '../schema/plan.ts'
import type { TransferInput } from '../schema/start.ts'
import { installStep } from '../schema/step-names.ts'
import { isFetchedThere } from '../schema/transfer-source.ts'
import type {
  DirectoryDownloadSettings,
  DirectoryUploadSettings,
  DownloadSettings,
  TransferProgress,
  TransferSettings,
  UploadSettings,
} from '../schema/transfer.ts'
import { acts, records } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation, type Operation } from './operation.ts'

/** Brings a file or a directory to a server, or from it. */
export async function transfer(input: TransferInput): Promise<OperationResult> {
  const { settings, server } = input
  const title =
    settings.direction === 'download' || settings.direction === 'download_directory'
      ? `Fetch ${settings.path} from ${server.name}`
      : `Send ${settings.path} to ${server.name}`
  const operation = openOperation(input, title)
  return operation.run(async () => {
    const result = await bring(operation, input, settings, title)
    await records.endOperation({ operationId: input.operationId, result })
    return result
  })
}

function bring(
  operation: Operation,
  input: TransferInput,
  settings: TransferSettings,
  title: string,
): Promise<OperationResult> {
  switch (settings.direction) {
    case 'upload':
      return upload(operation, input, settings, title)
    case 'upload_directory':
      return uploadDirectory(operation, input, settings, title)
    case 'download':
      return download(input, settings, title)
    case 'download_directory':
      return downloadDirectory(input, settings, title)
    default:
      return settings satisfies never
  }
}

/** The plan makes room and puts the whole in place; between the two its bytes are sent, and go on after whatever comes. */
async function upload(
  operation: Operation,
  { operationId, server }: TransferInput,
  settings: UploadSettings,
  title: string,
): Promise<OperationResult> {
  const work = { operationId, server, settings }
  const isSent = !isFetchedThere(settings.source)
  if (isSent) await acts.fetchSource(work)
  let sent: TransferProgress | null = null
  const planUpload = (previous?: { id: string; hash: string }) => acts.planUpload({ ...work, previous })
  const { plan } = await lockAndApply(operation, server, title, planUpload, async (stepId, planned) => {
    if (stepId !== installStep || !isSent || isThere(planned)) return
    const { id: planId, file, part } = planned
    const options = { summary: `Send ${file.bytes} bytes` }
    const { source } = settings
    sent = await acts.sendBytes.executeWithOptions(options, [{ operationId, server, source, planId, file, part }])
  })
  await acts.removeSource(work)
  return resultOf(plan, sent, server.name)
}

const isThere = ({ steps }: PlanOutline): boolean => steps.every(({ alreadySo }) => alreadySo)

function resultOf(plan: PlannedUpload, sent: TransferProgress | null, server: string): OperationResult {
  const { path, bytes, sha256 } = plan.file
  const transferred = {
    path,
    bytes,
    sha256,
    bytesPerSecond: sent?.bytesPerSecond ?? null,
    resumedAt: sent?.resumedAt ?? 0,
  }
  return isThere(plan)
    ? { state: 'unchanged', message: `${path} on ${server} was so already.`, transfer: transferred }
    : {
        state: 'succeeded',
        message: `${path} is on ${server}: ${bytes} bytes, SHA-256 ${sha256}.`,
        transfer: transferred,
      }
}

/** Only what differs is sent, in one archive; whether it does is looked at under the lock. */
async function uploadDirectory(
  operation: Operation,
  { operationId, server }: TransferInput,
  settings: DirectoryUploadSettings,
  title: string,
): Promise<OperationResult> {
  const work = { operationId, server, settings }
  const makePlan = (previous?: { id: string; hash: string }) => acts.planSynchronization({ ...work, previous })
  const { plan } = await lockAndApply(operation, server, title, makePlan, async (stepId, planned) => {
    if (stepId !== installStep || isThere(planned)) return
    const { id: planId, packed: file, part } = planned
    const options = { summary: `Send ${file.bytes} bytes` }
    await acts.sendBytes.executeWithOptions(options, [
      { operationId, server, source: settings.source, planId, file, part },
    ])
  })
  await acts.removeSource(work)
  const { outcome } = plan
  const { path, added, changed, deleted, skipped, bytes } = outcome
  return isThere(plan)
    ? { state: 'unchanged', message: `${path} on ${server.name} was so already.`, synchronization: outcome }
    : {
        state: 'succeeded',
        message: `${path} on ${server.name}: ${added} added, ${changed} changed, ${deleted} deleted, ${skipped} skipped, ${bytes} bytes.`,
        synchronization: outcome,
      }
}

async function download(
  { operationId, server }: TransferInput,
  settings: DownloadSettings,
  title: string,
): Promise<OperationResult> {
  const fetched = await acts.receiveFile.executeWithOptions({ summary: title }, [{ operationId, server, settings }])
  return {
    state: 'succeeded',
    message: `${fetched.path} of ${server.name} is here: ${fetched.bytes} bytes, SHA-256 ${fetched.sha256}.`,
    transfer: fetched,
  }
}

async function downloadDirectory(
  { operationId, server }: TransferInput,
  settings: DirectoryDownloadSettings,
  title: string,
): Promise<OperationResult> {
  const options = { summary: title }
  const fetched = await acts.receiveDirectory.executeWithOptions(options, [{ operationId, server, settings }])
  if (settings.have !== undefined) await acts.removeSource({ operationId, settings: { source: settings.have } })
  const { transfer: archive, synchronization } = fetched
  const { path, added, changed, skipped, bytes } = synchronization
  return archive === null
    ? { state: 'unchanged', message: `Of ${path} of ${server.name} everything was here already.`, synchronization }
    : {
        state: 'succeeded',
        message: `Of ${path} of ${server.name}: ${added} new, ${changed} changed, ${skipped} skipped, ${bytes} bytes.`,
        transfer: archive,
        synchronization,
      }
}
