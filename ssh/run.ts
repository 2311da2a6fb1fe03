import { randomBytes } from 'node:crypto'
import type { Cleared, OutputChunk, RunEnd } from '../schema/run.ts'
import { assertCanRunDurably, type On, probeOnce, reachFor } from './access.ts'
import { classifyCommandFailure } from './classify.ts'
import { SshError } from './error.ts'
import { neverBegan } from './probe.ts'
import { nameOf, runProgram } from './script.ts'
import { openSession, type SessionEvent } from './session.ts'
import type { DurableRunOptions } from './types.ts'

/** Our program on the host ticks every 5 s; three missing ones mean that the connection is gone. */
const silenceMs = 20_000

/**
 * Starts a run, or attaches to it where it was started already, and follows it to its end in one exec. Losing the
 * connection throws `connection_lost`: calling again with the offsets stored by then reads on.
 */
export async function runOn(
  on: On,
  cleared: Cleared,
  o: DurableRunOptions & { openTimeoutMs: number; limitBytes: number },
): Promise<RunEnd> {
  const host = on.target.name
  const reach = reachFor(on.target, o.as)
  const secrets = o.secrets ?? {}
  const found = await probeOnce(on, reach, o.openTimeoutMs)
  const mode = assertCanRunDurably(host, found, Object.keys(secrets).length > 0)
  const session = openSession(on.member.link, {
    host,
    reach,
    program: (nonce) =>
      runProgram({
        nonce,
        token: randomBytes(6).toString('hex'),
        name: nameOf(o.runId),
        root: found.root,
        boot: o.boot,
        mayStart: o.mayStart,
        mode,
        mask: found.mask,
        script: cleared.command.script,
        secrets,
        shm: found.shm,
        timeoutMs: o.timeoutMs,
        offsets: o.offsets,
        // One more than is kept says that there was more.
        keepBytes: o.limitBytes + 1,
      }),
    openTimeoutMs: o.openTimeoutMs,
    silenceMs,
    ends: true,
    signal: o.signal,
  })
  return await follow(host, session, o)
}

async function follow(
  host: string,
  session: AsyncGenerator<SessionEvent, void, undefined>,
  o: DurableRunOptions,
): Promise<RunEnd> {
  const at = { ...o.offsets }
  let end: string | null = null
  for await (const event of session) {
    switch (event.kind) {
      case 'output': {
        const chunk: OutputChunk = { stream: event.stream, offset: at[event.stream], bytes: event.bytes }
        at[event.stream] += event.bytes.length
        await o.onOutput([chunk])
        break
      }
      case 'said':
        if (event.line.startsWith('end ')) end = event.line.slice('end '.length)
        break
      case 'closed':
        if (end !== null) return endOf(host, end)
        if (!event.began) throw neverBegan(host, event)
        throw new SshError({ type: 'connection_lost', host, because: 'the connection ended while the run went on' })
      default:
        return event satisfies never
    }
  }
  throw new SshError({ type: 'connection_lost', host, because: 'the channel ended without a word' })
}

/** Reads the last line of our program: `ended <code> <uptime> <uptime> <how>`, `unknown <why>` or `refused <why>`. */
function endOf(host: string, line: string): RunEnd {
  const [kind, ...rest] = line.split(' ')
  if (kind === 'unknown') return { kind: 'unknown', because: rest.join(' ') }
  if (kind !== 'ended') throw notStarted(host, rest.join(' '))
  const [code, from, to, how] = rest
  const exitCode = Number(code)
  const durationMs = Math.max(0, Math.round((Number(to) - Number(from)) * 1000))
  const timedOut = how === 'timeout'
  if (how === 'ended') return { kind: 'exited', exitCode, durationMs, timedOut }
  return { kind: 'killed', signal: exitCode === 137 ? 'SIGKILL' : 'SIGTERM', durationMs, timedOut }
}

/** Nothing was started, because its directory could not be written: the reason is nearly always a full or read-only disk. */
function notStarted(host: string, why: string): SshError {
  const found = classifyCommandFailure({ exitCode: 1, stderr: why })
  const type = found === 'permission_denied' ? found : 'disk_full'
  return new SshError({ type, host, because: `the run was not started: ${why}` })
}
