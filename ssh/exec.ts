import { randomUUID } from 'node:crypto'
import type { Cleared } from '../schema/run.ts'
import { ChannelRefused } from './channel.ts'
import { type On, reachFor } from './access.ts'
import { SshError } from './error.ts'
import { neverBegan } from './probe.ts'
import { readProgram, reapProgram } from './script.ts'
import { openSession, type SessionEvent } from './session.ts'
import type { ExecResult, ReadOptions, StreamEvent, StreamOptions } from './types.ts'

/** Over the host's own limit, so that the host ends the command before we stop waiting for it. */
const graceMs = 15_000

type Limits = { readonly timeoutMs: number; readonly openTimeoutMs: number }

/** Runs a command that changes nothing and collects its output, up to a limit a stream. */
export async function readOn(
  on: On,
  cleared: Cleared,
  o: ReadOptions & Limits & { limitBytes: number; attempt: number },
): Promise<ExecResult> {
  const startedAt = performance.now()
  const stdout = createBuffer(o.limitBytes)
  const stderr = createBuffer(o.limitBytes)
  let exitCode: number | null = null
  let signal: string | null = null
  for await (const event of sessionOf(on, cleared, o)) {
    if (event.kind === 'output') (event.stream === 'stdout' ? stdout : stderr).add(event.bytes)
    else if (event.kind === 'closed') {
      assertEnded(on.target.name, event)
      ;({ exitCode, signal } = event)
    }
  }
  const durationMs = performance.now() - startedAt
  const timedOut = wasTimeout(exitCode, durationMs, o.timeoutMs)
  return {
    command: cleared.command.shown,
    exitCode,
    signal,
    stdout: stdout.text(),
    stderr: stderr.text(),
    stdoutTruncated: stdout.truncated(),
    stderrTruncated: stderr.truncated(),
    durationMs,
    timedOut,
    success: exitCode === 0 && !timedOut,
    attempt: o.attempt,
    connectionId: on.member.link.id,
  }
}

/** Runs a read and hands its output over as it comes; the host waits while the consumer is busy (spec EXEC-5). */
export async function* streamOn(
  on: On,
  cleared: Cleared,
  o: StreamOptions & Limits,
): AsyncGenerator<StreamEvent, void, undefined> {
  const startedAt = performance.now()
  let seq = 0
  for await (const event of sessionOf(on, cleared, o)) {
    if (event.kind === 'output') {
      yield { kind: 'output', seq: seq++, at: new Date(), stream: event.stream, bytes: event.bytes }
    } else if (event.kind === 'closed') {
      assertEnded(on.target.name, event)
      const timedOut = wasTimeout(event.exitCode, performance.now() - startedAt, o.timeoutMs)
      yield { kind: 'end', seq, at: new Date(), exitCode: event.exitCode, timedOut }
    }
  }
}

/** A channel that closes without a word about the end has been cut off: what came is not an answer. */
function assertEnded(host: string, event: Extract<SessionEvent, { kind: 'closed' }>): void {
  if (!event.began) throw neverBegan(host, event)
  if (event.exitCode === null && event.signal === null)
    throw new SshError({ type: 'connection_lost', host, because: 'the connection ended in the middle of an answer' })
}

/** timeout(1) answers 124, or 137 where the command minded only SIGKILL. */
const wasTimeout = (exitCode: number | null, durationMs: number, timeoutMs: number): boolean =>
  (exitCode === 124 || exitCode === 137) && durationMs >= timeoutMs

async function* sessionOf(on: On, cleared: Cleared, o: (ReadOptions | StreamOptions) & Limits) {
  const name = `read-${randomUUID()}`
  const script = cleared.command.script
  let done = false
  let refused = false
  try {
    yield* openSession(on.member.link, {
      host: on.target.name,
      reach: reachFor(on.target, o.as),
      program: (nonce) => readProgram({ nonce, name, script, timeoutMs: o.timeoutMs }),
      openTimeoutMs: o.openTimeoutMs,
      silenceMs: o.timeoutMs + graceMs,
      ends: false,
      signal: o.signal,
    })
    done = true
  } catch (error) {
    refused = error instanceof ChannelRefused
    throw error
  } finally {
    if (!done && !refused && on.member.link.isOpen()) await endRead(on, o, name)
  }
}

/** Nobody waits for it any more: closing the channel alone would leave the command running until its limit. */
async function endRead(on: On, o: (ReadOptions | StreamOptions) & Limits, name: string): Promise<void> {
  try {
    const session = openSession(on.member.link, {
      host: on.target.name,
      reach: reachFor(on.target, o.as),
      program: (nonce) => reapProgram({ nonce, name }),
      openTimeoutMs: o.openTimeoutMs,
      silenceMs: graceMs,
      ends: true,
    })
    for await (const event of session) if (event.kind === 'said' && event.line.startsWith('end')) break
  } catch {
    // The limit on the host ends it all the same.
  }
}

function createBuffer(limitBytes: number) {
  const parts: Uint8Array[] = []
  let kept = 0
  let truncated = false
  return {
    add(bytes: Uint8Array) {
      const room = limitBytes - kept
      if (bytes.length > room) truncated = true
      if (room <= 0) return
      const part = bytes.length > room ? bytes.subarray(0, room) : bytes
      parts.push(part)
      kept += part.length
    },
    text: () => Buffer.concat(parts).toString('utf8'),
    truncated: () => truncated,
  }
}
