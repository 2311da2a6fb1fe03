import type { Assessment } from '../schema/guard.ts'

export type BlockedAnswer = {
  readonly status: 'DESTRUCTIVE_ACTION_BLOCKED'
  readonly operation_id: string
  readonly risk_assessment: {
    readonly level: Assessment['risk']
    readonly affected_count: number | null
    readonly count_is_estimate: boolean
    readonly downtime: string
    readonly rollback_possible: boolean
  }
  readonly impact_details: {
    readonly summary: string
    readonly warnings: readonly string[]
    readonly affected_items: readonly string[]
    readonly dependencies: readonly string[]
  }
  readonly confirmation_required: {
    readonly phrase: string
    readonly command: string
    readonly timeout_seconds: number
    readonly alternatives: Assessment['alternatives']
  } | null
  readonly safety_checklist: Assessment['checklist']
  readonly device_checks: Assessment['deviceChecks']
}

const shownItems = 10

/** The answer to whoever asked for a destructive command (spec GUARD-12). What is denied outright has nothing to confirm. */
export const blockedAnswer = (o: {
  readonly operationId: string
  readonly assessment: Assessment
  readonly timeoutMs: number
}): BlockedAnswer => ({
  status: 'DESTRUCTIVE_ACTION_BLOCKED',
  operation_id: o.operationId,
  risk_assessment: {
    level: o.assessment.risk,
    affected_count: o.assessment.affectedCount,
    count_is_estimate: o.assessment.countIsEstimate,
    downtime: o.assessment.downtime,
    rollback_possible: o.assessment.rollbackPossible,
  },
  impact_details: {
    summary: o.assessment.summary,
    warnings: o.assessment.warnings,
    affected_items: o.assessment.affectedItems.slice(0, shownItems),
    dependencies: o.assessment.dependencies,
  },
  confirmation_required:
    o.assessment.verdict === 'deny'
      ? null
      : {
          phrase: o.assessment.phrase,
          command: `drydock confirm-operation ${o.operationId} --phrase '${o.assessment.phrase.replaceAll("'", `'\\''`)}'`,
          timeout_seconds: Math.round(o.timeoutMs / 1000),
          alternatives: o.assessment.alternatives,
        },
  safety_checklist: o.assessment.checklist,
  device_checks: o.assessment.deviceChecks,
})
