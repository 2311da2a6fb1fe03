import type { Session } from '../schema/session.ts'
import type { Server } from '../schema/server.ts'
import type { Deps } from './context.ts'
import { conflict, notFound } from './problem.ts'

/** The open session of this name, else the one that was closed last. */
export async function sessionOf(deps: Deps, server: Server, name: string): Promise<Session> {
  const session = await deps.store.sessions.get({ serverId: server.id, name })
  if (session) return session
  throw notFound(
    `There is no session "${name}" on ${server.name}.`,
    `\`drydock session open ${server.name} ${name}\` and POST /v1/servers/${server.name}/sessions open it.`,
  )
}

export const sessionClosed = (name: string) =>
  conflict(`The session "${name}" is closed; nothing more is run in it.`, 'Open it anew under the same name.')
