import {
  lookAtPlace,
  lookAtStaging,
  type Part,
  parsePlace,
  parseStaging,
  type Place,
  type WantedFile,
} from '../commands/transfer.ts'
import { measureWebFile, parseWebFileSize, withoutKeys } from '../commands/web-file.ts'
import { planUpload as draftUpload, realPath } from '../plans/transfer.ts'
import type { Command, RunAs } from '../schema/command.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { UploadSettings } from '../schema/transfer.ts'
import { isFetchedThere } from '../schema/transfer-source.ts'
import { type ExecResult, SshError } from '../ssh/index.ts'
import { reachOf } from '../ssh/identity.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { asFailure, lastLines, planImpossible, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin } from './operations.ts'
import { judgeWritingOver } from './overwriting.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'
import { ensureSource } from './spool.ts'
import { targetFor } from './targets.ts'

export type UploadWork = {
  readonly operationId: string
  readonly server: ServerRef
  readonly settings: UploadSettings
  readonly previous?: { id: string; hash: string }
}

/** A planned upload: where its bytes go, and what is to be there then. */
export type PlannedUpload = PlannedWork & { readonly file: WantedFile; readonly part: Part }

/** Looks at the place and at the source, and stores the plan that brings one to the other. */
export async function planUpload(deps: Deps, work: UploadWork): Promise<PlannedUpload> {
  const { operation, server } = await begin(deps, work, 'transfer')
  return withHeartbeat(async (signal) => {
    const { settings, operationId } = work
    const as = rightsFor(server, settings)
    const target = await targetFor(deps, server, as, { appExists: true })
    const askHost = (command: Command, by: RunAs) =>
      ask(deps, { operation, server, target, command, as: by, signal, fresh: true })
    const sizeThere = async (url: string) =>
      sizeOr(server, url, await askHost(measureWebFile({ url, protocols: 'https' }), as))
    const { source: from } = settings
    const bytes = isFetchedThere(from) ? await sizeThere(from.url) : await ensureSource(deps, operationId, from, signal)
    const look = async () => {
      const place = parsePlace((await answer(askHost(lookAtPlace(settings.path, { bytes }), as))).stdout)
      if (reachOf(target, as) === 'direct') return { place, staging: null }
      return { place, staging: parseStaging((await answer(askHost(lookAtStaging(), 'app'))).stdout) ?? noHome(server) }
    }
    const answer = async <T extends { exitCode: number | null; stderr: string }>(asked: Promise<T>): Promise<T> => {
      const told = await asked
      if (told.exitCode === 0) return told
      throw new SshError({ type: 'unknown', host: server.name, because: told.stderr.trim() || 'it did not answer' })
    }
    const found = await look().catch((error: unknown) => {
      throw asFailure(error, { server, doing: `Looking at ${settings.path}` })
    })
    const overwriting = whatItWritesOver(server, found.place, settings)
    const { roots } = deps.settings.transfers
    const source = { bytes, sha256: from.sha256, url: isFetchedThere(from) ? from.url : null }
    const draft = draftUpload({ operationId, settings, source, as, ...found, overwriting, roots })
    if (draft.kind === 'impossible')
      throw planImpossible(server.name, [draft.because], draft.full ? 'RETRYABLE' : undefined)
    const planned = await storePlan(deps, {
      plan: planOf(operationId, server, draft.plan),
      server,
      previous: work.previous,
    })
    return { ...planned, file: draft.file, part: draft.part }
  })
}

function sizeOr({ name }: Server, url: string, { stdout, stderr }: ExecResult): number {
  const bytes = parseWebFileSize(stdout)
  if (bytes !== null) return bytes
  const why = lastLines(stderr, 1)
  const said = why === '' ? 'the answer does not say how large the file is' : why
  throw refusedBeforeChange(
    name,
    `${withoutKeys(url)} cannot be fetched by it: ${said}.`,
    'Look at the address from there, or let the worker fetch it.',
  )
}

/** Before a server is set up there is only root. */
export const rightsFor = (server: Server, { asRoot }: { readonly asRoot: boolean }): RunAs =>
  asRoot || !server.setupComplete ? 'root' : 'app'

/** What the guard makes of writing over the file that is there: null where it lets that pass. */
function whatItWritesOver(server: Server, place: Place, { path, source }: UploadSettings): string | null {
  if (place.kind !== 'file' || place.file?.sha256 === source.sha256) return null
  return judgeWritingOver(server, realPath(place, path))
}

function noHome(server: Server): never {
  const because = 'its log-in has no home directory that files on their way could lie in'
  throw new SshError({ type: 'permission_denied', host: server.name, because })
}
