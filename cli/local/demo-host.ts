import { bootHost, type Image, isLabPossible } from '../../lab/index.ts'
import { Failure } from '../failure.ts'
import { locally } from '../locally.ts'
import type { Progress } from './stack.ts'

/** A server for the demo: a throwaway one that we boot, or one that the user gave. */
export type DemoHost = {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly keyPath: string
  /** Known without asking the network only where we made the host. */
  readonly fingerprint: string | null
  stop(): Promise<void>
}

export type GivenHost = { host: string; port: number; user: string; key: string | undefined }

/** Boots a real systemd host with a real sshd; its first image takes about a minute and is kept. */
export async function bootDemoHost(progress: Progress, image: Image): Promise<DemoHost> {
  const lab = await isLabPossible()
  if (!lab.possible) throw noLab(lab.because)
  const host = await progress.during('Throwaway server', () =>
    locally('Booting the throwaway server', () => bootHost({ name: 'demo', image, say: progress.hear })),
  )
  const ed25519 = host.hostKeys.find((key) => key.type === 'ssh-ed25519') ?? host.hostKeys[0]
  return {
    address: host.address,
    port: host.port,
    user: host.user,
    keyPath: host.keyPath,
    fingerprint: ed25519?.fingerprint ?? null,
    stop: () => host.stop(),
  }
}

export function givenHost({ host, port, user, key }: GivenHost): DemoHost {
  if (key === undefined) {
    throw new Failure({
      message: '--host needs the key to log in with; expected --key PATH.',
      code: 'USAGE',
      exitCode: 2,
    })
  }
  return { address: host, port, user, keyPath: key, fingerprint: null, stop: () => Promise.resolve() }
}

const noLab = (because: string): Failure =>
  new Failure({
    message: `No throwaway server can be booted here: ${because}.`,
    code: 'PRECONDITION_FAILED',
    suggestions: [
      'Give a server of your own: `npm run demo -- --host ADDRESS --user root --key PATH` (setup is applied to it).',
    ],
  })
