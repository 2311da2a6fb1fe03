import type { Role } from '../schema/identity.ts'
import { wordsOf, type Call } from './reading/call.ts'
import { read } from './reading/read.ts'

export type Policy = { readonly command: string; readonly allow: readonly string[]; readonly deny: readonly string[] }
export type PolicyAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly because: string; readonly pattern: string | null }

/** The lists of an installation, and those of single servers and roles. */
export type PolicyLists = Pick<Policy, 'allow' | 'deny'> & {
  readonly servers: Readonly<Record<string, Pick<Policy, 'allow' | 'deny'>>>
  readonly roles: Readonly<Partial<Record<Role, Pick<Policy, 'allow' | 'deny'>>>>
}

/** Whether this role may ask for a command on this server: every list that applies has to let it pass (spec EXEC-8). */
export function policyFor(o: {
  readonly command: string
  readonly lists: PolicyLists
  readonly server: { readonly name: string; readonly tags: readonly string[] }
  readonly role: Role
}): PolicyAnswer {
  const { command, lists, server, role } = o
  const ofServer = [server.name, ...server.tags].flatMap((name) => lists.servers[name] ?? [])
  const answers = [lists, ...ofServer, lists.roles[role] ?? { allow: [], deny: [] }].map(({ allow, deny }) =>
    policy({ command, allow, deny }),
  )
  return answers.find((answer) => !answer.allowed) ?? { allowed: true }
}

/**
 * Whether anybody may ask for a command at all (spec EXEC-8). Deny looks at the text and at everything it would run,
 * so that no wrapper hides a word. With an allow list, every program that runs must stand in it, or what starts it.
 */
export function policy({ command, allow, deny }: Policy): PolicyAnswer {
  if (allow.length === 0 && deny.length === 0) return { allowed: true }
  const broken = [...allow, ...deny].find((pattern) => compile(pattern) === null)
  if (broken !== undefined)
    return refused(`The list of commands holds ${broken}, which is no regular expression.`, broken)
  const { calls, unclear } = read(command)
  const spellings = [command, ...calls.map(wordsOf)]
  const hit = deny.find((pattern) => spellings.some((spelling) => compile(pattern)?.test(spelling)))
  if (hit !== undefined) return refused(`Nobody may run it here: it matches ${hit}.`, hit)
  if (allow.length === 0) return { allowed: true }
  if (unclear.length > 0)
    return refused(`Only listed commands may run here, and it cannot be read: ${unclear[0]?.because ?? ''}`, null)
  const fits = (call: Call | null): boolean =>
    call !== null && (allow.some((pattern) => compile(pattern)?.test(wordsOf(call))) || fits(call.parent))
  // sudo, env and their like do nothing themselves: what they start is what counts.
  const doors = new Set(calls.map(({ parent }) => parent))
  const other = calls.find((call) => !doors.has(call) && !fits(call))
  return other === undefined && calls.length > 0
    ? { allowed: true }
    : refused(
        `Only listed commands may run here, and this one is not: ${other === undefined ? command.slice(0, 80) : wordsOf(other).slice(0, 80)}.`,
        null,
      )
}

const refused = (because: string, pattern: string | null): PolicyAnswer => ({ allowed: false, because, pattern })

const compiled = new Map<string, RegExp | null>()

function compile(pattern: string): RegExp | null {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  let made: RegExp | null = null
  try {
    made = new RegExp(pattern)
  } catch {
    // Said to whoever asks: a list that cannot be read must not let anything pass.
  }
  if (compiled.size > 1000) compiled.clear()
  compiled.set(pattern, made)
  return made
}
