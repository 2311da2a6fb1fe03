import type { Command } from './command.ts'

/**
 * One mutating command on one host. The id is made of operation, step, command index and deliberate try, never of the
 * activity attempt: a retry attaches to the same run.
 */
export type RunId = string

/** How a durable run ended. `unknown`: it may or may not have run; nobody can tell any more. */
export type RunEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly durationMs: number; readonly timedOut: boolean }
  | { readonly kind: 'killed'; readonly signal: string; readonly durationMs: number; readonly timedOut: boolean }
  | { readonly kind: 'unknown'; readonly because: string }

/** Bytes of each stream that are safely stored; the order between the two is not promised. */
export type OutputOffsets = { readonly stdout: number; readonly stderr: number }

/** A piece of output, as bytes, from `offset` of its stream. */
export type OutputChunk = { readonly stream: 'stdout' | 'stderr'; readonly offset: number; readonly bytes: Uint8Array }

/**
 * A command that the guard has let through. Only `guard/clear.ts` makes one; it is registered there in a WeakSet and
 * `ssh/` refuses whatever is not in it. It lives inside one activity attempt and is never serialised.
 */
export type Cleared = {
  readonly command: Command
  readonly digest: string
  readonly serverId: string
  readonly clearedBecause: string
}

/** The injected test by which `ssh/` knows a clearance that `guard/` made. */
export type IsCleared = (candidate: Cleared) => boolean
