import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { LabHost } from '../../lab/index.ts'
import type { PreparedServer } from './prepared-host.ts'

export type ServedArtifact = { readonly source: string; readonly sha256: string }

/** An HTTP server on this machine that a lab host fetches artifacts from. */
export type ArtifactServer = {
  /** Packs files into a tar.gz and serves it. */
  pack(name: string, files: Readonly<Record<string, string | Buffer>>): ServedArtifact
  /** Serves a file of any kind. */
  serve(name: string, content: Buffer): ServedArtifact
  /** Gives the file another content than it was declared with. */
  corrupt(name: string): void
  /** How often a file was asked for. */
  asked(name: string): number
  close(): Promise<void>
}

/** Stands at the address that the host calls its gateway. */
export async function serveArtifacts(host: LabHost): Promise<ArtifactServer> {
  const gateway = (await host.sh("ip route show default | awk '{ print $3 }'")).stdout.trim()
  const folder = mkdtempSync(join(tmpdir(), 'drydock-artifacts-'))
  const files = new Map<string, Buffer>()
  const asked = new Map<string, number>()
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1)
    asked.set(name, (asked.get(name) ?? 0) + 1)
    const content = files.get(name)
    response.writeHead(content === undefined ? 404 : 200).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, gateway, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const serve = (name: string, content: Buffer): ServedArtifact => {
    files.set(name, content)
    return {
      source: `http://${gateway}:${address.port}/${name}`,
      sha256: createHash('sha256').update(content).digest('hex'),
    }
  }
  return {
    serve,
    pack(name, contents) {
      const root = mkdtempSync(join(folder, 'tree-'))
      for (const [path, content] of Object.entries(contents)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), content)
      }
      // The same files make the same archive, whenever they are packed.
      const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-I', 'gzip -n']
      execFileSync('tar', [...same, '-cf', join(folder, 'packed.tar.gz'), '-C', root, '.'])
      return serve(name, readFileSync(join(folder, 'packed.tar.gz')))
    },
    corrupt: (name) => void files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), Buffer.from('x')])),
    asked: (name) => asked.get(name) ?? 0,
    async close() {
      rmSync(folder, { recursive: true })
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What a server needs to fetch and unpack artifacts of every kind. */
export async function bringTools({ host }: PreparedServer): Promise<void> {
  const installed = await host.sh('apt-get -qq update && apt-get -qq install -y curl unzip')
  if (installed.exitCode !== 0) throw new Error(installed.stderr)
}
