import type { PlanDraft } from '../schema/plan.ts'
import { deploymentProblems, deploymentWarnings } from './deployment-findings.ts'
import { bringRelease, removeOldReleases } from './deployment-release.ts'
import { goLive, hooks } from './deployment-live.ts'
import { watchServer } from './deployment-canary.ts'
import { retireOld } from './deployment-strategies.ts'
import { wish, type DeploymentSituation } from './deployment-wish.ts'

export type DeploymentPlan =
  | { readonly kind: 'plan'; readonly plan: PlanDraft; readonly release: string }
  | { readonly kind: 'impossible'; readonly problems: readonly string[] }

/**
 * Brings one release to one server. All of it lies there, verified and unpacked, before anything that serves is touched;
 * then one act makes it the one that serves (a rename, or a reload of the proxy), and what fails from there on is taken back, newest first: the link, the unit
 * files, and at last the units, which run the old release again.
 */
export function planDeployment(situation: DeploymentSituation): DeploymentPlan {
  const problems = deploymentProblems(situation)
  if (problems.length > 0) return { kind: 'impossible', problems }
  const wanted = wish(situation)
  const steps = [
    ...bringRelease(wanted),
    ...hooks(wanted, 'before'),
    ...goLive(wanted),
    ...hooks(wanted, 'after'),
    ...watchServer(wanted),
    ...retireOld(wanted),
    ...removeOldReleases(wanted),
  ]
  return {
    kind: 'plan',
    plan: { steps, warnings: deploymentWarnings(situation).map(({ because }) => because) },
    release: wanted.release,
  }
}
