import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { withLock } from './lock.ts'
import { must, run } from './run.ts'

/**
 * One cable: an interface here, `host0` in the host's own network namespace, and a /30 of 10.77.0.0/16 between them.
 * `index` is the kernel's number of the interface: a name is used again, a number is not.
 */
export type Cable = { slot: number; index: number; device: string; gateway: string; address: string; mtu: number }

const network = '10.77.0.0/16'
const slots = 16_384
const lock = '/run/drydock-lab.lock'
const forwarding = '/proc/sys/net/ipv4/ip_forward'
const forwardingBefore = '/run/drydock-lab.ip_forward'

const table = `table ip drydock_lab {
  set cut { type ifname; }
  chain postrouting {
    type nat hook postrouting priority 100;
    ip saddr ${network} ip daddr != ${network} masquerade
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
    const free = cable(await nextSlot(), mtu)
    const peer = ['peer', 'name', 'host0', 'netns', String(namespaceOf)]
    await must('ip', ['link', 'add', free.device, 'type', 'veth', ...peer])
    await openTheWay()
    await restore(free.slot)
    const index = (await devices()).get(free.slot)
    if (index === undefined) throw new Error(`${free.device} has vanished: its host has ended`)
    return { ...free, index }
  })
  await must('ip', ['address', 'add', `${end.gateway}/30`, 'dev', end.device])
  await must('ip', ['link', 'set', end.device, 'mtu', String(mtu), 'up'])
  return end
}

/** The next one after the last that was given out, so that an address is not used again soon; the lock's file knows it. */
async function nextSlot(): Promise<number> {
  const taken = await devices()
  const last = Number(await readFile(lock, 'utf8'))
  for (let step = 1; step <= slots; step++) {
    const slot = (last + step) % slots
    if (taken.has(slot)) continue
    await writeFile(lock, String(slot))
    return slot
  }
  throw new Error(`All ${slots} addresses of the lab are taken`)
}

const device = (slot: number) => `ddlab-${slot}`

function cable(slot: number, mtu: number): Omit<Cable, 'index'> {
  const net = `10.77.${slot >> 6}`
  const first = (slot & 63) * 4
  return { slot, device: device(slot), gateway: `${net}.${first + 1}`, address: `${net}.${first + 2}`, mtu }
}

/** Takes a cable away; with the last one everything that we changed on this machine goes back to what it was. */
export async function disconnect(end: Pick<Cable, 'slot' | 'index'> | null): Promise<void> {
  await withLock(lock, async () => {
    // It may have gone with its namespace already, and another host may have got its name since.
    if (end !== null && (await devices()).get(end.slot) === end.index) {
      await run('ip', ['link', 'delete', device(end.slot)])
    }
    if ((await devices()).size > 0) return
    await closeTheWay()
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

/** Slot to interface number of every cable on this machine. */
async function devices(): Promise<Map<number, number>> {
  const lines = await must('ip', ['-o', 'link', 'show', 'type', 'veth'])
  return new Map([...lines.matchAll(/^(\d+): ddlab-(\d+)@/gm)].map(([, index, slot]) => [Number(slot), Number(index)]))
}

async function openTheWay(): Promise<void> {
  if ((await run('nft', ['list', 'table', 'ip', 'drydock_lab'])).exitCode === 0) return
  await must('nft', ['-f', '-'], { input: table })
  // What is meant for a host that is gone must not leave by the default route: who knows what answers there.
  await must('ip', ['route', 'replace', 'unreachable', network])
  const before = await readFile(forwarding, 'utf8')
  if (before.trim() === '1') return
  await writeFile(forwardingBefore, before)
  await writeFile(forwarding, '1')
}

async function closeTheWay(): Promise<void> {
  if ((await run('nft', ['delete', 'table', 'ip', 'drydock_lab'])).exitCode !== 0) return
  await run('ip', ['route', 'delete', 'unreachable', network])
  if (!existsSync(forwardingBefore)) return
  await writeFile(forwarding, await readFile(forwardingBefore))
  await rm(forwardingBefore)
}

/** A host with larger packets than the way out carries would hang in its downloads. */
async function mtuToTheWorld(): Promise<number> {
  const route = await run('ip', ['-o', '-4', 'route', 'show', 'default'])
  const way = / dev (\S+)/.exec(route.stdout)?.[1]
  return way ? Number(await readFile(`/sys/class/net/${way}/mtu`, 'utf8')) : 1500
}
