import type { PlanDraft } from '../schema/plan.ts'
import type { LockdownSituation } from './lockdown-wish.ts'

/**
 * `impossible` names everything that stands in the way; nothing has been changed then. `cuts` names the access that
 * somebody has today and loses: it needs a confirmation, however harmless the commands are (spec LOCK-14).
 */
export type LockdownPlan =
  | { readonly kind: 'plan'; readonly plan: PlanDraft; readonly cuts: readonly string[] }
  | { readonly kind: 'impossible'; readonly problems: readonly string[] }

/**
 * Makes a server that is set up safe: security updates, kernel, services, fail2ban, firewall and, last, sshd. From its
 * first step on the host restores itself unless a fresh log-in is proved in time.
 */
export function planLockdown(_situation: LockdownSituation): LockdownPlan {
  return { kind: 'plan', plan: { steps: [], warnings: [] }, cuts: [] }
}
