import { readFile } from 'node:fs/promises'
import ssh2 from 'ssh2'

export type Place = { readonly address: string; readonly port: number; readonly keyPath: string }

/** A client of the library that ssh/ is built on, with nothing around it: the least that a command over SSH costs. */
export type RawSsh = { exec(command: string): Promise<{ code: number | null; stdout: string }>; end(): Promise<void> }

export async function connectRaw({ address, port, keyPath }: Place): Promise<RawSsh> {
  const client = new ssh2.Client()
  const ready = new Promise<void>((resolve, reject) => client.once('ready', () => resolve()).once('error', reject))
  client.connect({ host: address, port, username: 'root', privateKey: await readFile(keyPath) })
  await ready
  // Without it a warm command takes 48 ms: a reference that waits for Nagle's algorithm would flatter us.
  client.setNoDelay(true)
  return {
    exec: (command) => execute(client, command),
    async end() {
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      client.end()
      await closed
    },
  }
}

function execute(client: ssh2.Client, command: string): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error)
      let code: number | null = null
      let stdout = ''
      channel.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')))
      channel.stderr.resume()
      channel.on('exit', (status: number | null) => (code = status))
      channel.on('close', () => resolve({ code, stdout }))
    })
  })
}
