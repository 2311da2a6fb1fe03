import { isFileLike, restoreSavedFile, writeFile, type FileToWrite } from '../commands/file.ts'
import { waitUntilHealthy } from '../commands/health-check.ts'
import { instanceLink, isLinked, switchBack, switchLink } from '../commands/release.ts'
import { isUnitFile } from '../commands/systemd.ts'
import { switchUnit } from '../commands/unit-action.ts'
import type { Step } from '../schema/plan.ts'
import { watchShare } from './deployment-canary.ts'
import type { Instance } from './deployment-instances.ts'
import { chained, freshOf, gettingRequests, letAnswer, sendTo, type Shares } from './deployment-proxy.ts'
import { beHealthy, enable, restoreFiles, runAgain, settle, start, stop, unlessServing } from './deployment-units.ts'
import type { WantedUnit, Wish } from './deployment-wish.ts'

/** The new release in the instances, as the strategy has it. Without instances there is nothing to do. */
export function bringInstances(wish: Wish): Step[] {
  if (wish.instances.length === 0) return []
  return chained(stepsOf(wish), wish.facts.proxy.file)
}

function stepsOf(wish: Wish): Step[] {
  const { kind } = wish
  switch (kind) {
    case 'rolling':
      return rolling(wish)
    case 'recreate':
      return recreate(wish)
    case 'blue-green':
      return blueGreen(wish)
    case 'canary':
      return canary(wish)
    default:
      return kind satisfies never
  }
}

/** One instance after the other, each without requests while it restarts. */
function rolling(wish: Wish): Step[] {
  const { instances } = wish
  const serving = gettingRequests(instances, wish.facts)
  const order = [...instances.filter((one) => !serving.includes(one)), ...serving]
  const steps = order.flatMap((one, at) => {
    const others = instances.filter((other) => other !== one && (serving.includes(other) || order.indexOf(other) < at))
    const away =
      serving.includes(one) && others.length > 0
        ? send(
            wish,
            { id: `proxy.without-${one.name}`, to: others, without: [one] },
            `Send ${one.name} no more requests`,
          )
        : []
    // What dies young does so while the others still serve the old release.
    const proven = at === 0 && instances.length > 1 && wish.active !== null ? [settleAlone(wish, one)] : []
    return [...away, ...runNew(wish, one), ...proven]
  })
  return [...steps, ...send(wish, { id: 'proxy.switch', to: instances }, `Send requests to ${namesOf(instances)}`)]
}

/** No two versions ever run beside each other; nobody answers meanwhile. */
const recreate = (wish: Wish): Step[] => [
  ...wish.instances.flatMap((one) => one.units.map((unit) => stop(wish, unit, idOf(one, unit)))),
  ...wish.instances.flatMap((one) => runNew(wish, one)),
  ...send(wish, { id: 'proxy.switch', to: wish.instances }, `Send requests to ${namesOf(wish.instances)}`),
]

/** The new release runs and is healthy where nobody is sent to, until all are sent there at once. */
const blueGreen = (wish: Wish): Step[] => [
  ...prepareFresh(wish),
  ...meet(wish, 'switch', 'Wait until every server is ready to switch'),
  ...switchToFresh(wish),
]

/** Several servers go on from here at the same time, or not at all. */
const meet = (wish: Wish, at: 'switch' | 'retire', title: string): Step[] =>
  wish.part === 'together' ? [{ id: `together.${at}`, title, as: 'root', apply: [] }] : []

/** The same, but a share of the requests is sent there first, and what becomes of them is watched. */
const canary = (wish: Wish): Step[] => [
  ...prepareFresh(wish),
  ...(staying(wish).length === 0 ? [] : tryOut(wish)),
  ...switchToFresh(wish),
]

function prepareFresh(wish: Wish): Step[] {
  const fresh = freshOf(wish)
  const others = staying(wish)
  return [
    // Where all get requests, as after `rolling`, one of them is freed first.
    ...(gettingRequests([fresh], wish.facts).length > 0 && others.length > 0
      ? send(wish, { id: 'proxy.free', to: others, without: [fresh] }, `Send ${fresh.name} no more requests`)
      : []),
    ...runNew(wish, fresh),
    settleAlone(wish, fresh),
  ]
}

const settleAlone = (wish: Wish, { name, checks, around }: Instance): Step =>
  settle(wish, {
    id: `${name}.settle`,
    title: `See for ${wish.application.settle} that ${name} stays healthy before anybody is sent there`,
    checks,
    around,
  })

function switchToFresh(wish: Wish): Step[] {
  const fresh = freshOf(wish)
  const logged = wish.part === 'canary' || wish.part === 'gated'
  return send(wish, { id: 'proxy.switch', to: [fresh], logged }, `Send all requests to ${fresh.name}`)
}

function tryOut(wish: Wish): Step[] {
  const { share } = wish.application.strategy
  const [fresh, others] = [freshOf(wish), staying(wish)]
  const of = [share * others.length, ...others.map(() => 100 - share)]
  const divisor = of.reduce(commonDivisor)
  return [
    ...send(
      wish,
      { id: 'proxy.share', to: [fresh, ...others], of: of.map((weight) => weight / divisor), logged: true },
      `Send ${share} of 100 requests to ${fresh.name}`,
    ),
    ...watchShare(wish, fresh),
  ]
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))

