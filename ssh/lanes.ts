import { ChannelRefused } from './channel.ts'
import { SshError } from './error.ts'
import type { Link } from './link.ts'
import { createPieces, type Piece } from './pieces.ts'
import type { Pool } from './pool.ts'
import { useTwice } from './second-try.ts'
import { openRemoteFile, type RemoteFile } from './sftp.ts'
import type { Target } from './types.ts'

/**
 * A channel has 2 MiB under way, so with 100 ms there and back one lane moves 20 MB/s. 250 MB at that distance took 10.1 s
 * in four lanes and 6.4 s in six, on a busy machine; scp 18.5 s and 15.7 s beside them. On loopback one is as fast as four.
 * With the command that goes along this stays within the 8 channels that a connection lends.
 */
const mostLanes = 6
const perLane = 8
/** Just under the 256 KiB that OpenSSH takes in one request. */
const pieceBytes = 255 * 1024
/** Keep-alives notice a dead connection only after minutes. */
const silenceMs = 30_000

export type Lanes = {
  readonly path: string
  readonly flags: 'r' | 'r+'
  readonly from: number
  readonly total: number
  readonly openTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** How far nothing is missing. */
  readonly onConfirmed: (bytes: number) => void
  /** Moves one piece between the open file and this machine. */
  readonly move: (file: RemoteFile, piece: Piece, buffer: Buffer) => Promise<void>
}

/** Moves a file's bytes by several channels at once, each with several requests under way. */
export async function moveInLanes(pool: Pool, target: Target, o: Lanes): Promise<void> {
  const job = createJob(o, target.name)
  const run = (link: Link, onOpen: () => void = idle) => runLane(link, target.name, o, job, onOpen)
  const addLanes = () => {
    for (let lane = 1; lane < lanesFor(o); lane += 1)
      pool.use(target, 'files', ({ link }) => run(link)).catch((error) => void (isNoRoom(error) || job.fail(error)))
  }
  const mayRepeat = () => !job.hasBegun() && !job.isOver()
  useTwice(pool, target, 'files', { mayRepeat }, ({ link }) => run(link, addLanes)).catch(job.fail)
  try {
    await job.outcome
  } finally {
    job.stop()
  }
}

const lanesFor = ({ from, total }: Lanes): number =>
  Math.min(mostLanes, Math.ceil((total - from) / (pieceBytes * perLane)))

/** A further lane that finds no room is only a lane less. */
const isNoRoom = (error: unknown): boolean =>
  error instanceof ChannelRefused || (error instanceof SshError && error.type === 'resource_busy')

async function runLane(link: Link, host: string, o: Lanes, job: Job, onOpen: () => void): Promise<void> {
  if (job.isOver()) return
  const file = await openRemoteFile(link, { host, path: o.path, flags: o.flags, timeoutMs: o.openTimeoutMs })
  try {
    onOpen()
    const carrying = Promise.all(Array.from({ length: perLane }, () => carry(file, o, job)))
    // Where the whole fails, each lane does: so its connection is not trusted any more.
    await Promise.race([carrying, job.outcome])
  } finally {
    file.close()
  }
}

async function carry(file: RemoteFile, { move }: Lanes, job: Job): Promise<void> {
  const buffer = Buffer.allocUnsafe(pieceBytes)
  for (let piece = job.next(); piece !== null; piece = job.next()) {
    await move(file, piece, buffer)
    job.done(piece)
  }
}

const idle = (): void => undefined

type Job = ReturnType<typeof createJob>

/** What all lanes share: the pieces that are left, and the one outcome. A job that stands still has failed. */
function createJob(o: Lanes, host: string) {
  const pieces = createPieces({ from: o.from, total: o.total, pieceBytes })
  let over = false
  let begun = false
  let resolve: () => void = idle
  let reject: (error: unknown) => void = idle
  const outcome = new Promise<void>((done, failed) => ([resolve, reject] = [done, failed]))
  outcome.catch(() => undefined)

  let lastMove = Date.now()
  const timer = setInterval(() => {
    if (Date.now() - lastMove > silenceMs)
      fail(new SshError({ type: 'connection_lost', host, because: `no bytes were taken for ${silenceMs / 1000} s` }))
  }, 1_000)
  const onAbort = () => fail(new DOMException('detached', 'AbortError'))
  o.signal?.addEventListener('abort', onAbort, { once: true })

  function stop(): void {
    over = true
    clearInterval(timer)
    o.signal?.removeEventListener('abort', onAbort)
  }
  function fail(error: unknown): void {
    stop()
    reject(error)
  }
  if (o.signal?.aborted) onAbort()
  if (pieces.isWhole()) resolve()
  return {
    outcome,
    stop,
    fail,
    isOver: () => over || pieces.isWhole(),
    hasBegun: () => begun,
    next(): Piece | null {
      begun = true
      return over ? null : pieces.next()
    },
    done(piece: Piece): void {
      if (over) return
      lastMove = Date.now()
      pieces.done(piece)
      o.onConfirmed(pieces.confirmed())
      if (pieces.isWhole()) resolve()
    },
  }
}
