import { createServer } from 'node:net'
import { homeOf } from '../../workers/paths.ts'
import { type Stack, type StackProgress, startStack } from '../../workers/stack.ts'
import type { Cli } from '../cli.ts'
import { shortDuration } from '../durations.ts'
import { locally } from '../locally.ts'
import { quietLog, settingsOf } from './settings.ts'
import { createStatusLine } from '../status-line.ts'

/** A line of progress above a live line at the terminal; plain lines in a pipe. */
export function createProgress(cli: Cli) {
  const { screen, around } = cli
  const live = !screen.json && around.stderr.isTTY === true
  const status = createStatusLine(around.stderr, live)
  const running = new Map<string, { since: number; said: boolean; detail: string }>()
  const note = (text: string) => status.above(() => screen.json || screen.note(text))
  const ticker = setInterval(() => {
    const now = Date.now()
    const texts = [...running].map(
      ([title, { since, detail }]) => `${title}${detail ? `: ${detail}` : ''} (${shortDuration(now - since)})`,
    )
    if (texts.length > 0) status.show(`… ${texts.join(' · ')}`)
    else status.clear()
    for (const [title, one] of running) {
      if (live || one.said || now - one.since < silentMs) continue
      one.said = true
      note(`… ${title}${one.detail ? `: ${one.detail}` : ''}`)
    }
  }, 200)
  ticker.unref()
  const onProgress: StackProgress = ({ title, state, elapsedMs }) => {
    if (state === 'started') running.set(title, { since: Date.now(), said: false, detail: '' })
    else {
      running.delete(title)
      note(`${screen.paintNote.green('✓')} ${title} ${screen.paintNote.dim(`(${shortDuration(elapsedMs)})`)}`)
    }
  }
  return {
    onProgress,
    note,
    /** What the part that takes longest says of itself. */
    hear: (message: string) => {
      for (const one of running.values()) Object.assign(one, { detail: message, said: false })
    },
    async during<T>(title: string, work: () => Promise<T>): Promise<T> {
      const begun = Date.now()
      onProgress({ title, state: 'started', elapsedMs: 0 })
      try {
        const value = await work()
        onProgress({ title, state: 'done', elapsedMs: Date.now() - begun })
        return value
      } finally {
        running.delete(title)
      }
    },
    stop() {
      clearInterval(ticker)
      status.clear()
    },
  }
}
export type Progress = ReturnType<typeof createProgress>

const silentMs = 2_000

/** Starts everything that this machine needs, with its progress shown. */
export async function startLocalStack(
  cli: Cli,
  progress: Progress,
  o: { config?: string | undefined; port?: number | undefined },
): Promise<Stack> {
  const { env } = cli.around
  // Chosen here and kept: an API that is started again must be found where it was.
  const port = o.port === 0 ? await freePort() : o.port
  const flags = port === undefined ? {} : { api: { port } }
  const effective = settingsOf({ env, file: o.config, flags })
  const log = quietLog({ effective, env, name: 'stack' }, progress.hear)
  return locally(
    'Starting the local stack',
    () => startStack({ effective, env, log, onProgress: progress.onProgress }),
    `Its logs are in ${homeOf(effective.settings, env).logs}; \`drydock doctor\` looks for what is missing.`,
  )
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Where to look, for people. */
export function stackLines(
  stack: Pick<Stack, 'apiUrl' | 'docsUrl' | 'temporalUiUrl' | 'tokenPath'>,
): [name: string, place: string][] {
  return [
    ['API', stack.apiUrl],
    ['API docs', stack.docsUrl],
    ...(stack.temporalUiUrl === null ? [] : [['Temporal Web UI', stack.temporalUiUrl] as [string, string]]),
    ['Admin token', stack.tokenPath],
  ]
}
