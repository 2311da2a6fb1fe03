import type { Readable } from 'node:stream'

/** Where text and bytes go: a terminal, a pipe, or a test's memory. */
export type Sink = {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(chunk: string | Uint8Array): boolean
}

/** Everything of the process that the commands touch, so that tests can stand in for it. */
export type Surroundings = {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Sink
  readonly stderr: Sink
  readonly fetch: typeof fetch
  /** Calls back at every Ctrl-C until the answered function is called; without a listener Ctrl-C ends the process. */
  readonly onInterrupt: (callback: () => void) => () => void
  /** Calls back when the process is asked to end. */
  readonly onTerminate: (callback: () => void) => void
}

/** The real process. */
export const processSurroundings = (): Surroundings => ({
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  fetch,
  onInterrupt(callback) {
    process.on('SIGINT', callback)
    return () => void process.off('SIGINT', callback)
  },
  onTerminate: (callback) => void process.on('SIGTERM', callback).on('SIGHUP', callback),
})
