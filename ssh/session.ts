import { randomBytes } from 'node:crypto'
import type { ClientChannel } from 'ssh2'
import { ChannelRefused, openChannel } from './channel.ts'
import { SshError } from './error.ts'
import type { Link } from './link.ts'
import { createSplitter } from './splitter.ts'
import { standingProgram } from './standing-shell.ts'

/** How a program reaches its identity: the shell that reads it, and what stands ahead of it on standard input. */
export type Reach =
  | { readonly kind: 'direct' }
  | { readonly kind: 'sudo' }
  | { readonly kind: 'sudo_password'; readonly password: string }

export type SessionEvent =
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Buffer }
  /** A line of our own program on the host. */
  | { readonly kind: 'said'; readonly line: string }
  | {
      readonly kind: 'closed'
      readonly exitCode: number | null
      readonly signal: string | null
      readonly began: boolean
      readonly preamble: string
    }

export type SessionOptions = {
  readonly host: string
  readonly reach: Reach
  readonly program: (nonce: string) => string
  readonly openTimeoutMs: number
  /** How long the host may stay silent before the connection counts as lost; our programs tick every few seconds. */
  readonly silenceMs: number
  /** Whether the program says its end: what follows a missing one was cut, and is not output. */
  readonly ends: boolean
  readonly signal?: AbortSignal
}

const idle = (): void => undefined
const highWaterBytes = 1_048_576
const pieceBytes = 262_144
const prompt = 'drydock-asks-for-sudo:'

/**
 * Runs one program of ours on a channel and yields what comes, in order per stream. Reading stops while the consumer is
 * busy. Ending the iteration early closes the channel; what was started durably on the host goes on. Without sudo on the
 * way the program goes to a shell that stands on the host already, where one is free.
 */
export async function* openSession(link: Link, o: SessionOptions): AsyncGenerator<SessionEvent, void, undefined> {
  const nonce = randomBytes(16).toString('hex')
  const marker = `drydock-${randomBytes(8).toString('hex')}`
  const stands = o.reach.kind === 'direct'
  const standing = stands ? link.shells.take() : undefined
  const channel = standing ?? (await openOne(link, o, marker))
  // A new channel has just shown that the host is there; a shell that stood there may stand on a dead connection.
  const inbox = createInbox(channel, nonce, { ...o, firstWordMs: standing ? o.openTimeoutMs : o.silenceMs })
  try {
    if (o.reach.kind === 'sudo_password') await inbox.passSudo(o.reach.password, marker)
    if (stands) channel.write(standingProgram(nonce, o.program(nonce)))
    else channel.end(o.program(nonce))
    yield* inbox.events()
  } finally {
    inbox.stop()
    if (inbox.isFree()) link.shells.keep(channel)
    else channel.close()
  }
}

async function openOne(link: Link, o: SessionOptions, marker: string): Promise<ClientChannel> {
  const open = () => openChannel(link, o.host, commandOf(o.reach, marker), o.openTimeoutMs)
  try {
    return await open()
  } catch (error) {
    if (error instanceof ChannelRefused && (await link.shells.makeRoom())) return open()
    throw error
  }
}

/** The log-in shell sees plain words only, so that fish and csh do as well as sh. */
function commandOf(reach: Reach, marker: string): string {
  switch (reach.kind) {
    case 'direct':
      return 'exec sh -s'
    case 'sudo':
      return 'exec sudo -n -- sh -s'
    case 'sudo_password':
      // Whether or not sudo asked, lines up to the marker are skipped: a password that sudo left unread is never executed.
      return `exec sudo -k -S -p ${prompt} -- sh -c 'echo ${marker}; while IFS= read -r l; do if [ "$l" = ${marker} ]; then exec sh -s; fi; done'`
    default:
      return reach satisfies never
  }
}

const said = (...texts: string[]): string => texts.join('').replaceAll(prompt, '').trim()

type Piled = { readonly kind: 'piled'; readonly stream: 'stdout' | 'stderr'; readonly parts: Buffer[]; size: number }

/** What waits is handed over in few large pieces: each may cost the consumer a transaction. */
function pile(queue: (Piled | SessionEvent)[], stream: 'stdout' | 'stderr', bytes: Buffer): void {
  const last = queue.at(-1)
  if (last?.kind === 'piled' && last.stream === stream && last.size < pieceBytes) {
    last.parts.push(bytes)
    last.size += bytes.length
  } else queue.push({ kind: 'piled', stream, parts: [bytes], size: bytes.length })
}

