import { secretsIn, valuesIn } from '../commands/environment-file.ts'
import { currentLink, isLinked, switchBack, switchLink } from '../commands/release.ts'
import { userCommand } from '../commands/user-command.ts'
import type { Command } from '../schema/command.ts'
import type { Step } from '../schema/plan.ts'
import { spanMs } from '../schema/spans.ts'
import { checksOfAll } from './deployment-instances.ts'
import { bringInstances, servingAfter } from './deployment-strategies.ts'
import {
  beHealthy,
  enable,
  noteWhatServes,
  settle,
  startHealthy,
  stop,
  unlessServing,
  writeFiles,
} from './deployment-units.ts'
import type { Wish } from './deployment-wish.ts'

/** From the note of what serves to the end of the settle time. */
export const goLive = (wish: Wish): Step[] => [
  noteWhatServes(wish),
  ...writeFiles(wish),
  ...wish.units.flatMap((unit) => enable(wish, unit)),
  ...(wish.kind === 'recreate' ? recreate(wish) : stepByStep(wish)),
  ...checksOfAll(wish.application).map((check, index) => beHealthy(wish, check, wish.around, `health-${index}`)),
  settleAll(wish),
]

/** Nobody answers between the first stop and the last start; no two versions ever run beside each other. */
const recreate = (wish: Wish): Step[] => [
  ...wish.units.toReversed().map((unit) => stop(wish, unit)),
  ...bringInstances(wish),
  switchOver(wish),
  ...wish.units.flatMap((unit) => startHealthy(wish, unit)),
]

/** One unit after the other; where it is one of several, the others serve meanwhile. */
const stepByStep = (wish: Wish): Step[] => [
  ...bringInstances(wish),
  switchOver(wish),
  ...wish.units.flatMap((unit) => startHealthy(wish, unit)),
]

function switchOver(wish: Wish): Step {
  const link = currentLink(wish.layout, wish.release)
  return unlessServing(wish, {
    id: 'release.switch',
    title: `Make ${wish.release} the current release`,
    as: 'root',
    check: isLinked(link),
    apply: [switchLink(link, wish.backup('current'))],
    verify: isLinked(link),
    undo: [switchBack(link.path, wish.backup('current'))],
  })
}

/** Everything that serves now. */
function settleAll(wish: Wish): Step {
  const { application, units, instances } = wish
  const serving = servingAfter(wish)
  const names = [...units, ...serving.flatMap((instance) => instance.units)].map(({ name }) => name)
  const checks = [
    ...units.flatMap(({ health }) => health),
    ...serving.flatMap((instance) => instance.checks),
    ...checksOfAll(application),
  ]
  return settle(wish, {
    id: 'settle',
    title: `See for ${application.settle} that everything stays healthy`,
    checks,
    around: { ...wish.around, units: instances.length === 0 ? wish.around.units : names },
  })
}

/** Commands of the application's makers, in the folder of the release and with its environment. */
export const hooks = (wish: Wish, when: 'before' | 'after'): Step[] =>
  wish.application.hooks[when].map((hook, index) =>
    unlessServing(wish, {
      id: `hook.${when}-${index}`,
      title: `${when === 'before' ? 'Before' : 'After'} the switch: ${hook.run.split('\n')[0]?.slice(0, 120) ?? ''}`,
      as: hook.as,
      apply: [runHook(wish, hook.run, spanMs(hook.limit))],
    }),
  )

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
