import { open, rename, rm } from 'node:fs/promises'
import { hashPrefix, lookAtPlace, parseHash, parsePlace, readFrom } from '../commands/transfer.ts'
import { realPath, whyOutside } from '../plans/transfer.ts'
import type { Command, RunAs } from '../schema/command.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { TransferOutcome } from '../schema/transfer-outcome.ts'
import type { DownloadSettings } from '../schema/transfer.ts'
import { SshError, type Target } from '../ssh/index.ts'
import { reachOf } from '../ssh/identity.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask, clear, logFor } from './execute.ts'
import { asFailure, detached, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin } from './operations.ts'
import { createProgressEvents, leftByLastAttempt } from './progress.ts'
import { hashOf, placeOfDownload, roomAt, sizeOf } from './spool.ts'
import { targetFor } from './targets.ts'
import { rightsFor } from './upload.ts'

export type DownloadWork = {
  readonly operationId: string
  readonly server: ServerRef
  readonly settings: DownloadSettings
}

/** What is fetched: how many bytes, and what prints them. */
export type Content = {
  readonly path: string
  readonly bytes: number
  /** One that SFTP can read; what a command makes is only streamed. */
  readonly isFile: boolean
  readonly from: (offset: number) => Command
  /** Hashes the first bytes. */
  readonly prefix: (bytes: number) => Command
}

/** Who fetches, from where, and how far it has come. */
export type Fetching = {
  readonly deps: Deps
  readonly operation: Operation
  readonly server: Server
  readonly target: Target
  readonly as: RunAs
  readonly signal: AbortSignal
  readonly at: { offset: number; movedAt: number }
}

type Here = Fetching & Content

/** Fetches one file, going on where an attempt before has come to, and looks whether it is the file that the host has. */
export const downloadFile = (deps: Deps, work: DownloadWork): Promise<TransferOutcome> =>
  fetching(deps, work, async (known) => fetchWhole({ ...known, ...(await findFile(known, work.settings.path)) }))

/** One attempt to fetch something: what it has confirmed is what the next one goes on from. */
export async function fetching<T>(
  deps: Deps,
  work: { readonly operationId: string; readonly server: ServerRef; readonly settings: Place },
  fetch: (known: Fetching) => Promise<T>,
): Promise<T> {
  const { operation, server } = await begin(deps, work, 'transfer')
  const left = leftByLastAttempt()
  const at = { offset: left?.offset ?? 0, movedAt: left?.movedAt ?? Date.now() }
  return withHeartbeat(
    async (signal) => {
      try {
        const as = rightsFor(server, work.settings)
        const target = await targetFor(deps, server, as, { appExists: true })
        return await fetch({ deps, operation, server, target, as, signal, at })
      } catch (error) {
        if (signal.aborted) throw detached()
        const patientUntil = at.movedAt + deps.settings.ssh.outOfReachMs
        throw asFailure(error, { server, doing: `Fetching ${work.settings.path}` }, null, patientUntil)
      }
    },
    () => at,
  )
}

type Place = { readonly path: string; readonly asRoot: boolean }

async function findFile(here: Fetching, path: string): Promise<Content> {
  const { deps, server } = here
  const place = parsePlace((await askHost(here, lookAtPlace(path))).stdout)
  const real = realPath(place, path)
  const refuse = (because: string) => refusedBeforeChange(server.name, because, 'Name another file.')
  if (place.folder === null || place.kind === 'none') throw refuse(`there is no ${path}.`)
  const outside = whyOutside(real, deps.settings.transfers.roots)
  if (outside !== null) throw refuse(outside)
  if (place.kind === 'link') throw refuse(`${real} is a symbolic link; name what it points to.`)
  if (place.file === null) throw refuse(`${real} is no regular file.`)
  const { bytes } = place.file
  const { maxBytes } = deps.settings.transfers
  if (bytes > maxBytes) throw refuse(`${real} has ${bytes} bytes, and at most ${maxBytes} are moved.`)
  const commands = {
    from: (offset: number) => readFrom(real, offset),
    prefix: (first: number) => hashPrefix(real, first),
  }
  return { path: real, bytes, isFile: true, ...commands }
}

