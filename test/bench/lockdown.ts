import { quote } from '../../commands/shell.ts'
import type { LabHost } from '../../lab/index.ts'
import type { Command } from '../../schema/command.ts'
import type { Plan } from '../../schema/plan.ts'
import { getReadyForLockdown } from '../chaos/fresh-lockdown.ts'
import { mortalPostgres, mortalTemporal } from '../chaos/mortal.ts'
import { install, type Installation } from '../support/installation.ts'
import { through } from '../support/lockdowns.ts'
import { prepare, type Prepared } from '../support/prepared-host.ts'
import { ssh } from '../support/ssh-client.ts'
import { type Figures, inTurns, quantile } from './measure.ts'

/** Only so that a busy machine does not end the measurement: it is no part of what is measured. */
const patient = { revert_after_ms: 600_000 }

/**
 * A lockdown of a prepared host, the proofs set aside, against the commands that it ran in one script over one ssh to
 * an identical host. The proofs are told beside: log-ins anew before and after, and what is looked at after each step.
 */
export async function preparedLockdown(): Promise<Figures> {
  const open: (() => Promise<unknown>)[] = []
  try {
    const temporal = await mortalTemporal()
    open.push(() => temporal.close())
    const postgres = await mortalPostgres()
    open.push(() => postgres.close())
    const drydock = await install({}, { temporal: temporal.address, postgres: postgres.address })
    open.push(() => drydock.close())
    await drydock.startWorker()
    const prepared = await prepare(drydock, {
      name: 'bench-lockdown',
      makeReady: (server) => getReadyForLockdown(drydock, server, 'ready'),
    })
    open.push(() => prepared.close())
    return await compare(drydock, prepared)
  } finally {
    for (let close = open.pop(); close !== undefined; close = open.pop()) await close()
  }
}

async function compare(drydock: Installation, prepared: Prepared): Promise<Figures> {
  const recorded = await lockDown(drydock, prepared)
  const proofs: number[] = []
  const verifications: number[] = []
  const wholes: number[] = []
  const figures = await inTurns({
    async ours() {
      const { tookMs, logInMs } = await lockDown(drydock, prepared)
      proofs.push(logInMs)
      wholes.push(tookMs)
      return tookMs - logInMs
    },
    async reference() {
      const { tookMs, verifyMs } = await typeAll(drydock, prepared, recorded)
      verifications.push(verifyMs)
      return tookMs
    },
    rounds: 3,
    warmUp: 1,
  })
  const verifyMs = quantile(verifications, 0.5)
  const told = { whole: quantile(wholes, 0.5), log_ins: quantile(proofs, 0.5), looks_after_steps: verifyMs }
  process.stderr.write(`A lockdown in whole, and of that its proofs, in ms: ${JSON.stringify(told)}\n`)
  return { ...figures, ours: figures.ours - verifyMs }
}

type Recorded = { readonly plan: Plan; readonly host: Pick<LabHost, 'address'> }

async function lockDown(
  drydock: Installation,
  prepared: Prepared,
): Promise<Recorded & { tookMs: number; logInMs: number }> {
  const server = await prepared.boot(drydock)
  try {
    await idle(server.host)
    const begun = performance.now()
    const done = await through(drydock, server, 'lockdowns', patient)
    const tookMs = performance.now() - begun
    if (done.result?.state !== 'succeeded') throw new Error(`the lockdown: ${JSON.stringify(done.result)}`)
    const plan = await drydock.store.plans.ofOperation(done.id)
    if (plan === null) throw new Error('the lockdown has no plan')
    return { plan, host: server.host, tookMs, logInMs: await msOfLogIns(drydock, done.workflow_id) }
  } finally {
    await server.host.stop()
  }
}

/** The same commands, typed as an administrator would who has them in a script; what is to be seen after each is timed apart. */
async function typeAll(
  drydock: Installation,
  prepared: Prepared,
  { plan, host: recordedOn }: Recorded,
): Promise<{ tookMs: number; verifyMs: number }> {
  const { host } = await prepared.boot(drydock)
  try {
    await idle(host)
    const steps = plan.steps.filter(({ alreadySo }) => alreadySo === undefined)
    const here = (text: string): string =>
      text.replaceAll(recordedOn.address, host.address).replaceAll(gatewayOf(recordedOn), gatewayOf(host))
    const type = ({ script }: Command): string => `sh -c ${quote(here(script))} < /dev/null || exit 1\n`
    const looked = (verify: Command | undefined): string =>
      verify === undefined ? '' : `since=$(date +%s%N)\n${type(verify)}looked=$((looked + $(date +%s%N) - since))\n`
    const script = steps.map(({ apply, verify }) => `${apply.map(type).join('')}${looked(verify)}`).join('')
    const begun = performance.now()
    const ended = await ssh({ ...host, user: 'root' }, 'sh -s', `looked=0\n${script}echo "looked $looked"\n`)
    const wholeMs = performance.now() - begun
    const verifyMs = Number(/^looked (\d+)$/m.exec(ended.stdout)?.[1]) / 1e6
    if (ended.exitCode !== 0) throw new Error(`the script ended with ${ended.exitCode}: ${ended.stderr}`)
    return { tookMs: wholeMs - verifyMs, verifyMs }
  } finally {
    await host.stop()
  }
}

const gatewayOf = ({ address }: Pick<LabHost, 'address'>): string =>
  address.replace(/\d+$/, (last) => String(Number(last) - 1))

/** Whatever it starts by itself as it boots is no part of either side. */
const idle = (host: LabHost): Promise<unknown> => host.sh('systemctl is-system-running --wait')

const logIns = ['proveKeyLogin', 'proveAccess']

const at = ({ eventTime }: { eventTime?: { seconds?: unknown; nanos?: number | null } | null }): number =>
  Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6

/** What the activities took that do nothing but log in anew, by Temporal's own clock. */
async function msOfLogIns({ temporal }: Installation, workflowId: string): Promise<number> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory()
  const scheduled = new Map<string, number>()
  let ms = 0
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: begun, activityTaskCompletedEventAttributes: ended } = event
    if (begun && logIns.includes(begun.activityType?.name ?? '')) scheduled.set(String(event.eventId), at(event))
    const since = scheduled.get(String(ended?.scheduledEventId))
    if (since !== undefined) ms += at(event) - since
  }
  return ms
}
