import type { RunAs } from '../schema/command.ts'
import type { Signal } from '../schema/signal.ts'
import { type On, probeOnce, reachFor } from './access.ts'
import { SshError } from './error.ts'
import { neverBegan } from './probe.ts'
import { killProgram, nameOf, signalProgram, sweepProgram } from './script.ts'
import { openSession } from './session.ts'

/** Kills a run with all it started and waits until nothing is left. Doing it again is harmless; it can never start any more. */
export async function killOn(
  on: On,
  o: { runId: string; as: RunAs; openTimeoutMs: number },
): Promise<'gone' | 'was_gone'> {
  const found = await probeOnce(on, reachFor(on.target, o.as), o.openTimeoutMs)
  const name = nameOf(o.runId)
  const said = await tell(on, o, (nonce) => killProgram({ nonce, name, root: found.root, shm: found.shm }))
  if (said === 'gone' || said === 'was_gone') return said
  const because = `processes of the run do not end, even by SIGKILL: ${said.replace('stuck ', '')}`
  throw new SshError({ type: 'resource_busy', host: on.target.name, because })
}

/** Sends a signal to all that a run has started, and answers how many processes took it: none where it runs no more. */
export async function signalOn(
  on: On,
  o: { runId: string; as: RunAs; signal: Signal; openTimeoutMs: number },
): Promise<number> {
  const found = await probeOnce(on, reachFor(on.target, o.as), o.openTimeoutMs)
  const name = nameOf(o.runId)
  const said = await tell(on, o, (nonce) => signalProgram({ nonce, name, root: found.root, signal: o.signal }))
  return Number(said.replace('signalled ', ''))
}

/** Removes directories of runs whose operation has ended. One whose run still goes on is left. */
export async function sweepOn(
  on: On,
  o: { runIds: readonly string[]; as: RunAs; openTimeoutMs: number },
): Promise<void> {
  const found = await probeOnce(on, reachFor(on.target, o.as), o.openTimeoutMs)
  const names = o.runIds.map(nameOf)
  await tell(on, o, (nonce) => sweepProgram({ nonce, names, root: found.root, shm: found.shm }))
}

async function tell(
  on: On,
  o: { as: RunAs; openTimeoutMs: number },
  program: (nonce: string) => string,
): Promise<string> {
  const host = on.target.name
  const reach = reachFor(on.target, o.as)
  let end: string | null = null
  for await (const event of openSession(on.member.link, {
    host,
    reach,
    program,
    openTimeoutMs: o.openTimeoutMs,
    silenceMs: 60_000,
    ends: true,
  })) {
    if (event.kind === 'said' && event.line.startsWith('end ')) end = event.line.slice('end '.length)
    if (event.kind === 'closed' && !event.began) throw neverBegan(host, event)
  }
  if (end === null) throw new SshError({ type: 'connection_lost', host, because: 'the connection ended in the middle' })
  return end
}
