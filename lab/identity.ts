import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HostKey } from '../schema/server.ts'
import { keyPathIn } from './records.ts'
import { must } from './run.ts'

/** Gives a host what makes it itself, before its first boot: keys, who may log in, name, resolver, machine id. */
export async function writeIdentity(o: {
  folder: string
  name: string
  publicKeys: readonly string[]
}): Promise<HostKey[]> {
  const upper = join(o.folder, 'upper')
  await mkdir(join(upper, 'etc/ssh'), { recursive: true })
  await mkdir(join(upper, 'root/.ssh'), { recursive: true, mode: 0o700 })
  await mkdir(join(upper, 'root'), { recursive: true, mode: 0o700 })
  await makeKey(keyPathIn(o.folder), 'ed25519', `lab-${o.name}`)
  for (const type of ['ed25519', 'ecdsa']) await makeKey(join(upper, `etc/ssh/ssh_host_${type}_key`), type, o.name)
  const allowed = [await readFile(`${keyPathIn(o.folder)}.pub`, 'utf8'), ...o.publicKeys].map(
    (key) => `${key.trim()}\n`,
  )
  await writeFile(join(upper, 'root/.ssh/authorized_keys'), allowed.join(''), { mode: 0o600 })
  await writeFile(join(upper, 'etc/hostname'), `${o.name}\n`)
  await writeFile(join(upper, 'etc/hosts'), `127.0.0.1 localhost\n127.0.1.1 ${o.name}\n::1 localhost\n`)
  await writeFile(join(upper, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`)
  await cp(resolver(), join(upper, 'etc/resolv.conf'), { dereference: true })
  return readHostKeys(join(upper, 'etc/ssh'))
}

export const makeKey = (path: string, type: string, comment: string): Promise<string> =>
  must('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', comment, '-f', path])

/** systemd-resolved listens on a loopback address that a host cannot reach; it also writes down whom it asks itself. */
function resolver(): string {
  const behindResolved = '/run/systemd/resolve/resolv.conf'
  return existsSync(behindResolved) ? behindResolved : '/etc/resolv.conf'
}

export async function readHostKeys(folder: string): Promise<HostKey[]> {
  const files = (await readdir(folder)).filter((name) => /^ssh_host_.*_key\.pub$/.test(name)).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const [type, blob] = (await readFile(join(folder, file), 'utf8')).split(' ')
      const digest = createHash('sha256')
        .update(Buffer.from(blob ?? '', 'base64'))
        .digest('base64')
      return HostKey.parse({ type, blob, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` })
    }),
  )
}
