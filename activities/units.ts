import { plainWords } from '../commands/unit-action.ts'
import { listUnits, parseUnitList } from '../commands/unit-list.ts'
import { parseUnit, readUnit } from '../commands/systemd.ts'
import { policyFor } from '../guard/index.ts'
import { planUnitAction } from '../plans/unit-action.ts'
import type { Command } from '../schema/command.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { UnitListInput, UnitShowInput } from '../schema/start.ts'
import {
  UnitOutcome,
  type UnitActionSettings,
  type UnitDetails,
  type UnitRow,
  type UnitScope,
  wholeUnitName,
} from '../schema/unit.ts'
import { classifyCommandFailure, type ExecResult } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { asFailure, commandFailed, guardRefused, lastLines, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin, loadOperation, loadServer } from './operations.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'
import { targetFor } from './targets.ts'

type ActionWork = {
  operationId: string
  server: ServerRef
  settings: UnitActionSettings
  previous?: { id: string; hash: string }
}

export const unitActivities = (deps: Deps) => ({
  /** Looks at the unit, then the pure plan, stored. Refused where there is no such unit, or nobody may do that to it. */
  async planUnitAction(work: ActionWork): Promise<PlannedWork> {
    const { operation, server } = await begin(deps, work, 'service_action')
    const found = await withHeartbeat((signal) => lookAtUnit(deps, { operation, server, signal }, work.settings))
    mustBeAllowed(deps, { operation, server, settings: work.settings, found })
    const draft = planUnitAction({ server: server.name, settings: work.settings, found })
    if (draft.kind === 'impossible')
      throw refusedBeforeChange(server.name, draft.problems.join(' '), `drydock service list ${server.name}`)
    return storePlan(deps, {
      plan: planOf(operation.id, server, draft.plan),
      server,
      previous: work.previous,
    })
  },

  /** The unit as it is now, for the end of an operation on it. */
  async observeUnit(work: {
    operationId: string
    server: ServerRef
    service: string
    scope: UnitScope
  }): Promise<UnitOutcome> {
    const [operation, server] = await Promise.all([
      loadOperation(deps, work.operationId),
      loadServer(deps, work.server),
    ])
    const found = await withHeartbeat((signal) => lookAtUnit(deps, { operation, server, signal }, work))
    return UnitOutcome.parse(found)
  },

  /** All units of a type, whether they run or not. */
  async listUnits({ server: ref, type, scope }: UnitListInput): Promise<UnitRow[]> {
    return withHeartbeat(async (signal) => {
      const server = await loadServer(deps, ref)
      const said = await read(deps, { operation: null, server, signal }, scope, listUnits(type, scope))
      const rows = parseUnitList(said.stdout)
      if (rows === null) throw noAnswer(server, scope, said)
      return rows
    })
  },

  /** One unit with what it needs and what needs it; its load state is `not-found` where there is none. */
  async showUnit({ server: ref, unit, scope }: UnitShowInput): Promise<UnitDetails> {
    return withHeartbeat(async (signal) => {
      const server = await loadServer(deps, ref)
      return lookAtUnit(deps, { operation: null, server, signal }, { service: unit, scope })
    })
  },
})

type Place = { readonly operation: Operation | null; readonly server: Server; readonly signal: AbortSignal }

async function lookAtUnit(
  deps: Deps,
  at: Place,
  { service, scope }: Pick<UnitActionSettings, 'service' | 'scope'>,
): Promise<UnitDetails> {
  const said = await read(deps, at, scope, readUnit({ unit: wholeUnitName(service), scope }))
  if (said.exitCode !== 0) throw noAnswer(at.server, scope, said)
  return parseUnit(said.stdout)
}

/** systemd tells everybody; a user's own tells that user alone. */
async function read(deps: Deps, at: Place, scope: UnitScope, command: Command): Promise<ExecResult> {
  try {
    const target = await targetFor(deps, at.server, 'app')
    return await ask(deps, { ...at, target, command, as: 'app', fresh: true })
  } catch (error) {
    throw asFailure(error, {
      server: at.server,
      doing: scope === 'user' ? 'Asking the systemd of its user' : 'Asking systemd',
    })
  }
}

const noAnswer = (server: Server, scope: UnitScope, { exitCode, stdout, stderr }: ExecResult) => {
  const { user } = server.app
  const why = (lastLines(stderr, 3) || 'it did not answer').replace(/\.?$/, '.')
  return commandFailed({
    title: scope === 'user' ? `Ask the systemd of ${user}` : 'Ask systemd',
    server: server.name,
    type: classifyCommandFailure({ exitCode, stdout, stderr }),
    because: scope === 'user' ? `${why} Whether it runs at all: systemctl status user@$(id -u ${user}).` : why,
    tail: lastLines(stderr),
  })
}

/** What the lists of commands refuse when it is typed, they refuse here (spec EXEC-8). */
function mustBeAllowed(
  deps: Deps,
  o: { operation: Operation; server: Server; settings: UnitActionSettings; found: UnitDetails },
): void {
  const { operation, server, settings, found } = o
  const { role } = operation.requestedBy
  const names = new Set([settings.service, found.unit, found.unit.replace(/\.service$/, '')])
  const answers = [...names].map((name) =>
    policyFor({
      command: plainWords(settings.action, name, settings.scope),
      lists: deps.settings.guard,
      server,
      role,
    }),
  )
  const denied = answers.find((answer) => !answer.allowed && answer.pattern !== null)
  const unlisted = answers.every((answer) => !answer.allowed) ? answers[0] : undefined
  const refused = denied ?? unlisted
  if (refused?.allowed === false) throw guardRefused(refused.because)
}
