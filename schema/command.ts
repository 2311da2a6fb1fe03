import type { SecretRef } from './secret.ts'

/** How long a command of a kind may take: base, and the ceiling that retries grow to (spec ERR-3). */
export type CommandCategory = 'system' | 'containers' | 'drives' | 'files' | 'packages' | 'general'

/**
 * One command for a host, as POSIX shell text. Only `commands/` builds the text and only `commands/shell.ts` quotes.
 * `shown` is what people, logs and histories see: the same words with long or private values cut.
 * A `read` changes nothing and may be repeated; a `change` is started once as a durable run.
 */
export type Command = {
  readonly script: string
  readonly shown: string
  readonly effect: 'read' | 'change'
  readonly category: CommandCategory
  /** Limit enforced on the host, in milliseconds; without it, the category's base. */
  readonly timeoutMs?: number
  /** Environment variables whose values are secrets; they travel through a file on tmpfs, never in `script`. */
  readonly secrets?: Readonly<Record<string, SecretRef>>
}

/** Who must run a command; how that identity is reached is ssh/'s business. */
export type RunAs = 'root' | 'app'