function createInbox(channel: ClientChannel, nonce: string, o: SessionOptions & { firstWordMs: number }) {
  const out = createSplitter(nonce)
  const err = createSplitter(nonce)
  const queue: (Piled | SessionEvent)[] = []
  let queued = 0
  let began = false
  let exit: { exitCode: number | null; signal: string | null } = { exitCode: null, signal: null }
  let failure: Error | null = null
  let ended = false
  let isFree = false
  let lastWords = 0
  let raw = { stdout: '', stderr: '' }
  let wake = idle
  let timer: NodeJS.Timeout | undefined

  const lost = (because: string) => new SshError({ type: 'connection_lost', host: o.host, because })
  const fail = (error: Error) => {
    failure ??= error
    wake()
  }
  let limitMs = Math.min(o.firstWordMs, o.silenceMs)
  const listen = () => {
    clearTimeout(timer)
    const waitedMs = limitMs
    timer = setTimeout(() => fail(lost(`nothing was heard for ${waitedMs} ms`)), waitedMs)
  }
  const receive = (stream: 'stdout' | 'stderr', splitter: typeof out) => (chunk: Buffer) => {
    limitMs = o.silenceMs
    listen()
    if (!began) raw = { ...raw, [stream]: (raw[stream] + chunk.toString('utf8')).slice(-8192) }
    for (const piece of splitter.push(chunk)) {
      if (piece.kind === 'bytes') pile(queue, stream, piece.bytes)
      else if (piece.line === 'begin') began = true
      else if (piece.line.startsWith('gone')) heardLast(piece.line)
      else queue.push({ kind: 'said', line: piece.line })
      if (piece.kind === 'bytes') queued += piece.bytes.length
    }
    if (queued > highWaterBytes) pause()
    wake()
  }
  /** Of a standing shell, once on each stream: the one on standard output says how the program ended. */
  const heardLast = (line: string) => {
    const [, code, left] = line.split(' ')
    if (code !== undefined) {
      exit = { exitCode: Number(code), signal: null }
      isFree = left === 'free'
    }
    lastWords += 1
    ended ||= lastWords === 2
  }
  const pause = () => {
    clearTimeout(timer)
    channel.pause()
    channel.stderr.pause()
  }
  const onAbort = () => fail(new DOMException('detached', 'AbortError'))
  if (o.signal?.aborted) onAbort()
  o.signal?.addEventListener('abort', onAbort, { once: true })
  const onOut = receive('stdout', out)
  const onErr = receive('stderr', err)
  const onError = (error: Error) => fail(lost(error.message))
  const onExit = (code: number | null, signal?: string) => {
    exit = { exitCode: code, signal: signal ?? null }
  }
  const onClose = () => {
    ended = true
    isFree = false
    wake()
  }
  channel.on('data', onOut).on('error', onError).on('exit', onExit).on('close', onClose)
  channel.stderr.on('data', onErr)
  listen()

  const changed = () => new Promise<void>((resolve) => (wake = resolve))

  async function* events(): AsyncGenerator<SessionEvent, void, undefined> {
    for (;;) {
      if (failure) throw failure
      const next = queue.shift()
      if (next) {
        clearTimeout(timer)
        if (next.kind === 'piled') {
          const bytes = Buffer.concat(next.parts)
          queued -= bytes.length
          yield { kind: 'output', stream: next.stream, bytes }
        } else yield next
        continue
      }
      if (ended) break
      listen()
      channel.resume()
      channel.stderr.resume()
      await changed()
    }
    for (const [stream, splitter] of [['stdout', out] as const, ['stderr', err] as const]) {
      if (began && !o.ends && splitter.rest().length > 0) yield { kind: 'output', stream, bytes: splitter.rest() }
    }
    yield { kind: 'closed', ...exit, began, preamble: said(err.preamble(), out.preamble()) }
  }

  /** One wrong password and no more: the program follows only when sudo has let us in, so sudo cannot take it for a second try. */
  async function passSudo(password: string, marker: string): Promise<void> {
    channel.write(`${password}\n`)
    while (!raw.stdout.includes(`${marker}\n`)) {
      if (failure) throw failure
      const asked = raw.stderr.split(prompt).length - 1
      if (asked > 1) throw refusedSudo('sudo did not accept the password')
      if (ended) throw refusedSudo(`sudo refused: ${said(raw.stderr, '') || `exit ${exit.exitCode}`}`)
      await changed()
    }
    channel.write(`${marker}\n`)
  }
  const refusedSudo = (because: string) => new SshError({ type: 'permission_denied', host: o.host, because })

  function stop(): void {
    clearTimeout(timer)
    o.signal?.removeEventListener('abort', onAbort)
    if (usable()) {
      channel.off('data', onOut).off('error', onError).off('exit', onExit).off('close', onClose)
      channel.stderr.off('data', onErr)
    }
    channel.resume()
    channel.stderr.resume()
  }
  /** Whether the program has ended, has left nothing running, and everything it said was read. */
  const usable = () => isFree && lastWords === 2 && failure === null && queue.length === 0

  return { events, passSudo, stop, isFree: usable }
}
