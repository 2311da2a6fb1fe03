import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../schema/folders.ts'
import { type Say, timed } from '../schema/progress.ts'
import { withLock } from './lock.ts'
import { must } from './run.ts'
import { install } from './tools.ts'

export const images = ['bookworm', 'trixie'] as const
export type Image = (typeof images)[number]

const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'procps',
  'ca-certificates',
] as const

/** Part of the stamp: raise it when `finish` changes, so that images made before are not used any more. */
const recipe = 1

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The root folder of a Debian release that hosts share, made on first use (about a minute) and kept in the cache. */
export async function ensureImage(image: Image, say: Say): Promise<string> {
  const folder = join(cacheFolder(process.env), 'lab', 'images')
  const root = join(folder, `${image}-${stamp(image)}`)
  if (existsSync(root)) return root
  await timed({ title: `Making the ${image} image`, say }, (note) =>
    withLock(join(folder, `${image}.lock`), async () => {
      if (existsSync(root)) return // another process made it while we waited
      await removeUnfinished(folder, image)
      const draft = await mkdtemp(join(folder, `.${image}-`))
      await bootstrap(image, draft, note, say)
      await finish(draft)
      await rename(draft, root)
    }),
  )
  return root
}

function stamp(image: Image): string {
  const makings = JSON.stringify({ recipe, image, packages, arch: process.arch })
  return createHash('sha256').update(makings).digest('hex').slice(0, 12)
}

async function removeUnfinished(folder: string, image: Image): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(`.${image}-`))
  for (const name of left) await rm(join(folder, name), { recursive: true })
}

async function bootstrap(image: Image, into: string, note: (detail: string) => void, say: Say): Promise<void> {
  if (!existsSync(keyring)) await install(['debian-archive-keyring'], say)
  const mirror = await machineMirror()
  const options = ['--variant=minbase', `--include=${packages.join(',')}`, `--keyring=${keyring}`]
  // Lines such as "I: Unpacking libc6...": the words that say how far it is.
  const onLine = (line: string) =>
    note(
      line
        .replace(/^[A-Z]: /, '')
        .replace(/\.*$/, '')
        .toLowerCase(),
    )
  // Its mounts and processes are in namespaces of their own and end with us: what an interrupted one leaves can be removed.
  const apart = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const order = ['debootstrap', ...options, image, into, ...(mirror === null ? [] : [mirror])]
  await must('setpriv', [...apart, ...order], { onLine })
}

/** The Debian mirror this machine itself uses; null where it has none (another distribution): then debootstrap's own. */
async function machineMirror(): Promise<string | null> {
  const release = await readFile('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1]
  if (!/^ID=debian$/m.test(release) || codename === undefined) return null
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const targets = await must('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const main = targets.split('\n').map((line) => line.split(' '))
  return main.find(([, suite, component]) => suite === codename && component === 'main')?.[0] ?? null
}

/** Takes out what must differ between hosts or would disturb them: keys, names, the packages' files, daily jobs. */
async function finish(root: string): Promise<void> {
  const ssh = join(root, 'etc/ssh')
  for (const file of await readdir(ssh)) if (file.startsWith('ssh_host_')) await rm(join(ssh, file))
  const archives = join(root, 'var/cache/apt/archives')
  for (const file of await readdir(archives)) if (file.endsWith('.deb')) await rm(join(archives, file))
  await writeFile(join(root, 'etc/machine-id'), '')
  await rm(join(root, 'etc/resolv.conf'), { force: true })
  await rm(join(root, 'etc/hostname'), { force: true })
  await mkdir(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 })
  // The daily apt jobs take the package lock at a moment of their own; console-getty has nobody to talk to.
  for (const unit of ['apt-daily.timer', 'apt-daily-upgrade.timer', 'console-getty.service']) {
    await symlink('/dev/null', join(root, 'etc/systemd/system', unit))
  }
  await appendFile(join(root, 'etc/apt/apt.conf.d/90lab'), 'APT::Install-Recommends "false";\n')
}
