import type { OperationResult } from '../schema/operation.ts'
import type { TransferInput } from '../schema/start.ts'
import { installStep } from '../schema/step-names.ts'
import type { DownloadSettings, TransferProgress, UploadSettings } from '../schema/transfer.ts'
import { acts, records } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation, type Operation } from './operation.ts'

/** Brings one file to a server, or from it. */
export async function transfer(input: TransferInput): Promise<OperationResult> {
  const { settings, server } = input
  const title =
    settings.direction === 'upload'
      ? `Send ${settings.path} to ${server.name}`
      : `Fetch ${settings.path} from ${server.name}`
  const operation = openOperation(input, title)
  return operation.run(async () => {
    const result =
      settings.direction === 'upload'
        ? await upload(operation, input, settings, title)
        : await download(input, settings, title)
    await records.endOperation({ operationId: input.operationId, result })
    return result
  })
}

/** The plan makes room and puts the whole in place; between the two its bytes are sent, and go on after whatever comes. */
async function upload(
  operation: Operation,
  { operationId, server }: TransferInput,
  settings: UploadSettings,
  title: string,
): Promise<OperationResult> {
  const work = { operationId, server, settings }
  await acts.fetchSource(work)
  let sent: TransferProgress | null = null
  const planUpload = (previous?: { id: string; hash: string }) => acts.planUpload({ ...work, previous })
  const { plan } = await lockAndApply(operation, server, title, planUpload, async (stepId, planned) => {
    if (stepId !== installStep || planned.steps.every(({ alreadySo }) => alreadySo)) return
    const { id: planId, file, part } = planned
    const options = { summary: `Send ${file.bytes} bytes` }
    const { source } = settings
    sent = await acts.sendBytes.executeWithOptions(options, [{ operationId, server, source, planId, file, part }])
  })
  await acts.removeSource(work)
  return resultOf(plan.file, sent, server.name)
}

function resultOf(
  { path, bytes, sha256 }: { path: string; bytes: number; sha256: string },
  sent: TransferProgress | null,
  server: string,
): OperationResult {
  const transferred = {
    path,
    bytes,
    sha256,
    bytesPerSecond: sent?.bytesPerSecond ?? null,
    resumedAt: sent?.resumedAt ?? 0,
  }
  return sent === null
    ? { state: 'unchanged', message: `${path} on ${server} was so already.`, transfer: transferred }
    : {
        state: 'succeeded',
        message: `${path} is on ${server}: ${bytes} bytes, SHA-256 ${sha256}.`,
        transfer: transferred,
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
