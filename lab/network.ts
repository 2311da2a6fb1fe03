import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { withLock } from './lock.ts'
import { must, run } from './run.ts'

/** One cable: an interface here, `host0` in the host's own network namespace, and a /30 of 10.77.0.0/16 between them. */
export type Cable = { slot: number; device: string; gateway: string; address: string; mtu: number }

const slots = 16_384
const lock = '/run/drydock-lab.lock'
const forwarding = '/proc/sys/net/ipv4/ip_forward'
const forwardingBefore = '/run/drydock-lab.ip_forward'

const table = `table ip drydock_lab {
  set cut { type ifname; }
  chain postrouting {
    type nat hook postrouting priority 100;
    ip saddr 10.77.0.0/16 ip daddr != 10.77.0.0/16 masquerade
  }
  chain input { type filter hook input priority -300; iifname @cut drop; }
  chain output { type filter hook output priority -300; oifname @cut drop; }
  chain forward { type filter hook forward priority -300; iifname @cut drop; oifname @cut drop; }
}`

/**
 * Lays a cable to the network namespace of a process: it vanishes with that namespace. Whoever holds the interface
 * holds its addresses. The first one also opens the way to the internet.
 */
export async function connect(namespaceOf: number): Promise<Cable> {
  const mtu = await mtuToTheWorld()
  const end = await withLock(lock, async () => {
    const taken = new Set(await devices())
    const slot = firstFree(taken)
    const free = cable(slot, mtu)
    await must('ip', [
      'link',
      'add',
      free.device,
      'type',
      'veth',
      'peer',
      'name',
      'host0',
      'netns',
      String(namespaceOf),
    ])
    await openTheWay()
    return free
  })
  await must('ip', ['address', 'add', `${end.gateway}/30`, 'dev', end.device])
  await must('ip', ['link', 'set', end.device, 'mtu', String(mtu), 'up'])
  return end
}

function firstFree(taken: ReadonlySet<string>): number {
  for (let slot = 0; slot < slots; slot++) if (!taken.has(device(slot))) return slot
  throw new Error(`All ${slots} addresses of the lab are taken`)
}

const device = (slot: number) => `ddlab-${slot}`

function cable(slot: number, mtu: number): Cable {
  const net = `10.77.${slot >> 6}`
  const first = (slot & 63) * 4
  return { slot, device: device(slot), gateway: `${net}.${first + 1}`, address: `${net}.${first + 2}`, mtu }
}

/** Takes a cable away; with the last one everything that we changed on this machine goes back to what it was. */
export async function disconnect(slot: number | null): Promise<void> {
  await withLock(lock, async () => {
    if (slot !== null) {
      await restore(slot)
      await run('ip', ['link', 'delete', device(slot)]) // it may have gone with its namespace already
    }
    if ((await devices()).length > 0) return
    await run('nft', ['delete', 'table', 'ip', 'drydock_lab'])
    if (!existsSync(forwardingBefore)) return
    await writeFile(forwarding, await readFile(forwardingBefore))
    await rm(forwardingBefore)
  })
}

/** Drops every packet of a host in both directions, without a word to either side, as a dead switch does. */
export async function cut(slot: number): Promise<void> {
  await must('nft', ['add', 'element', 'ip', 'drydock_lab', 'cut', `{ ${device(slot)} }`])
}

/** Ends a cut; nothing happens where there was none. */
export async function restore(slot: number): Promise<void> {
  await run('nft', ['delete', 'element', 'ip', 'drydock_lab', 'cut', `{ ${device(slot)} }`])
}

async function devices(): Promise<string[]> {
  const lines = (await must('ip', ['-o', 'link', 'show', 'type', 'veth'])).split('\n')
  return lines.map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? '').filter((name) => /^ddlab-\d+$/.test(name))
}

async function openTheWay(): Promise<void> {
  if ((await run('nft', ['list', 'table', 'ip', 'drydock_lab'])).exitCode !== 0) {
    await must('nft', ['-f', '-'], { input: table })
  }
  const before = await readFile(forwarding, 'utf8')
  if (before.trim() === '1') return
  await writeFile(forwardingBefore, before)
  await writeFile(forwarding, '1')
}

/** A host with larger packets than the way out carries would hang in its downloads. */
async function mtuToTheWorld(): Promise<number> {
  const route = await run('ip', ['-o', '-4', 'route', 'show', 'default'])
  const way = / dev (\S+)/.exec(route.stdout)?.[1]
  return way ? Number(await readFile(`/sys/class/net/${way}/mtu`, 'utf8')) : 1500
}
