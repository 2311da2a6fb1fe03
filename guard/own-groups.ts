import type { Found } from './findings.ts'
import type { Call } from './reading/call.ts'

/** Where the state from before an operation is kept. */
const kept = /^\/var\/lib\/drydock\/backups\/[\w-]+\/[\w.-]+$/
const words = /^(--append --groups \S+|--gid root) -- \S+$/

/**
 * Whether a user comes into a group as a set-up puts its own account there, or takes it back: in one script with the
 * list of the groups from before, by which it is undone. The plan is shown before it is applied.
 */
export const isOwnGroupChange = ({ rule, call }: Found, calls: readonly Call[]): boolean =>
  rule.action === 'bulk_permission_change' &&
  call?.name === 'usermod' &&
  words.test(call.args.map(({ text }) => text).join(' ')) &&
  calls.some((other) => other !== call && other.args.some(({ text }) => kept.test(text)))
