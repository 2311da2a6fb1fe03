import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pino from 'pino'
import type { Cleared, OutputChunk, RunEnd } from '../../schema/run.ts'
import type { HostKey } from '../../schema/server.ts'
import { Settings } from '../../schema/settings.ts'
import { createSsh, type DurableRunOptions, type Ssh, type SshEvent, type Target } from '../../ssh/index.ts'

type Host = {
  readonly address: string
  readonly port: number
  readonly keyPath: string
  readonly hostKeys: readonly HostKey[]
}

/** A target for a host of the lab, as root by its throwaway key unless said otherwise. */
export const targetOf = (host: Host, over: Partial<Target> = {}): Target => ({
  serverId: 'server-1',
  name: 'web-1',
  hostname: host.address,
  port: host.port,
  hostKeys: host.hostKeys,
  hostKeyPolicy: 'registered_only',
  locked: false,
  login: { user: 'root', secret: { method: 'key', privateKey: readFileSync(host.keyPath) } },
  ...over,
})

/** A command that a guard in a good mood has let through. */
export const cleared = (script: string, effect: 'read' | 'change' = 'read'): Cleared => ({
  command: { script, shown: 'a test command', effect, category: 'general' },
  digest: '',
  serverId: 'server-1',
  clearedBecause: 'test',
})

/** An Ssh that lets everything through, and what it said. */
export function openSsh(settings: Partial<Settings['ssh']> = {}): { ssh: Ssh; events: SshEvent[] } {
  const events: SshEvent[] = []
  const ssh = createSsh({
    isCleared: () => true,
    settings: { ...Settings.parse({}).ssh, ...settings },
    log: pino({ level: 'silent' }),
    onEvent: (event) => void events.push(event),
  })
  return { ssh, events }
}

export type Ran = { end: RunEnd; stdout: Buffer; stderr: Buffer }

/** Runs once, durably, and keeps the output as a store would: exactly once by stream and offset. */
export async function runDurably(
  ssh: Ssh,
  target: Target,
  script: string,
  over: Partial<DurableRunOptions> = {},
): Promise<Ran> {
  const kept = createKeeper()
  const end = await ssh.run(target, cleared(script, 'change'), {
    runId: randomUUID(),
    as: 'root',
    boot: over.boot ?? (await ssh.boot(target)),
    mayStart: true,
    timeoutMs: 60_000,
    offsets: kept.offsets(),
    onOutput: (chunks) => Promise.resolve(kept.keep(chunks)),
    ...over,
  })
  return { end, stdout: kept.bytes('stdout'), stderr: kept.bytes('stderr') }
}

/** Keeps output like a store: refuses gaps, ignores what it has. */
export function createKeeper() {
  const parts = { stdout: new Array<Uint8Array>(), stderr: new Array<Uint8Array>() }
  const at = { stdout: 0, stderr: 0 }
  return {
    offsets: () => ({ ...at }),
    bytes: (stream: 'stdout' | 'stderr') => Buffer.concat(parts[stream]),
    keep(chunks: OutputChunk[]) {
      for (const { stream, offset, bytes } of chunks) {
        if (offset !== at[stream]) throw new Error(`${stream} at ${offset}, expected ${at[stream]}`)
        parts[stream].push(bytes)
        at[stream] += bytes.length
      }
      return { ...at }
    },
  }
}

/** Polls until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not so within ${limitMs} ms: ${isSo.toString().slice(0, 200)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
