import { isFileLike, restoreSavedFile, writeFile, type FileToWrite } from '../commands/file.ts'
import { judgeCanary } from '../commands/canary.ts'
import { waitUntilHealthy } from '../commands/health-check.ts'
import { upstreamLog } from '../commands/nginx.ts'
import { instanceLink, isLinked, switchBack, switchLink } from '../commands/release.ts'
import { isUnitFile } from '../commands/systemd.ts'
import { switchUnit } from '../commands/unit-action.ts'
import type { Step } from '../schema/plan.ts'
import { spanMs } from '../schema/spans.ts'
import type { Instance } from './deployment-instances.ts'
import { chained, gettingRequests, letAnswer, sendTo, type Shares } from './deployment-proxy.ts'
import { beHealthy, enable, runAgain, settle, start, stop, unlessServing } from './deployment-units.ts'
import type { WantedUnit, Wish } from './deployment-wish.ts'

/** The new release in the instances, as the strategy has it. Without instances there is nothing to do. */
export function bringInstances(wish: Wish): Step[] {
  if (wish.instances.length === 0) return []
  return chained(stepsOf(wish), wish.facts.proxy.file)
}

function stepsOf(wish: Wish): Step[] {
  const { kind } = wish.application.strategy
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
    return [...away, ...runNew(wish, one)]
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
const blueGreen = (wish: Wish): Step[] => [...prepareFresh(wish), ...switchToFresh(wish)]

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
    settle(wish, {
      id: `${fresh.name}.settle`,
      title: `See for ${wish.application.settle} that ${fresh.name} stays healthy before anybody is sent there`,
      checks: fresh.checks,
      around: fresh.around,
    }),
  ]
}

const switchToFresh = (wish: Wish): Step[] =>
  send(wish, { id: 'proxy.switch', to: [freshOf(wish)] }, `Send all requests to ${freshOf(wish).name}`)

function tryOut(wish: Wish): Step[] {
  const { share, watch, errors, least, gate } = wish.application.strategy
  const [fresh, others] = [freshOf(wish), staying(wish)]
  const of = [share * others.length, ...others.map(() => 100 - share)]
  const divisor = of.reduce(commonDivisor)
  const watched = {
    checks: fresh.checks,
    around: fresh.around,
    log: upstreamLog(wish.proxy?.name ?? ''),
    address: `127.0.0.1:${fresh.port}`,
    errors,
  }
  const forMs = spanMs(watch)
  return [
    ...send(
      wish,
      { id: 'proxy.share', to: [fresh, ...others], of: of.map((weight) => weight / divisor), logged: true },
      `Send ${share} of 100 requests to ${fresh.name}`,
    ),
    unlessServing(wish, {
      id: 'canary.watch',
      title: `Watch ${fresh.name} for ${watch}: healthy, and no more than ${errors} of 100 answers with a status of 500 or above`,
      as: 'root',
      // Few answers say little; how many there must be is asked at the end.
      watch: {
        forMs,
        everyMs: Math.max(1_000, Math.round(forMs / 120)),
        look: judgeCanary(watched, { least: 50, needed: false }, 'read'),
      },
      apply: [judgeCanary(watched, { least, needed: true }, 'change')],
    }),
    ...(gate === undefined
      ? []
      : [
          unlessServing(wish, {
            id: 'canary.gate',
            title: `Have a person confirm that ${wish.release} gets all requests`,
            as: 'root',
            gate: {
              question: `${wish.release} of ${wish.application.name} has done well with ${share} of 100 requests.`,
              phrase: `yes, send all requests to ${wish.release}`,
              limitMs: spanMs(gate),
            },
            apply: [],
          }),
        ]),
  ]
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))

/** Once the new release has proved itself: who got requests before it answers those that it has, and stops. */
export function retireOld(wish: Wish): Step[] {
  const { kind } = wish.application.strategy
  if (wish.instances.length === 0 || kind === 'rolling' || kind === 'recreate') return []
  const fresh = freshOf(wish)
  return wish.instances
    .filter((one) => one !== fresh)
    .flatMap((one) => one.units.flatMap((unit, at) => retire(wish, one, unit, at)))
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

/** The instance that the new release starts in: one that gets no requests, where there is any. */
export function freshOf(wish: Wish): Instance {
  const serving = gettingRequests(wish.instances, wish.facts)
  const idle = wish.instances.filter((one) => !serving.includes(one))
  const fresh = wish.serves === null ? (idle[0] ?? wish.instances.at(-1)) : serving[0]
  if (fresh === undefined) throw new Error('an application without instances has none to start in')
  return fresh
}

/** Those that get requests until the switch. */
const staying = (wish: Wish): Instance[] =>
  gettingRequests(wish.instances, wish.facts).filter((one) => one !== freshOf(wish))

/** The instances that get requests once all is done. */
export function servingAfter(wish: Wish): readonly Instance[] {
  const { kind } = wish.application.strategy
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
      undo: [switchBack(link.path, kept), ...one.units.map((unit) => runAgain(wish, unit)), ...listensAgain(wish, one)],
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
