import { secretsIn, valuesIn } from '../commands/environment-file.ts'
import { checkInWords, isHealthy, stayHealthy, waitUntilHealthy, type Surroundings } from '../commands/health-check.ts'
import { isCurrent, switchBack, switchCurrent } from '../commands/release.ts'
import { noteServing, restAgain, serveAgain, startAnew } from '../commands/serving.ts'
import { isStopped, isUnitFile } from '../commands/systemd.ts'
import { moveUnit, switchUnit } from '../commands/unit-action.ts'
import { isUnitWritten, restoreUnit, unitPath, writeUnit } from '../commands/unit-text.ts'
import { userCommand } from '../commands/user-command.ts'
import { spanMs, type HealthCheck } from '../schema/application.ts'
import type { Command } from '../schema/command.ts'
import type { Step } from '../schema/plan.ts'
import { unitNames, type WantedUnit, type Wish } from './deployment-wish.ts'

/** From the note of what serves to the end of the settle time. */
export const goLive = (wish: Wish): Step[] => [
  noteWhatServes(wish),
  ...wish.units.flatMap((unit) => writeFileOf(wish, unit)),
  ...(wish.application.strategy.kind === 'recreate' ? recreate(wish) : rolling(wish)),
  ...wish.application.health.map((check, index) => beHealthy(wish, check, `health-${index}`)),
  settle(wish),
]

/** Nobody answers between the first stop and the last start; no two versions ever run beside each other. */
const recreate = (wish: Wish): Step[] => [
  ...wish.units.toReversed().map((unit) => stop(wish, unit)),
  switchOver(wish),
  ...wish.units.flatMap((unit) => [start(wish, unit), ...healthOf(wish, unit)]),
]

/** One unit after the other; where it is one of several, the others serve meanwhile. */
const rolling = (wish: Wish): Step[] => [
  switchOver(wish),
  ...wish.units.flatMap((unit) => [start(wish, unit), ...healthOf(wish, unit)]),
]

const already = ({ serves }: Wish): Pick<Step, 'alreadySo'> => (serves === null ? {} : { alreadySo: serves })

/**
 * Taken back last of all that serves, and so once the link and the unit files are as they were: what has been touched
 * runs the old release again, and that release must be healthy.
 */
function noteWhatServes(wish: Wish): Step {
  const { units, previous, active } = wish
  const kept = wish.backup('serving')
  return {
    id: 'serving',
    title: active === null ? 'Note what runs now' : `Note what runs now, which is ${active}`,
    as: 'root',
    apply: [noteServing(wish.around.units, kept)],
    undo: [
      ...units.map((unit) => serveAgain(unit.name, kept, spanMs(unit.limit))),
      ...(previous === null
        ? []
        : previous.health.map((check) => waitUntilHealthy(check, aroundOf(wish, unitNames(previous))))),
    ],
    ...already(wish),
  }
}

const aroundOf = ({ around }: Wish, units: readonly string[]): Surroundings => ({ ...around, units })

function writeFileOf(wish: Wish, { name, file, index }: WantedUnit): Step[] {
  if (file === undefined) return []
  const kept = wish.backup(`unit-${index}`)
  const found = wish.facts.units.get(name)
  const before = found?.file?.content ?? null
  return [
    {
      id: `unit-${index}.file`,
      title: `Write the file of ${name}`,
      as: 'root',
      check: isUnitWritten(name, file),
      apply: [writeUnit(name, file, kept)],
      verify: isUnitWritten(name, file),
      undo: [restoreUnit(name, kept)],
      file: { path: unitPath(name), before, after: file, mode: '644', owner: 'root' },
      ...already(wish),
    },
    ...(/^\[Install\]/m.test(file) ? [enable(wish, name, index)] : []),
  ]
}

const enable = (wish: Wish, name: string, index: number): Step => ({
  id: `unit-${index}.enable`,
  title: `Have ${name} start with the host`,
  as: 'root',
  check: isUnitFile({ unit: name }, 'enabled'),
  apply: [switchUnit('enable', { unit: name })],
  verify: isUnitFile({ unit: name }, 'enabled'),
  undo: [switchUnit('disable', { unit: name })],
  ...already(wish),
})

const stop = (wish: Wish, unit: WantedUnit): Step => ({
  id: `unit-${unit.index}.stop`,
  title: `Stop ${unit.name}`,
  as: 'root',
  check: isStopped({ unit: unit.name }),
  apply: [moveUnit('stop', { unit: unit.name }, { deadlineMs: spanMs(unit.limit) })],
  verify: isStopped({ unit: unit.name }),
  ...already(wish),
})

const switchOver = (wish: Wish): Step => ({
  id: 'release.switch',
  title: `Make ${wish.release} the current release`,
  as: 'root',
  check: isCurrent(wish.layout, wish.release),
  apply: [switchCurrent(wish.layout, wish.release, wish.backup('current'))],
  verify: isCurrent(wish.layout, wish.release),
  undo: [switchBack(wish.layout, wish.backup('current'))],
  ...already(wish),
})

/** What did not run before is stopped again before its file and its release go. */
const start = (wish: Wish, unit: WantedUnit): Step => ({
  id: `unit-${unit.index}.restart`,
  title: `Run ${unit.name} from ${wish.release} and wait until it is up`,
  as: 'root',
  apply: [startAnew(unit.name, spanMs(unit.limit))],
  undo: [restAgain(unit.name, wish.backup('serving'), spanMs(unit.limit))],
  ...already(wish),
})

const healthOf = (wish: Wish, unit: WantedUnit): Step[] =>
  unit.health.map((check, index) =>
    beHealthy({ ...wish, around: aroundOf(wish, [unit.name]) }, check, `unit-${unit.index}.health-${index}`),
  )

const beHealthy = (wish: Wish, check: HealthCheck, id: string): Step => ({
  id,
  title: `Wait until ${checkInWords(check)}`,
  as: 'root',
  // Asked again though the release serves already: somebody who deploys it once more may have cause to.
  ...(wish.serves === null ? {} : { check: isHealthy(check, wish.around) }),
  apply: [waitUntilHealthy(check, wish.around)],
})

function settle(wish: Wish): Step {
  const { application, around, units } = wish
  const checks = [...units.flatMap(({ health }) => health), ...application.health]
  return {
    id: 'settle',
    title: `See for ${application.settle} that everything stays healthy`,
    as: 'root',
    apply: [stayHealthy(checks, around, application.settle)],
    ...already(wish),
  }
}

/** Commands of the application's makers, in the folder of the release and with its environment. */
export const hooks = (wish: Wish, when: 'before' | 'after'): Step[] =>
  wish.application.hooks[when].map((hook, index) => ({
    id: `hook.${when}-${index}`,
    title: `${when === 'before' ? 'Before' : 'After'} the switch: ${hook.run.split('\n')[0]?.slice(0, 120) ?? ''}`,
    as: hook.as,
    apply: [runHook(wish, hook.run, spanMs(hook.limit))],
    ...already(wish),
  }))

function runHook({ path, application }: Wish, text: string, timeoutMs: number): Command {
  const secrets = secretsIn(application.environment)
  return userCommand({
    text,
    cwd: path,
    env: valuesIn(application.environment),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    timeoutMs,
  })
}
