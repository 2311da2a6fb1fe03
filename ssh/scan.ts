import type { HostKey } from '../schema/server.ts'
import type { Settings } from '../schema/settings.ts'
import { logIn } from './dial.ts'
import { SshError } from './error.ts'
import { hostKeyTypes } from './host-key.ts'
import { openRoute } from './route.ts'
import type { ResolvedJump } from './types.ts'

/** Asks a host for its keys, one type after the other, as ssh-keyscan(1) does. Nobody logs in. */
export async function scanHostKeys(o: {
  hostname: string
  port: number
  jump?: ResolvedJump
  settings: Settings['ssh']
}): Promise<HostKey[]> {
  const keys: HostKey[] = []
  for (const type of hostKeyTypes) {
    const key = await scanOne(o, type)
    if (key) keys.push(key)
  }
  if (keys.length === 0) {
    throw new SshError({ type: 'connection_lost', host: o.hostname, because: 'the host shows no host key' })
  }
  return keys
}

async function scanOne(o: Parameters<typeof scanHostKeys>[0], type: string): Promise<HostKey | null> {
  const route = await openRoute({ host: o.hostname, ...o })
  let seen: HostKey | null = null
  try {
    await logIn({
      host: o.hostname,
      socket: route.socket,
      user: 'drydock',
      methods: [],
      known: [{ type, blob: '', fingerprint: '' }],
      // Refusing every key ends the handshake once it was shown and its possession proved.
      judge: (presented) => {
        seen = presented
        return false
      },
      timeoutMs: o.settings.connectTimeoutMs,
      keepAlive: { intervalMs: 0, count: 0 },
    })
    return null
  } catch (error) {
    if (error instanceof SshError && error.type === 'host_key_mismatch') return seen
    throw error
  } finally {
    await route.end()
  }
}
