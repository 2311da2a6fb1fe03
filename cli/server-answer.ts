import { z } from 'zod'
import type { Palette } from './colour.ts'
import { HostKeyAnswer, keyLines } from './host-keys.ts'
import { factLines } from './table.ts'

const LoginAnswer = z.looseObject({
  user: z.string(),
  authentication: z.looseObject({ method: z.string() }),
})

export const ServerAnswer = z.looseObject({
  id: z.string(),
  name: z.string(),
  hostname: z.string(),
  port: z.int(),
  root: LoginAnswer,
  app: LoginAnswer,
  jump: z.looseObject({ hostname: z.string(), port: z.int() }).nullish(),
  host_keys: z.array(HostKeyAnswer).default([]),
  device_type: z.string(),
  environment: z.string(),
  tags: z.array(z.string()).default([]),
  setup_complete: z.boolean(),
  security_locked: z.boolean(),
  maintenance: z.boolean().default(false),
  maintenance_reason: z.string().nullish(),
})
export type ServerAnswer = z.infer<typeof ServerAnswer>
export const ServersAnswer = z.looseObject({ items: z.array(ServerAnswer), next: z.string().nullish() })

export const readiness = (server: ServerAnswer, paint: Palette): string =>
  server.maintenance ? `${stateOf(server, paint)}, ${paint.yellow('in maintenance')}` : stateOf(server, paint)

function stateOf(server: ServerAnswer, paint: Palette): string {
  if (server.setup_complete && server.security_locked) return paint.green('set up, locked')
  return server.setup_complete ? paint.green('set up') : paint.yellow('not set up')
}

/** One server, for people. Log-ins show who and by what, never a value. */
export const serverLines = (server: ServerAnswer, paint: Palette): string[] => [
  ...factLines({
    address: `${server.hostname}:${server.port}`,
    'jump host': server.jump ? `${server.jump.hostname}:${server.jump.port}` : null,
    state: readiness(server, paint),
    'root log-in': `${server.root.user} by ${server.root.authentication.method}`,
    'app log-in': `${server.app.user} by ${server.app.authentication.method}`,
    maintenance: server.maintenance ? (server.maintenance_reason ?? 'yes') : null,
    environment: server.environment === 'unknown' ? null : server.environment,
    'device type': server.device_type === 'generic' ? null : server.device_type,
    tags: server.tags.join(', '),
    id: server.id,
  }),
  'host keys:',
  ...(server.host_keys.length > 0 ? keyLines(server.host_keys).map((line) => `  ${line}`) : ['  none is pinned']),
]
