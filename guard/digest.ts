import { createHash } from 'node:crypto'
import type { Command } from '../schema/command.ts'
import type { SecretRef } from '../schema/secret.ts'

/** SHA-256 in hex of what makes a command the one it is: its script, its effect and its references to secrets. */
export function digestOf(command: Pick<Command, 'script' | 'effect' | 'secrets'>): string {
  const secrets = Object.entries(command.secrets ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, ref]) => [name, ...partsOf(ref)])
  return createHash('sha256')
    .update(JSON.stringify(['drydock-command-1', command.script, command.effect, secrets]))
    .digest('hex')
}

function partsOf(ref: SecretRef): readonly (string | number)[] {
  switch (ref.kind) {
    case 'stored':
      return [ref.kind, ref.name, ref.version ?? 0]
    case 'env':
      return [ref.kind, ref.variable]
    case 'file':
      return [ref.kind, ref.path]
    case 'command':
      return [ref.kind, ...ref.argv]
    default:
      return ref satisfies never
  }
}
