import type { Backup } from '../commands/backup.ts'
import type { DeploymentFacts } from '../commands/deployment-facts.ts'
import {
  drain,
  isUpstreamLike,
  membersIn,
  switchUpstream,
  switchUpstreamBack,
  upstreamText,
  type Upstream,
} from '../commands/nginx.ts'
import type { Application } from '../schema/application.ts'
import type { Step } from '../schema/plan.ts'
import { spanMs } from '../schema/spans.ts'
import type { Instance } from './deployment-instances.ts'
import type { Wish } from './deployment-wish.ts'

/** Who stands before the instances of an application. */
export type ProxyOf = Pick<Upstream, 'name' | 'path' | 'site'> & { readonly drainMs: number }

export function proxyOf({ name, proxy }: Application): ProxyOf | null {
  if (proxy === undefined) return null
  const upstream = proxy.nginx.upstream ?? name
  return {
    name: upstream,
    path: proxy.nginx.file ?? `/etc/nginx/conf.d/drydock-${upstream}.conf`,
    site: proxy.nginx.site ?? null,
    drainMs: spanMs(proxy.drain),
  }
}

/** Those of the instances that get requests now. */
export function gettingRequests(instances: readonly Instance[], facts: DeploymentFacts): Instance[] {
  const names = membersIn(facts.proxy.file ?? '').map(({ name }) => name)
  return instances.filter(({ name }) => names.includes(name))
}

/** The instance that the new release starts in: one that gets no requests, where there is any. */
export function freshOf({ instances, facts, serves }: Pick<Wish, 'instances' | 'facts' | 'serves'>): Instance {
  const serving = gettingRequests(instances, facts)
  const idle = instances.filter((one) => !serving.includes(one))
  const fresh = serves === null ? (idle[0] ?? instances.at(-1)) : serving[0]
  if (fresh === undefined) throw new Error('an application without instances has none to start in')
  return fresh
}

/** Who gets requests: each as many as another, unless shares are told. */
export type Shares = { readonly to: readonly Instance[]; readonly of?: readonly number[]; readonly logged?: boolean }

const upstreamOf = (proxy: ProxyOf, { to, of = to.map(() => 1), logged = false }: Shares): Upstream => ({
  ...proxy,
  members: to.map(({ name, port }, index) => ({ name, port, weight: of[index] ?? 1 })),
  logged,
})

/** Whether these get all requests, be they noted or not. */
export const isSentTo = (proxy: ProxyOf, facts: DeploymentFacts, to: readonly Instance[]): boolean =>
  [false, true].some((logged) => facts.proxy.file === upstreamText(upstreamOf(proxy, { to, logged })))

type Sending = Shares & {
  readonly id: string
  readonly title: string
  readonly backup: Backup
  /** These get no more of them, and may answer those that they have before the step is over. */
  readonly without?: readonly Instance[]
}

/** Sends requests to these instances and to no other; what is so already is left alone. */
export function sendTo(proxy: ProxyOf, o: Sending): Step {
  const upstream = upstreamOf(proxy, o)
  return {
    id: o.id,
    title: o.title,
    as: 'root',
    check: isUpstreamLike(upstream),
    apply: [switchUpstream(upstream, o.backup), ...(o.without ?? []).map((one) => letAnswer(proxy, one))],
    verify: isUpstreamLike(upstream),
    undo: [switchUpstreamBack(upstream, o.backup)],
    file: { path: proxy.path, before: null, after: upstreamText(upstream), mode: '644', owner: 'root' },
  }
}

/** The same steps, of whose changes of the file each is told by what the one before it has left. */
export function chained(steps: readonly Step[], found: string | null): Step[] {
  let before = found
  return steps.map((step) => {
    if (step.file === undefined || !step.id.startsWith('proxy.')) return step
    const file = { ...step.file, before }
    before = step.file.after
    return { ...step, file }
  })
}

/** Lets an instance that gets no new requests answer those that it has. */
export const letAnswer = (proxy: ProxyOf, { port }: Instance) => drain([port], proxy.drainMs)
