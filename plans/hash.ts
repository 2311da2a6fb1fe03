import { createHash } from 'node:crypto'
import type { Command } from '../schema/command.ts'
import type { Plan, PlanDraft } from '../schema/plan.ts'
import type { ServerRef } from '../schema/server.ts'

/**
 * SHA-256 in hex over target, steps, automatic revert and the access that is cut. Warnings are left out: they may name facts that move.
 * Keys are sorted, so that a plan read back from jsonb has the hash it was stored with.
 */
export const hashPlan = (target: ServerRef, draft: Pick<PlanDraft, 'steps' | 'autoRevert' | 'cuts'>): string =>
  createHash('sha256')
    .update(
      canonical({
        target: { id: target.id, name: target.name },
        steps: draft.steps,
        autoRevert: draft.autoRevert,
        cuts: draft.cuts?.length === 0 ? undefined : draft.cuts,
      }),
    )
    .digest('hex')

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`
}

export type CommandDigests = { readonly forward: readonly string[]; readonly undo: readonly string[] }

/** The digests of every command of a plan, by the guard's own `digestOf`: those that bring it about, and those that take it back. */
export function commandDigests(plan: Pick<Plan, 'steps'>, digestOf: (command: Command) => string): CommandDigests {
  const forward = plan.steps.flatMap((step) => [step.check, ...step.apply, step.verify])
  return {
    forward: forward.filter((command) => command !== undefined).map(digestOf),
    undo: plan.steps.flatMap((step) => step.undo ?? []).map(digestOf),
  }
}
