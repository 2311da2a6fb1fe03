import { connect, createServer, type Socket } from 'node:net'

/**
 * Forwards connections to a port and holds every piece back for so long, in each direction: a far host on one machine.
 * Kernels without netem have no other way. Run as `delay-proxy.ts ADDRESS PORT DELAY_MS`; prints its own port.
 */
const [address = '', port = '', delayMs = ''] = process.argv.slice(2)

function delayed(from: Socket, to: Socket): void {
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), Number(delayMs)))
  from.on('end', () => setTimeout(() => to.end(), Number(delayMs)))
  from.on('error', () => to.destroy())
}

const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
  const far = connect({ host: address, port: Number(port), noDelay: true, allowHalfOpen: true })
  delayed(near, far)
  delayed(far, near)
})
server.listen(0, '127.0.0.1', () => {
  const bound = server.address()
  if (typeof bound === 'object' && bound !== null) process.stdout.write(`${bound.port}\n`)
})
