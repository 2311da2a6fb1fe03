import { z } from 'zod'
import { Hostname, Port, UserName } from '../schema/server.ts'
import type { Cli } from './cli.ts'
import { scanHostKeys, vouchedFor } from './host-keys.ts'
import { type Login, loginFrom } from './login.ts'

/** `[user@]host[:port]`; an IPv6 address with a port stands in brackets. */
export const JumpText = z.string().transform((text, context) => {
  const [, user = 'root', bracketed, plain, portText = '22'] =
    /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+|[^:]*:[^:]*:.*?))(?::(\d{1,5}))?$/.exec(text) ?? []
  const parsed = z
    .object({ user: UserName, hostname: Hostname, port: Port })
    .safeParse({ user, hostname: bracketed ?? plain, port: Number(portText) })
  if (parsed.success) return parsed.data
  context.addIssue({ code: 'custom', message: '[user@]host[:port], such as admin@gate.example.net:2222' })
  return z.NEVER
})
type JumpPlace = z.output<typeof JumpText>

export type JumpOptions = {
  readonly jump?: JumpPlace
  readonly jumpKey?: string
  readonly jumpHostKey?: string
  readonly acceptHostKey?: boolean
}

/** The jump host as the API takes it, its own host key seen and vouched for, and the values to store first. */
export async function jumpFrom(cli: Cli, server: string, login: Login, o: JumpOptions) {
  if (o.jump === undefined) return null
  const { user, hostname, port } = o.jump
  const own = o.jumpKey === undefined ? login : await loginFrom(cli, `${server}-jump`, { key: o.jumpKey })
  const keys = await scanHostKeys(cli, { hostname, port })
  await vouchedFor(cli, keys, `the jump host ${hostname}:${port}`, {
    ...(o.jumpHostKey === undefined ? {} : { hostKey: o.jumpHostKey }),
    ...(o.acceptHostKey === undefined ? {} : { acceptHostKey: o.acceptHostKey }),
  })
  const pinned =
    keys.find((key) => key.fingerprint === o.jumpHostKey) ?? keys.find((key) => key.type === 'ssh-ed25519') ?? keys[0]
  return {
    host: { hostname, port, login: { user, authentication: own.authentication }, host_key: pinned },
    secrets: o.jumpKey === undefined ? new Map<string, string>() : own.secrets,
  }
}
