import { isActive, isStopped, isUnitFile, type UnitOf } from '../commands/systemd.ts'
import { moveUnit, switchUnit } from '../commands/unit-action.ts'
import type { PlanDraft, Step } from '../schema/plan.ts'
import type { UnitActionSettings, UnitDetails } from '../schema/unit.ts'

export type UnitActionPlan =
  | { readonly kind: 'plan'; readonly plan: PlanDraft }
  | { readonly kind: 'impossible'; readonly problems: readonly string[] }

type Situation = {
  readonly server: string
  readonly settings: UnitActionSettings
  /** The unit as systemd tells of it now. */
  readonly found: UnitDetails
}

/** Does one thing to one unit, by its own name whatever alias was given: nothing where it is so already. */
export function planUnitAction(situation: Situation): UnitActionPlan {
  const problems = findProblems(situation)
  if (problems.length > 0) return { kind: 'impossible', problems }
  return { kind: 'plan', plan: { steps: stepsOf(situation), warnings: findWarnings(situation) } }
}

function stepsOf(situation: Situation): Step[] {
  const { action, now } = situation.settings
  switch (action) {
    case 'start':
      return [start(situation)]
    case 'stop':
      return [stop(situation)]
    case 'restart':
      return [restart(situation)]
    case 'reload':
      return [reload(situation)]
    case 'enable':
      return [enable(situation), ...(now ? [start(situation)] : [])]
    case 'disable':
      return [disable(situation), ...(now ? [stop(situation)] : [])]
    default:
      return action satisfies never
  }
}

const rests = ({ found }: Situation): boolean => found.active === 'inactive' || found.active === 'failed'
const of = ({ settings, found }: Situation): UnitOf => ({ unit: found.unit, scope: settings.scope })
const as = ({ settings }: Situation): Step['as'] => (settings.scope === 'user' ? 'app' : 'root')
const patience = ({ settings }: Situation) => ({ deadlineMs: settings.timeoutMs })

const start = (at: Situation): Step => ({
  id: 'unit.start',
  title: `Start ${at.found.unit} and wait until it is up`,
  as: as(at),
  check: isActive(of(at)),
  apply: [moveUnit('start', of(at), patience(at))],
  ...(at.found.active === 'active' ? { alreadySo: `it is ${at.found.active} (${at.found.sub})` } : {}),
})

const stop = (at: Situation): Step => ({
  id: 'unit.stop',
  title: `Stop ${at.found.unit} and wait until it is down`,
  as: as(at),
  check: isStopped(of(at)),
  apply: [moveUnit('stop', of(at), patience(at))],
  verify: isStopped(of(at)),
  ...(rests(at) ? { alreadySo: `it is ${at.found.active} (${at.found.sub})` } : {}),
})

const restart = (at: Situation): Step => ({
  id: 'unit.restart',
  title: `Restart ${at.found.unit}${rests(at) ? ', which does not run,' : ''} and wait until it is up`,
  as: as(at),
  apply: [moveUnit('restart', of(at), patience(at))],
})

function reload(at: Situation): Step {
  const { unit, canReload } = at.found
  const how = rests(at)
    ? `Start ${unit}, which does not run,`
    : canReload
      ? `Have ${unit} read its configuration anew,`
      : `Restart ${unit}, which cannot reload,`
  return {
    id: 'unit.reload',
    title: `${how} and wait until it is up`,
    as: as(at),
    apply: [moveUnit('reload', of(at), patience(at))],
  }
}

const enable = (at: Situation): Step => ({
  id: 'unit.enable',
  title: `Have ${at.found.unit} start with ${at.settings.scope === 'user' ? 'its user' : 'the host'}`,
  as: as(at),
  check: isUnitFile(of(at), 'enabled'),
  apply: [switchUnit('enable', of(at))],
  verify: isUnitFile(of(at), 'enabled'),
  undo: [switchUnit('disable', of(at))],
  ...(at.found.enabled === 'enabled' ? { alreadySo: 'it is enabled' } : {}),
})

const disable = (at: Situation): Step => ({
  id: 'unit.disable',
  title: `Have ${at.found.unit} not start with ${at.settings.scope === 'user' ? 'its user' : 'the host'} any more`,
  as: as(at),
  check: isUnitFile(of(at), 'disabled'),
  apply: [switchUnit('disable', of(at))],
  verify: isUnitFile(of(at), 'disabled'),
  undo: [switchUnit('enable', of(at))],
  ...(at.found.enabled === 'disabled' ? { alreadySo: 'it is disabled' } : {}),
})

function findProblems({ server, settings: { service, action }, found }: Situation): string[] {
  if (found.load === 'not-found') return [`there is no unit ${found.unit || service} on ${server}.`]
  if (found.load === 'masked')
    return action === 'stop' ? [] : [`${found.unit} is masked, so that nothing can start it.`]
  if (found.load !== 'loaded') return [`systemd cannot load ${found.unit} (${found.load}).`]
  const switches = action === 'enable' || action === 'disable'
  if (switches && !['enabled', 'disabled', 'enabled-runtime'].includes(found.enabled))
    return [
      `${found.unit} is ${found.enabled || 'without a file'}: its file does not say what it would start with, so it cannot be ${action}d.`,
    ]
  return []
}

/** What somebody who stops or restarts a unit wants to know before. */
function findWarnings({ settings: { action, now }, found }: Situation): string[] {
  const ends = action === 'stop' || action === 'restart' || (action === 'disable' && now)
  const { requiredBy, triggeredBy } = found.dependencies
  const dependants = requiredBy.filter((unit) => !unit.endsWith('.target'))
  return [
    ...(found.needsDaemonReload ? [`The files of ${found.unit} have changed since systemd read them.`] : []),
    ...(ends && dependants.length > 0 ? [`With ${found.unit} goes what needs it: ${dependants.join(', ')}.`] : []),
    ...(ends && action !== 'restart' && triggeredBy.length > 0
      ? [`${triggeredBy.join(', ')} can start ${found.unit} again.`]
      : []),
  ]
}