/** Brings the whole to where the API hands it out. */
export async function fetchWhole(here: Here): Promise<TransferOutcome> {
  const { deps, operation, server, path, bytes } = here
  const whole = placeOfDownload(deps, operation.id)
  const part = `${whole}.part`
  if ((await roomAt(part)) < bytes)
    throw refusedBeforeChange(server.name, `there is no room for ${bytes} bytes beside ${whole}.`, 'Free some space.')
  await (await open(part, 'a', 0o600)).close()
  here.at.offset = await verifiedPrefix(here, part)
  const from = here.at.offset
  const progress = createProgressEvents(deps, {
    operationId: operation.id,
    serverId: server.id,
    doing: 'Fetching',
    done: 'Fetched',
    totalBytes: bytes,
    from,
  })
  const onConfirmed = (now: number) => {
    Object.assign(here.at, { offset: now, movedAt: Date.now() })
    progress.at(now)
  }
  const [hashed] = await Promise.all([askHost(here, here.prefix(bytes)), receive(here, part, from, onConfirmed)])
  const sha256 = await hashOf(part, bytes)
  if (parseHash(hashed.stdout) !== sha256) {
    await rm(part, { force: true })
    Object.assign(here.at, { offset: 0 })
    throw new SshError({ type: 'temporary_failure', host: server.name, because: `${path} changed while it was read` })
  }
  await rename(part, whole)
  const { bytesPerSecond, resumedAt } = await progress.end()
  return { path, bytes, sha256, bytesPerSecond, resumedAt }
}

async function receive(here: Here, part: string, offset: number, onConfirmed: (bytes: number) => void): Promise<void> {
  const { deps, operation, server, target, as, signal, path, bytes, isFile } = here
  const command = here.from(offset)
  const cleared = clear(deps, { operation, server, command, runId: '', evidence: { kind: 'question' } })
  const log = logFor(deps, operation)
  if (isFile && reachOf(target, as) === 'direct') {
    await deps.ssh.receive(target, cleared, { from: path, to: part, offset, bytes, onConfirmed, signal, log })
    return
  }
  // What only root may read comes through sudo, which SFTP knows nothing of, and so does what a command makes.
  const local = await open(part, 'r+')
  try {
    let at = offset
    const timeoutMs = command.timeoutMs ?? 0
    for await (const event of deps.ssh.stream(target, cleared, { as, timeoutMs, signal, log })) {
      if (event.kind === 'end' || event.stream !== 'stdout') continue
      await local.write(event.bytes, 0, event.bytes.length, at)
      onConfirmed((at += event.bytes.length))
    }
    if (at < bytes)
      throw new SshError({ type: 'temporary_failure', host: server.name, because: `${path} came only to byte ${at}` })
  } finally {
    await local.close()
  }
}

/** As far as both sides have the same bytes. */
async function verifiedPrefix(here: Here, part: string): Promise<number> {
  const { deps, operation, server, at } = here
  const offset = Math.min(at.offset, (await sizeOf(part)) ?? 0, here.bytes)
  if (offset === 0) return 0
  const [there, own] = await Promise.all([askHost(here, here.prefix(offset)), hashOf(part, offset)])
  const isSame = parseHash(there.stdout) === own
  await deps.store.events.append(operation.id, {
    type: 'notice',
    serverId: server.id,
    message: isSame
      ? `Goes on at byte ${offset} of ${here.bytes}: what is here is what is there.`
      : 'Starts again: what is here is not what is there.',
    data: { resumed_at: isSame ? offset : 0 },
  })
  return isSame ? offset : 0
}

export async function askHost(
  { deps, operation, server, target, as, signal }: Omit<Fetching, 'at'>,
  command: Command,
): Promise<{ stdout: string }> {
  const told = await ask(deps, { operation, server, target, command, as, signal, fresh: true })
  if (told.exitCode === 0) return told
  const because = told.timedOut ? 'hashing took too long' : told.stderr.trim() || `exit code ${told.exitCode}`
  throw new SshError({ type: 'unknown', host: server.name, because })
}
