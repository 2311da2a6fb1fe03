import { z } from 'zod'
import { Id } from './identity.ts'
import { SecretRef } from './secret.ts'
import { ServerName, ServerRef } from './server.ts'
import { AbsolutePath } from './setup.ts'
import { EnvironmentValue, type SealedCommand, VariableName } from './start.ts'
import { Terminal } from './terminal.ts'

/** A session's name, of which a server has one open at a time. */
export const SessionName = ServerName
export type SessionName = z.infer<typeof SessionName>

/** What a session is opened with: what its commands run in unless they say otherwise. */
export const NewSession = z.object({
  name: SessionName,
  asRoot: z.boolean().default(false),
  cwd: AbsolutePath.nullable().default(null),
  env: z.record(VariableName, EnvironmentValue).default({}),
  secrets: z.record(VariableName, SecretRef).default({}).describe('Variables whose values are secrets: references'),
  terminal: Terminal.nullable().default(null),
})
export type NewSession = z.infer<typeof NewSession>

/** What commands that follow run in: a named field replaces; of `env` and `secrets` only the named variables, and null takes one away. */
export const SessionChange = z.strictObject({
  cwd: AbsolutePath.nullable().optional(),
  env: z.record(VariableName, EnvironmentValue.nullable()).optional(),
  secrets: z.record(VariableName, SecretRef.nullable()).optional(),
  terminal: Terminal.nullable().optional(),
})
export type SessionChange = z.infer<typeof SessionChange>

export const SessionState = z.enum(['open', 'closed'])
export type SessionState = z.infer<typeof SessionState>

/** Named surroundings on one server in which guarded commands run one after another. No process of it stays on the host. */
export const Session = NewSession.extend({
  id: Id,
  server: ServerRef,
  state: SessionState,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
})
export type Session = z.infer<typeof Session>

/** A command as it is asked for: what it leaves open is its session's. A terminal of null is none. */
export type AskedCommand = Omit<SealedCommand, 'asRoot' | 'terminal'> & {
  readonly asRoot?: boolean
  readonly terminal?: Terminal | null
}

/** The whole command as it is sealed, rated, approved and run: later changes of its session no longer reach it. */
export function within(session: Pick<Session, keyof NewSession> | null, asked: AskedCommand): SealedCommand {
  const { asRoot, terminal, env, secrets, ...rest } = asked
  const cwd = asked.cwd ?? session?.cwd ?? undefined
  const at = terminal === undefined ? session?.terminal : terminal
  return {
    ...rest,
    asRoot: asRoot ?? session?.asRoot ?? false,
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...without(session?.env, secrets), ...env },
    secrets: { ...without(session?.secrets, env), ...secrets },
    ...(at ? { terminal: at } : {}),
  }
}

/** What a session holds after a change of it. */
export function changed(session: NewSession, { cwd, terminal, env = {}, secrets = {} }: SessionChange): NewSession {
  return {
    ...session,
    ...(cwd === undefined ? {} : { cwd }),
    ...(terminal === undefined ? {} : { terminal }),
    env: given({ ...without(session.env, given(secrets)), ...env }),
    secrets: given({ ...without(session.secrets, given(env)), ...secrets }),
  }
}

/** A variable is one thing only: set as the other kind, it is no longer this one. */
const without = <T>(variables: Readonly<Record<string, T>> = {}, names: object): Record<string, T> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !Object.hasOwn(names, name)))

const given = <T>(variables: Readonly<Record<string, T | null>>): Record<string, T> =>
  Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
