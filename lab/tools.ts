import { access, constants } from 'node:fs/promises'
import type { Say } from '../schema/progress.ts'
import { timed } from '../schema/progress.ts'
import { must, toolPath } from './run.ts'

export type LabAnswer = { possible: true } | { possible: false; because: string }

/** Each program and the Debian package that brings it. */
const tools = [
  { program: 'debootstrap', from: 'debootstrap' },
  { program: 'systemd-nspawn', from: 'systemd-container' },
  { program: 'nft', from: 'nftables' },
  { program: 'ip', from: 'iproute2' },
  { program: 'ssh-keygen', from: 'openssh-client' },
  { program: 'flock', from: 'util-linux' },
  { program: 'setpriv', from: 'util-linux' },
  { program: 'unshare', from: 'util-linux' },
  { program: 'nsenter', from: 'util-linux' },
] as const

/** Whether throwaway hosts can be booted on this machine, and if not, why. What can be installed counts as possible. */
export async function isLabPossible(): Promise<LabAnswer> {
  if (process.platform !== 'linux') return no(`throwaway hosts need Linux; this is ${process.platform}`)
  if (process.getuid?.() !== 0) return no('throwaway hosts need root: systemd-nspawn and network namespaces do')
  const missing = await missingTools()
  if (missing.length === 0 || (await isInstalled('apt-get'))) return { possible: true }
  return no(`${missing.map((tool) => tool.program).join(', ')} missing, and there is no apt-get to install them with`)
}

/** Installs what is missing, with the machine's own package manager and sources. */
export async function ensureTools(say: Say): Promise<void> {
  const answer = await isLabPossible()
  if (!answer.possible) throw new Error(`No throwaway host here: ${answer.because}.`)
  const missing = await missingTools()
  if (missing.length === 0) return
  await install([...new Set(missing.map((tool) => tool.from))], say)
}

/** Installs Debian packages without recommended ones and without questions. */
export async function install(packages: readonly string[], say: Say): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await timed({ title: `Installing ${packages.join(', ')}`, say }, async () => {
    await must('apt-get', ['update', '-q'], { env })
    await must('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })
  })
}

async function missingTools(): Promise<(typeof tools)[number][]> {
  const found = await Promise.all(tools.map((tool) => isInstalled(tool.program)))
  return tools.filter((_, index) => !found[index])
}

async function isInstalled(program: string): Promise<boolean> {
  const tries = toolPath.split(':').map((folder) => access(`${folder}/${program}`, constants.X_OK))
  return (await Promise.allSettled(tries)).some((result) => result.status === 'fulfilled')
}

const no = (because: string): LabAnswer => ({ possible: false, because })
