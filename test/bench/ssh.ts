import type { LoopbackSshd } from '../../lab/index.ts'
import type { ExecResult } from '../../ssh/index.ts'
import { cleared, openSsh, targetOf } from '../support/sshd.ts'
import { openControlMaster } from './control-master.ts'
import { type Figures, inTurns, whole } from './measure.ts'
import { connectRaw, type Place } from './raw-ssh.ts'

/** What a host of fifty is asked all day: short, one process, one line. */
const command = 'uname -a'
const fleetSize = 100

/** A warm command through ssh/ against a bare exec on a warm connection. */
export async function warmCommand(sshd: LoopbackSshd): Promise<Figures> {
  return withBoth(sshd, async ({ read, raw }) =>
    inTurns({ ours: whole(() => read(command)), reference: whole(() => raw.exec(command)), rounds: 200, warmUp: 20 }),
  )
}

export async function againstControlMaster(sshd: LoopbackSshd): Promise<Figures> {
  const master = await openControlMaster(placeOf(sshd))
  try {
    return await withBoth(sshd, ({ read }) =>
      inTurns({
        ours: whole(() => read(command)),
        reference: whole(() => master.exec(command)),
        rounds: 60,
        warmUp: 5,
      }),
    )
  } finally {
    await master.end()
  }
}

/** What it costs that a command outlives its connection and is never run twice. */
export async function durableRun(sshd: LoopbackSshd): Promise<Figures> {
  return withBoth(sshd, async ({ runDurably, raw }) =>
    inTurns({
      ours: whole(() => runDurably('true')),
      reference: whole(() => raw.exec('true')),
      rounds: 100,
      warmUp: 10,
    }),
  )
}

/** A hundred hosts at once, each connection warm, one command each: until the last one has answered. */
export async function fleet(sshd: LoopbackSshd): Promise<Figures> {
  const { ssh } = openSsh({ totalConnections: fleetSize * 2 })
  const targets = sshd.addresses.map((address, at) => targetOf({ ...sshd, address }, { serverId: `server-${at}` }))
  const raws = await Promise.all(sshd.addresses.map((address) => connectRaw({ ...placeOf(sshd), address })))
  const proofs = targets.map(({ serverId }) => ({ ...cleared(command), serverId }))
  const readAll = () =>
    Promise.all(targets.map((target, at) => ssh.read(target, proofs[at] ?? cleared(''), { as: 'root', fresh: true })))
  try {
    return await inTurns({
      ours: whole(readAll),
      reference: whole(() => Promise.all(raws.map((raw) => raw.exec(command)))),
      rounds: 20,
      warmUp: 3,
    })
  } finally {
    await ssh.close()
    await Promise.all(raws.map((raw) => raw.end()))
  }
}

export const addressesFor = { one: 1, fleet: fleetSize }

/** As much of a host as a log-in needs. */
type Door = Pick<LoopbackSshd, 'addresses' | 'port' | 'keyPath' | 'hostKeys'>

const placeOf = ({ addresses, port, keyPath }: Door): Place => ({
  address: addresses[0] ?? '',
  port,
  keyPath,
})

type Both = {
  readonly read: (script: string) => Promise<ExecResult>
  readonly runDurably: (script: string) => Promise<unknown>
  readonly raw: Awaited<ReturnType<typeof connectRaw>>
}

/** Our connection and a bare one to the same sshd. */
export async function withBoth<T>(sshd: Door, work: (both: Both) => Promise<T>): Promise<T> {
  const place = placeOf(sshd)
  const { ssh } = openSsh()
  const target = targetOf({ ...place, hostKeys: sshd.hostKeys })
  const raw = await connectRaw(place)
  let runs = 0
  try {
    const boot = await ssh.boot(target)
    return await work({
      raw,
      read: (script) => ssh.read(target, cleared(script), { as: 'root', fresh: true }),
      runDurably: (script) =>
        ssh.run(target, cleared(script, 'change'), {
          runId: `bench-${process.pid}-${runs++}`,
          as: 'root',
          boot,
          mayStart: true,
          timeoutMs: 60_000,
          offsets: { stdout: 0, stderr: 0 },
          onOutput: () => Promise.resolve({ stdout: 0, stderr: 0 }),
        }),
    })
  } finally {
    await ssh.close()
    await raw.end()
  }
}
