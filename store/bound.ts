import type { BoundApproval } from '../schema/approval.ts'

const made = new WeakSet<BoundApproval>()

/** Only `runs.intend` calls this, with what PostgreSQL answered. */
export function bound(fields: BoundApproval): BoundApproval {
  const approval = Object.freeze({ ...fields, subject: Object.freeze({ ...fields.subject }) })
  made.add(approval)
  return approval
}

/** Whether PostgreSQL bound this approval to its run: what `guard/` asks before it believes one. */
export const isBound = (candidate: BoundApproval): boolean => made.has(candidate)