/** Once the new release has proved itself: who got requests before it answers those that it has, and stops. */
export function retireOld(wish: Wish): Step[] {
  const { kind } = wish
  if (wish.instances.length === 0 || kind === 'rolling' || kind === 'recreate') return []
  const fresh = freshOf(wish)
  const others = wish.instances.filter((one) => one !== fresh)
  return [
    ...meet(wish, 'retire', 'Wait until the new release serves on every server'),
    ...others.flatMap((one) => one.units.flatMap((unit, at) => retire(wish, one, unit, at))),
  ]
}

function retire(wish: Wish, one: Instance, unit: WantedUnit, at: number): Step[] {
  const rest = stop(wish, unit, idOf(one, unit))
  return [
    {
      ...rest,
      title: `Let ${unit.name} answer what it has, and stop it`,
      apply: [...(wish.proxy === null || at > 0 ? [] : [letAnswer(wish.proxy, one)]), ...rest.apply],
      // Before anybody is sent there again, it must listen.
      undo: [runAgain(wish, unit), ...listensAgain(wish, one)],
    },
    ...disable(wish, one, unit),
  ]
}

const disable = (wish: Wish, one: Instance, unit: WantedUnit): Step[] =>
  wish.facts.units.get(unit.name)?.enabled !== 'enabled'
    ? []
    : [
        unlessServing(wish, {
          id: `${idOf(one, unit)}.disable`,
          title: `Have ${unit.name} not start with the host`,
          as: 'root',
          check: isUnitFile({ unit: unit.name }, 'disabled'),
          apply: [switchUnit('disable', { unit: unit.name })],
          verify: isUnitFile({ unit: unit.name }, 'disabled'),
          undo: [switchUnit('enable', { unit: unit.name })],
        }),
      ]

/** Those that get requests until the switch. */
const staying = (wish: Wish): Instance[] =>
  gettingRequests(wish.instances, wish.facts).filter((one) => one !== freshOf(wish))

/** The instances that get requests once all is done. */
export function servingAfter(wish: Wish): readonly Instance[] {
  const { kind } = wish
  return wish.instances.length === 0 || kind === 'rolling' || kind === 'recreate' ? wish.instances : [freshOf(wish)]
}

const isServing = (wish: Wish, one: Instance): boolean => gettingRequests([one], wish.facts).length > 0

function send(wish: Wish, o: Shares & { id: string; without?: readonly Instance[] }, title: string): Step[] {
  const { proxy } = wish
  return proxy === null ? [] : [unlessServing(wish, sendTo(proxy, { ...o, title, backup: wish.backup(o.id) }))]
}

/** One instance runs the new release. Taking it back runs the old one there again, if it ran. */
function runNew(wish: Wish, one: Instance): Step[] {
  const link = instanceLink(wish.layout, one.name, wish.release)
  const kept = wish.backup(`${one.name}-release`)
  return [
    unlessServing(wish, {
      id: `${one.name}.release`,
      title: `Give ${one.name} the release ${wish.release}`,
      as: 'root',
      check: isLinked(link),
      apply: [switchLink(link, kept)],
      verify: isLinked(link),
      undo: [
        switchBack(link.path, kept),
        // Before it runs again, so that it need not once more when the step that wrote them is taken back.
        ...restoreFiles(wish, one.units),
        ...one.units.map((unit) => runAgain(wish, unit)),
        ...listensAgain(wish, one),
      ],
    }),
    givePort(wish, one),
    ...one.units.flatMap((unit) => enable(wish, unit, idOf(one, unit))),
    ...one.units.map((unit, at) =>
      start(wish, unit, idOf(one, unit), at === 0 && wish.proxy !== null ? [letAnswer(wish.proxy, one)] : []),
    ),
    ...one.checks.map((check, index) => beHealthy(wish, check, one.around, `${one.name}.health-${index}`)),
  ]
}

/** Before it is sent requests again. */
const listensAgain = (wish: Wish, one: Instance) => {
  const [port] = one.checks
  return port === undefined || !isServing(wish, one) ? [] : [waitUntilHealthy(port, one.around)]
}

function givePort(wish: Wish, { name, port }: Instance): Step {
  const kept = wish.backup(`${name}-environment`)
  const file: FileToWrite = {
    path: `${wish.layout.instances}/${name}.env`,
    content: `PORT=${port}\nINSTANCE=${name}\n`,
    mode: '644',
    owner: 'root',
    group: 'root',
  }
  return unlessServing(wish, {
    id: `${name}.environment`,
    title: `Give ${name} the port ${port}`,
    as: 'root',
    check: isFileLike(file),
    apply: [writeFile(file, { backup: kept })],
    verify: isFileLike(file),
    undo: [restoreSavedFile(file.path, kept)],
  })
}

const idOf = ({ name }: Instance, { index }: WantedUnit): string => `${name}-${index}`
const namesOf = (instances: readonly Instance[]): string => instances.map(({ name }) => name).join(', ')
