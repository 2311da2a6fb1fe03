import { noteServing, restAgain, serveAgain, startAnew } from '../commands/serving.ts'
import { checkInWords, isHealthy, stayHealthy, waitUntilHealthy, type Surroundings } from '../commands/health-check.ts'
import { isStopped, isUnitFile } from '../commands/systemd.ts'
import { moveUnit, switchUnit } from '../commands/unit-action.ts'
import { isUnitWritten, restoreUnit, unitPath, writeUnit } from '../commands/unit-text.ts'
import type { HealthCheck } from '../schema/application.ts'
import type { Command } from '../schema/command.ts'
import type { Step } from '../schema/plan.ts'
import { spanMs } from '../schema/spans.ts'
import { checksOfAll } from './deployment-instances.ts'
import { gettingRequests } from './deployment-proxy.ts'
import { instancesOf } from './deployment-instances.ts'
import { unitNames, type WantedUnit, type Wish } from './deployment-wish.ts'

/** A step that is needless where the release serves already. */
export const unlessServing = ({ serves }: Wish, step: Step): Step =>
  serves === null ? step : { ...step, alreadySo: serves }

/**
 * Taken back last of all that serves, and so once the links, the unit files and the proxy are as they were: what has
 * been touched runs the old release again, and that release must be healthy.
 */
export function noteWhatServes(wish: Wish): Step {
  const { units, instances, active, around, backup } = wish
  const all = [...units, ...instances.flatMap((instance) => instance.units)]
  return unlessServing(wish, {
    id: 'serving',
    title: active === null ? 'Note what runs now' : `Note what runs now, which is ${active}`,
    as: 'root',
    apply: [noteServing(around.units, backup('serving'))],
    undo: [...all.map((unit) => runAgain(wish, unit)), ...previousHealth(wish)],
  })
}

/** Has a unit run again as it did, where something has touched it. */
export const runAgain = (wish: Wish, unit: WantedUnit): Command =>
  serveAgain(unit.name, wish.backup('serving'), spanMs(unit.limit))

/** Of the release that served before: of each of its instances that got requests, and of it as a whole. */
function previousHealth({ previous, facts, user, around }: Wish): Command[] {
  if (previous === null) return []
  const served = gettingRequests(instancesOf(previous, user), facts)
  const units = unitNames(previous)
  return [
    ...served.flatMap((one) => one.checks.map((check) => waitUntilHealthy(check, one.around))),
    ...checksOfAll(previous).map((check) => waitUntilHealthy(check, { ...around, units })),
  ]
}

/** One file a unit, or a template that its instances share. */
export function writeFiles(wish: Wish): Step[] {
  const all = [...wish.units, ...wish.instances.flatMap(({ units }) => units)]
  const first = all.filter((unit, at) => all.findIndex(({ index }) => index === unit.index) === at)
  return first.flatMap((unit) => (unit.file === undefined ? [] : [writeFileOf(wish, unit, unit.file)]))
}

/** Puts back what units are run by, which a template has for all of its instances. */
export const restoreFiles = (wish: Wish, units: readonly WantedUnit[]): Command[] =>
  units.flatMap(({ file, of, index }) => (file === undefined ? [] : [restoreUnit(of, wish.backup(`unit-${index}`))]))

function writeFileOf(wish: Wish, { name, of, index }: WantedUnit, file: string): Step {
  const kept = wish.backup(`unit-${index}`)
  return unlessServing(wish, {
    id: `unit-${index}.file`,
    title: `Write the file of ${of}`,
    as: 'root',
    check: isUnitWritten(of, file, name),
    apply: [writeUnit(of, file, kept, name)],
    verify: isUnitWritten(of, file, name),
    undo: [restoreUnit(of, kept)],
    file: {
      path: unitPath(of),
      before: wish.facts.units.get(name)?.file?.content ?? null,
      after: file,
      mode: '644',
      owner: 'root',
    },
  })
}

/** Only a unit with an [Install] part can start with the host by itself. */
export const enable = (wish: Wish, unit: WantedUnit, id = idOf(unit)): Step[] =>
  !/^\[Install\]/m.test(unit.file ?? '')
    ? []
    : [
        unlessServing(wish, {
          id: `${id}.enable`,
          title: `Have ${unit.name} start with the host`,
          as: 'root',
          check: isUnitFile({ unit: unit.name }, 'enabled'),
          apply: [switchUnit('enable', { unit: unit.name })],
          verify: isUnitFile({ unit: unit.name }, 'enabled'),
          undo: [switchUnit('disable', { unit: unit.name })],
        }),
      ]

const idOf = ({ index }: WantedUnit): string => `unit-${index}`

export const stop = (wish: Wish, unit: WantedUnit, id = idOf(unit)): Step =>
  unlessServing(wish, {
    id: `${id}.stop`,
    title: `Stop ${unit.name}`,
    as: 'root',
    check: isStopped({ unit: unit.name }),
    apply: [moveUnit('stop', { unit: unit.name }, { deadlineMs: spanMs(unit.limit) })],
    verify: isStopped({ unit: unit.name }),
  })

/** What did not run before is stopped again before its file and its release go; `first` is done before that. */
export const start = (wish: Wish, unit: WantedUnit, id = idOf(unit), first: readonly Command[] = []): Step =>
  unlessServing(wish, {
    id: `${id}.restart`,
    title: `Run ${unit.name} from ${wish.release} and wait until it is up`,
    as: 'root',
    apply: [startAnew(unit.name, spanMs(unit.limit))],
    undo: [...first, restAgain(unit.name, wish.backup('serving'), spanMs(unit.limit))],
  })

export const startHealthy = (wish: Wish, unit: WantedUnit): Step[] => [
  start(wish, unit),
  ...unit.health.map((check, index) =>
    beHealthy(wish, check, { ...wish.around, units: [unit.name] }, `${idOf(unit)}.health-${index}`),
  ),
]

export const beHealthy = (wish: Wish, check: HealthCheck, around: Surroundings, id: string): Step => ({
  id,
  title: `Wait until ${checkInWords(check)}`,
  as: 'root',
  // Asked again though the release serves already: somebody who deploys it once more may have cause to.
  ...(wish.serves === null ? {} : { check: isHealthy(check, around) }),
  apply: [waitUntilHealthy(check, around)],
})

/** For a while everything must stay as healthy as it is. */
export const settle = (
  wish: Wish,
  o: { id: string; title: string; checks: readonly HealthCheck[]; around: Surroundings },
): Step =>
  unlessServing(wish, {
    id: o.id,
    title: o.title,
    as: 'root',
    apply: [stayHealthy(o.checks, o.around, wish.application.settle)],
  })
