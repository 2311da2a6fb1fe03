import { connect } from 'node:net'
import { setImmediate as afterPolling, setTimeout as pause } from 'node:timers/promises'

const ports = 65_535
/** Many at once, since most packets are dropped and each connection waits in vain. */
const atOnce = 2_000
/** An open port of the lab answers within a millisecond. It is waited from when all of them have been knocked at. */
const patienceMs = 1_000

/** Every TCP port of an address that lets a stranger in, found by trying all of them. */
export async function openPorts(address: string): Promise<number[]> {
  const open: number[] = []
  for (let first = 1; first <= ports; first += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, ports - first + 1) }, (_, index) => first + index)
    open.push(...(await openAmong(address, some)))
  }
  return open.toSorted((one, other) => one - other)
}

async function openAmong(host: string, some: readonly number[]): Promise<number[]> {
  const open: number[] = []
  const sockets = some.map(
    (port) =>
      connect({ host, port })
        .once('connect', () => void open.push(port))
        .on('error', () => {}), // refused, or out of reach: not open
  )
  await pause(patienceMs)
  // Answers that came while this process was busy are heard before it is judged.
  await afterPolling()
  await afterPolling()
  for (const socket of sockets) socket.destroy()
  return open
}
