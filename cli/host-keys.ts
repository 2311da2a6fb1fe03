import { z } from 'zod'
import { askYes } from './ask.ts'
import type { Cli } from './cli.ts'
import { exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'

export const HostKeyAnswer = z.looseObject({ type: z.string(), blob: z.string(), fingerprint: z.string() })
export type HostKeyAnswer = z.infer<typeof HostKeyAnswer>
export const HostKeysAnswer = z.looseObject({ host_keys: z.array(HostKeyAnswer) })

/** How an operator vouches for a host's keys: by looking, by a fingerprint known from elsewhere, or blindly. */
export type Vouching = { readonly hostKey?: string; readonly acceptHostKey?: boolean }

/** Asks a host for its keys through the API, without any log-in. */
export async function scanHostKeys(
  cli: Cli,
  host: { hostname: string; port: number; jump?: unknown },
): Promise<HostKeyAnswer[]> {
  const keys = HostKeysAnswer.parse(await cli.api().post('/v1/host-key-scans', host)).host_keys
  if (keys.length > 0) return keys
  throw new Failure({
    message: `${host.hostname}:${host.port} shows no host key.`,
    code: 'CONNECTION_FAILED',
    suggestions: ['Check that sshd listens there and that no other program does.'],
  })
}

/** The keys of a host once somebody vouches for them; ends here where nobody does. */
export async function vouchedFor(cli: Cli, keys: readonly HostKeyAnswer[], of: string, o: Vouching): Promise<void> {
  if (o.hostKey !== undefined) {
    if (keys.some((key) => key.fingerprint === o.hostKey)) return
    throw new Failure({
      message: `${of} shows no host key with the fingerprint ${o.hostKey}: nothing was pinned.`,
      code: 'HOST_KEY_MISMATCH',
      exitCode: exitCode.refused,
      details: keyLines(keys),
      suggestions: [
        'Find out on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) which key is its own.',
      ],
    })
  }
  if (o.acceptHostKey) return
  if (!cli.screen.interactive) throw nobodyVouches(of, keys)
  cli.screen.note(`${of} shows these host keys:`)
  for (const line of keyLines(keys)) cli.screen.note(`  ${line}`)
  if (await askYes('Are they the host’s own? They are pinned from now on.')) return
  throw new Failure({
    message: `The host keys of ${of} were not accepted: nothing was pinned.`,
    code: 'REFUSED',
    exitCode: exitCode.refused,
  })
}

export const keyLines = (keys: readonly Pick<HostKeyAnswer, 'type' | 'fingerprint'>[]): string[] =>
  keys.map((key) => `${key.type.padEnd(19)} ${key.fingerprint}`)

const nobodyVouches = (of: string, keys: readonly HostKeyAnswer[]): Failure =>
  new Failure({
    message: `Somebody must vouch for the host keys of ${of}, and there is no terminal to ask at: nothing was pinned.`,
    code: 'HOST_KEY_UNCONFIRMED',
    exitCode: exitCode.usage,
    details: keyLines(keys),
    suggestions: ['Give the fingerprint with --host-key SHA256:…, or pin what it shows now with --accept-host-key.'],
  })
