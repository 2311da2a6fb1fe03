import { sh, type Script } from './shell.ts'

/** A socket that waits for others. `program` is null where the kernel does not tell us, such as without root. */
export type ListeningSocket = {
  readonly protocol: 'tcp' | 'udp'
  /** Without brackets and interface; `*` is every address of both families. */
  readonly address: string
  readonly port: number
  readonly program: string | null
}

export const printListeningSockets: Script = sh`ss -H -tulnp`

/** Reads the output of `ss -H -tuln`, with or without `-p`. */
export function parseListeningSockets(stdout: string): readonly ListeningSocket[] {
  return stdout.split('\n').flatMap((line) => {
    const [protocol, , , , local = ''] = line.trim().split(/\s+/)
    const [, address, port] = /^\[?([^\]%]*)\]?(?:%[^:]+)?:(\d+)$/.exec(local) ?? []
    if ((protocol !== 'tcp' && protocol !== 'udp') || address === undefined || port === undefined) return []
    return [{ protocol, address, port: Number(port), program: /users:\(\("([^"]+)"/.exec(line)?.[1] ?? null }]
  })
}

/** Whether only the host itself can reach it. */
export const isLocalOnly = ({ address }: Pick<ListeningSocket, 'address'>): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address)
