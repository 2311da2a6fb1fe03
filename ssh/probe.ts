import { z } from 'zod'
import { classifyCommandFailure } from './classify.ts'
import { SshError } from './error.ts'
import type { Link } from './link.ts'
import { probeProgram } from './script.ts'
import { openSession, type Reach } from './session.ts'

const Answer = z.object({
  boot: z.string().min(3),
  uid: z.coerce.number().int(),
  missing: z.string(),
  shm: z.string(),
  mode: z.enum(['direct', 'unit', 'none']),
  mask: z.string().regex(/^[0-7]{1,4}$/),
  home: z.string(),
})

/** What an identity on a host is and offers. `mode`: how a run outlives its connection; `none` where logind would end it. */
export type HostProbe = z.infer<typeof Answer> & { readonly root: string }

/** Asks a host, as one identity, what durable runs need to know: one exec, remembered with the connection. */
export async function probe(
  link: Link,
  o: { host: string; login: string; reach: Reach; openTimeoutMs: number; timeoutMs: number },
): Promise<HostProbe> {
  let text = ''
  const program = (nonce: string) => probeProgram({ nonce, login: o.login })
  for await (const event of openSession(link, {
    host: o.host,
    reach: o.reach,
    program,
    openTimeoutMs: o.openTimeoutMs,
    silenceMs: o.timeoutMs,
    ends: true,
  })) {
    if (event.kind === 'output' && event.stream === 'stdout') text += event.bytes.toString('utf8')
    if (event.kind === 'closed' && !event.began) throw neverBegan(o.host, event)
  }
  const [boot, uid, missing, shm, mode, mask, home] = text.split('\n')
  const answer = Answer.safeParse({ boot, uid, missing, shm, mode, mask, home })
  if (!answer.success) {
    throw new SshError({ type: 'unknown', host: o.host, because: `it answered strangely: ${text.slice(0, 200)}` })
  }
  return { ...answer.data, root: rootOf(answer.data) }
}

const rootOf = (answer: { uid: number; home: string }): string =>
  answer.uid === 0 ? '/var/lib/drydock/runs' : `${answer.home}/.local/state/drydock/runs`

/** The program never got to its first line: sudo or the log-in shell said no, or the connection went. */
export function neverBegan(host: string, closed: { preamble: string; exitCode: number | null }): SshError {
  const { preamble, exitCode } = closed
  if (exitCode === null && preamble === '') {
    return new SshError({ type: 'connection_lost', host, because: 'the connection ended before the command began' })
  }
  // The last line says why; the ones before it are warnings, such as sudo's about a host name that does not resolve.
  const why = preamble.split('\n').at(-1) ?? ''
  const failure = classifyCommandFailure({ exitCode, stderr: why })
  const because = why === '' ? `the log-in shell ended with exit code ${exitCode}` : why.slice(0, 500)
  return new SshError({ type: failure === 'unknown' ? 'permission_denied' : failure, host, because })
}
