import type { Actor } from '../schema/identity.ts'
import type { SecretRef } from '../schema/secret.ts'
import type { Login, ServerChange } from '../schema/server.ts'
import type { Deps } from './context.ts'
import { invalid, Refusal } from './problem.ts'

/**
 * References that read the worker's own machine (its environment, its files, the output of a program there) are for
 * administrators: with them, whoever may register a server could read or run anything there. So are passwords that are
 * the log-in of another server: whoever owns the host that a password is sent to knows it then.
 */
export async function checkReferences(
  deps: Deps,
  actor: Actor,
  server: Pick<ServerChange, 'root' | 'app' | 'jump'>,
): Promise<void> {
  const logins = [server.root, server.app, server.jump?.login].filter((login) => login !== undefined)
  checkLocal(
    actor,
    logins.flatMap(({ authentication, sudoPassword }) => [
      sudoPassword,
      ...Object.values(authentication).filter(isReference),
    ]),
  )
  await checkLogins(deps, actor, logins.flatMap(passwordsOf))
}

/** Secrets that a command is given: they must be there, and what a server is logged in to with is for administrators. */
export async function checkSecrets(
  deps: Deps,
  actor: Actor,
  secrets: Readonly<Record<string, SecretRef>>,
): Promise<void> {
  checkLocal(actor, Object.values(secrets))
  const stored = Object.entries(secrets).flatMap(([variable, ref]) =>
    ref.kind === 'stored' ? [{ variable, name: ref.name }] : [],
  )
  const known = await checkLogins(
    deps,
    actor,
    stored.map(({ name }) => name),
  )
  for (const { variable, name } of stored)
    if (!known.has(name))
      throw invalid(
        `secrets.${variable}`,
        `there is no secret named ${name}`,
        '`drydock secret set NAME` and PUT /v1/secrets/{name} store one.',
      )
}

/** The names that hold a value. */
async function checkLogins(deps: Deps, actor: Actor, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set()
  const uses = await deps.store.secrets.uses(names)
  const login = uses.find(({ isLogin }) => isLogin)
  if (login && actor.role !== 'admin')
    throw forbidden(
      `The secret ${login.name} is what a server is logged in to with; only an admin may send it elsewhere.`,
      'Use another secret, or ask an admin.',
    )
  return new Set(uses.map(({ name }) => name))
}

function checkLocal(actor: Actor, references: readonly (SecretRef | undefined)[]): void {
  const local = references.find((reference) => reference && reference.kind !== 'stored')
  if (!local || actor.role === 'admin') return
  throw forbidden(
    `A secret of kind "${local.kind}" reads the worker's machine; only an admin may refer to one.`,
    'Refer to a stored secret; an admin stores one with `drydock secret set NAME` or PUT /v1/secrets/{name}.',
  )
}

const passwordsOf = ({ authentication, sudoPassword }: Login): string[] =>
  [authentication.method === 'password' ? authentication.password : undefined, sudoPassword].flatMap((reference) =>
    reference?.kind === 'stored' ? [reference.name] : [],
  )

const forbidden = (message: string, suggestion: string): Refusal =>
  new Refusal(403, 'FORBIDDEN', message, { suggestion })

const isReference = (value: unknown): value is SecretRef =>
  typeof value === 'object' && value !== null && 'kind' in value
