import { v7 as uuidv7 } from 'uuid'
import { parseFacts, readFacts } from '../commands/facts.ts'
import { inspectForSetup, parseSetupFacts } from '../commands/setup-facts.ts'
import { assessPlan } from '../guard/index.ts'
import { hashPlan } from '../plans/hash.ts'
import { planSetup } from '../plans/setup.ts'
import { setupQuestions } from '../plans/setup-wish.ts'
import type { Plan, PlanDraft, PlanOutline } from '../schema/plan.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { SetupSettings } from '../schema/setup.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { asFailure, planImpossible, preconditionFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin, loadOperation } from './operations.ts'
import { ownPublicKeys, targetFor } from './targets.ts'

/** A plan as the workflow sees it: its outline, whether it asks. */
export type PlannedWork = PlanOutline & { readonly verdict: 'allow' | 'confirm' }

type SetupWork = {
  operationId: string
  server: ServerRef
  settings: SetupSettings
  resumes?: string
  previous?: Previous
}

export const planActivities = (deps: Deps) => ({
  /** Facts, then the pure plan, stored. Planning again keeps the stored plan where nothing has changed. */
  async planSetup(work: SetupWork): Promise<PlannedWork> {
    const { operation, server } = await begin(deps, work, 'setup')
    const kept = work.resumes === undefined ? null : await planToResume(deps, work.resumes)
    if (kept !== null) return plannedWork(kept, server, work.previous)
    const plan = await withHeartbeat((signal) => draftSetup(deps, { ...work, operation, server, signal }))
    return storePlan(deps, { plan, server, previous: work.previous })
  },
})

type Previous = { id: string; hash: string }

/** Keeps a plan that was just made, unless it is the previous one once more. */
export async function storePlan(
  deps: Deps,
  { plan, server, previous }: { plan: Plan; server: Server; previous: Previous | undefined },
): Promise<PlannedWork> {
  if (plan.hash !== previous?.hash) await deps.store.plans.save(plan)
  return plannedWork(plan, server, previous)
}

const plannedWork = (plan: Plan, server: Server, previous: Previous | undefined): PlannedWork => ({
  ...outline(plan),
  id: plan.hash === previous?.hash ? previous.id : plan.id,
  verdict: assessPlan(plan, server).verdict === 'allow' ? 'allow' : 'confirm',
})

/** A draft as a plan of an operation on a server. */
export function planOf(operationId: string, server: Server, draft: PlanDraft): Plan {
  const target = { id: server.id, name: server.name }
  return { id: uuidv7(), operation: operationId, target, ...draft, hash: hashPlan(target, draft) }
}

async function draftSetup(
  deps: Deps,
  o: SetupWork & { operation: Operation; server: Server; signal: AbortSignal },
): Promise<Plan> {
  const where = { server: o.server, doing: 'Inspecting the server for setup' }
  try {
    const target = await targetFor(deps, o.server, 'root')
    const settings = {
      ...o.settings,
      authorizedKeys: [...o.settings.authorizedKeys, ...(await ownPublicKeys(deps, o.server))],
    }
    const read = (command: ReturnType<typeof readFacts>) =>
      ask(deps, {
        operation: o.operation,
        server: o.server,
        target,
        command,
        as: 'root',
        signal: o.signal,
        fresh: true,
      })
    const facts = parseFacts((await read(readFacts())).stdout)
    const questions = setupQuestions({ facts, server: o.server, settings })
    const inspected = parseSetupFacts((await read(inspectForSetup(questions))).stdout, questions)
    const draft = planSetup({ operationId: o.operationId, facts, server: o.server, settings, inspected })
    if (draft.kind === 'impossible')
      throw planImpossible(
        o.server.name,
        draft.problems,
        facts.os.family === 'unsupported' ? 'UNSUPPORTED_SYSTEM' : undefined,
      )
    return planOf(o.operationId, o.server, draft.plan)
  } catch (error) {
    throw asFailure(error, where)
  }
}

/** After `failed` the stored plan goes on; after anything else it is planned anew. */
async function planToResume(deps: Deps, operationId: string): Promise<Plan | null> {
  const before = await loadOperation(deps, operationId)
  if (before.endedAt === null)
    throw preconditionFailed(
      `Operation ${operationId} has not ended (${before.state}).`,
      'Wait for its end, or cancel it.',
    )
  return before.state === 'failed' ? deps.store.plans.ofOperation(operationId) : null
}

const outline = (plan: Plan): PlanOutline => ({
  id: plan.id,
  hash: plan.hash,
  steps: plan.steps.map((step) => ({
    id: step.id,
    title: step.title,
    undoable: step.undo !== undefined,
    alreadySo: step.alreadySo !== undefined,
    ...(step.watch === undefined ? {} : { watch: { forMs: step.watch.forMs, everyMs: step.watch.everyMs } }),
    ...(step.gate === undefined ? {} : { isGated: true }),
  })),
  warnings: plan.warnings,
  ...(plan.autoRevert === undefined ? {} : { revertAfterMs: plan.autoRevert.timeoutMs }),
})
