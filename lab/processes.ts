import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'

/** A process that a reused pid cannot be mistaken for: its number and when it started, in clock ticks since boot. */
export const ProcessRef = z.object({ pid: z.int().positive(), started: z.string() })
export type ProcessRef = z.infer<typeof ProcessRef>

const proc = (pid: number, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')

/** Start time (field 22) and state; the command's name may hold spaces and brackets, so fields count from the last ')'. */
async function stat(pid: number): Promise<{ started: string; state: string } | null> {
  const fields = (await proc(pid, 'stat')).split(')').at(-1)?.trim().split(' ')
  return fields?.[19] ? { started: fields[19], state: fields[0] ?? '' } : null
}

export async function refer(pid: number): Promise<ProcessRef> {
  return { pid, started: (await stat(pid))?.started ?? 'gone' }
}

export async function isAlive(ref: ProcessRef): Promise<boolean> {
  const now = await stat(ref.pid)
  return now !== null && now.started === ref.started && now.state !== 'Z'
}

/** The nspawn of a supervisor: its child, or anybody's after the supervisor has died and cannot be asked. */
export async function nspawnOf(supervisor: number): Promise<number | null> {
  const isIts = async (pid: number): Promise<boolean> => {
    const words = (await proc(pid, 'cmdline')).split('\0')
    return words[0] === 'systemd-nspawn' && words.includes(`--machine=drydock-lab-${supervisor}`)
  }
  for (const child of await childrenOf(supervisor)) if (await isIts(child)) return child
  for (const name of await readdir('/proc')) if (/^\d+$/.test(name) && (await isIts(Number(name)))) return Number(name)
  return null
}

/** The process that is number 1 inside the host which an nspawn runs; null while the host is down. */
export async function leaderOf(nspawn: number): Promise<number | null> {
  for (const child of await childrenOf(nspawn)) {
    // NSpid lists the number in each PID namespace, the innermost last.
    const numbers = /^NSpid:\s+(.*)$/m.exec(await proc(child, 'status'))?.[1]?.split(/\s+/) ?? []
    if (numbers.length > 1 && numbers.at(-1) === '1') return child
  }
  return null
}

async function childrenOf(pid: number): Promise<number[]> {
  return (await proc(pid, `task/${pid}/children`)).split(' ').filter(Boolean).map(Number)
}

/** Asks again until the answer is true; false when the time is over. */
export async function until(o: { timeoutMs: number; everyMs?: number }, ask: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + o.timeoutMs
  while (!(await ask())) {
    if (Date.now() > end) return false
    await pause(o.everyMs ?? 25)
  }
  return true
}

/** A process that has gone by itself is no error. */
export function signal(pid: number, name: NodeJS.Signals | number): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
