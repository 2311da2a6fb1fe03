import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { Failure } from './failure.ts'
import type { Sink } from './surroundings.ts'
import { tameOutput } from './tame.ts'

const shortestPauseMs = 400
const longestPauseMs = 5_000

type CopyOptions = {
  readonly id: string
  readonly signal: AbortSignal
  /** Settles when nothing more will be written. */
  readonly until: Promise<void>
  /** Prints above what is drawn at the bottom of the terminal. */
  readonly above?: (print: () => void, endsLine: boolean) => void
}

/**
 * Copies what an operation's commands write to our own standard output and error while it is written: as bytes, but what
 * would steer a terminal reaches none.
 */
export async function copyOutput(cli: Cli, o: CopyOptions): Promise<void> {
  await Promise.all([
    copyStream(cli, { ...o, stream: 'stdout', sink: cli.around.stdout }),
    copyStream(cli, { ...o, stream: 'stderr', sink: cli.around.stderr }),
  ])
}

type StreamOptions = CopyOptions & { readonly stream: 'stdout' | 'stderr'; readonly sink: Sink }

async function copyStream(cli: Cli, o: StreamOptions): Promise<void> {
  let over = false
  const end = o.until.finally(() => {
    over = true
  })
  end.catch(() => undefined)
  const progress = { written: 0, shown: shownAt(o.sink) }
  while (!o.signal.aborted) {
    const isLast = over
    const begun = Date.now()
    const isWhole = await copyMore(cli, o, progress)
    if (isLast && isWhole) return
    // A long output takes long to fetch; then we ask less often.
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, 10 * (Date.now() - begun)))
    const pause = new Promise((resolve) => setTimeout(resolve, pauseMs))
    await (isLast ? pause : Promise.race([end.catch(() => undefined), pause]))
  }
}

/** Writes what has come since; false where the API went away in the middle, which is tried again. */
async function copyMore(cli: Cli, o: StreamOptions, progress: Progress): Promise<boolean> {
  try {
    for await (const bytes of outputFrom(cli, o, progress.written)) {
      progress.written += bytes.byteLength
      const print = () => void o.sink.write(progress.shown(bytes))
      if (o.above) o.above(print, bytes.at(-1) === lineFeed)
      else print()
    }
    return true
  } catch (error) {
    if (error instanceof Failure && !error.retryable) throw error
    return false
  }
}

const lineFeed = 10

type Progress = { written: number; readonly shown: (bytes: Uint8Array) => string | Uint8Array }

function shownAt(sink: Sink): Progress['shown'] {
  if (sink.isTTY !== true) return (bytes) => bytes
  const decoder = new TextDecoder() // a character may come in two parts
  return (bytes) => tameOutput(decoder.decode(bytes, { stream: true }))
}

async function* outputFrom(cli: Cli, o: StreamOptions, from: number): AsyncGenerator<Uint8Array> {
  const response = await cli.api().open(`/v1/operations/${segment(o.id)}/output`, {
    headers: { accept: 'application/octet-stream', ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
    query: { stream: o.stream },
    signal: o.signal,
  })
  let toSkip = response.status === 206 ? 0 : from // an API that does not know ranges sends everything
  for await (const chunk of response.body ?? []) {
    const bytes = chunk.subarray(Math.min(toSkip, chunk.byteLength))
    toSkip -= chunk.byteLength - bytes.byteLength
    if (bytes.byteLength > 0) yield bytes
  }
}

/** What was written, whole and as text, for a JSON document. */
export async function readOutput(cli: Cli, id: string): Promise<{ stdout: string; stderr: string }> {
  const read = async (stream: 'stdout' | 'stderr'): Promise<string> => {
    const path = `/v1/operations/${segment(id)}/output`
    const response = await cli.api().open(path, { headers: { accept: 'application/octet-stream' }, query: { stream } })
    return response.text()
  }
  const [stdout, stderr] = await Promise.all([read('stdout'), read('stderr')])
  return { stdout, stderr }
}
