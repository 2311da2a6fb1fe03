import { judgeCanary, type Canary } from '../commands/canary.ts'
import { upstreamLog } from '../commands/nginx.ts'
import type { Step } from '../schema/plan.ts'
import { spanMs } from '../schema/spans.ts'
import { checksOfAll, type Instance } from './deployment-instances.ts'
import { freshOf } from './deployment-proxy.ts'
import { unlessServing } from './deployment-units.ts'
import type { Wish } from './deployment-wish.ts'

/** Until the first looks have seen so many answers, they judge none: a few say little. */
const leastAnswers = 50

/** The instance that gets a share of the requests is watched, and then a person asked, where one is to be. */
export const watchShare = (wish: Wish, fresh: Instance): Step[] => [
  watch(wish, {
    who: fresh.name,
    canary: { checks: fresh.checks, around: fresh.around, answers: answersOf(wish, fresh) },
  }),
  ...gate(wish, `with ${wish.application.strategy.share} of 100 requests`),
]

/** The same of a whole server that got the release before others do. */
export function watchServer(wish: Wish): Step[] {
  if (wish.part !== 'canary' && wish.part !== 'gated') return []
  const instance = wish.proxy === null ? null : freshOf(wish)
  const plain = wish.units.flatMap(({ health }) => health)
  const checks = [...plain, ...(instance?.checks ?? []), ...checksOfAll(wish.application)]
  const answers = instance === null ? null : answersOf(wish, instance)
  return [
    watch(wish, { who: 'this server', canary: { checks, around: wish.around, answers } }),
    ...(wish.part === 'gated' ? gate(wish, 'on the first servers') : []),
  ]
}

const answersOf = ({ proxy, application }: Wish, { port }: Instance): Canary['answers'] => ({
  log: upstreamLog(proxy?.name ?? application.name),
  address: `127.0.0.1:${port}`,
  errors: application.strategy.errors,
})

function watch(wish: Wish, { who, canary }: { who: string; canary: Canary }): Step {
  const { watch: period, errors, least } = wish.application.strategy
  const forMs = spanMs(period)
  const well =
    canary.answers === null ? '' : `, and no more than ${errors} of 100 answers with a status of 500 or above`
  return unlessServing(wish, {
    id: 'canary.watch',
    title: `Watch ${who} for ${period}: healthy${well}`,
    as: 'root',
    watch: {
      forMs,
      everyMs: Math.max(1_000, Math.round(forMs / 120)),
      look: judgeCanary(canary, { least: leastAnswers, isNeeded: false, effect: 'read' }),
    },
    apply: [judgeCanary(canary, { least, isNeeded: true, effect: 'change' })],
  })
}

function gate(wish: Wish, how: string): Step[] {
  const { application, release } = wish
  if (application.strategy.gate === undefined) return []
  return [
    unlessServing(wish, {
      id: 'canary.gate',
      title: `Have a person confirm that ${release} goes on`,
      as: 'root',
      gate: {
        question: `${release} of ${application.name} has done well ${how}.`,
        phrase: `yes, go on with ${release}`,
        limitMs: spanMs(application.strategy.gate),
      },
      apply: [],
    }),
  ]
}
