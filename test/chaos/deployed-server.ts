import assert from 'node:assert/strict'
import type { Plan } from '../../schema/plan.ts'
import { type ArtifactServer, serveArtifacts } from '../support/artifacts.ts'
import { bringNginx, definition, packed, program, sitePort } from '../support/behind-nginx.ts'
import type { Installation, Operation } from '../support/installation.ts'
import { until } from '../support/installation.ts'
import { prepare, type Prepared, type PreparedServer } from '../support/prepared-host.ts'
import { expectTrue } from './deployment-truth.ts'
import { endOf, pause, start } from './work.ts'
import { callWitness, say } from './witness.ts'

export const strategies = ['rolling', 'blue-green', 'canary', 'recreate'] as const
export type StrategyKind = (typeof strategies)[number]

/** A server on which an application serves, and on which one release after the other may be tried. */
export type DeployedServer = {
  readonly server: PreparedServer
  readonly artifacts: ArtifactServer
  readonly url: string
  close(): Promise<void>
}

/** Instances, nginx before them, a host that keeps a book of its own, and a first version that serves. */
export async function makeDeployed(drydock: Installation, prepared: Prepared): Promise<DeployedServer> {
  const server = await prepared.boot(drydock)
  const { host } = server
  let artifacts: ArtifactServer | null = null
  const close = async () => {
    await artifacts?.close()
    await host.stop()
  }
  try {
    await callWitness(host)
    await say(host, `install -m 666 /dev/null ${hooksFile}`)
    artifacts = await serveArtifacts(host)
    const deployed = { server, artifacts, url: `http://${host.address}:${sitePort}/`, close }
    const first = await beginDeployment(drydock, deployed, { version: '1.0.0', strategy: 'rolling' })
    const { result } = await endOf(drydock, first, 240_000)
    assert.equal(result?.state, 'succeeded', JSON.stringify(result))
    await expectTrue(drydock, deployed, { id: first, version: '1.0.0', before: null })
    return deployed
  } catch (error) {
    await close()
    throw error
  }
}

export const prepareForDeployments = (drydock: Installation): Promise<Prepared> =>
  prepare(drydock, { name: 'chaos', kept: 'with-nginx', makeReady: bringNginx })

/** Where the hooks of each release write that they ran. */
export const hooksFile = '/var/log/hooks'

/** `bad`: its last hook fails, once it serves already, and all is taken back. */
export type Quality = 'good' | 'bad'

/** Has a release take the place of the one that serves; its hooks leave a trace on the server. */
export function beginDeployment(
  drydock: Installation,
  { artifacts, server }: Pick<DeployedServer, 'artifacts' | 'server'>,
  { version, strategy, quality = 'good' }: { version: string; strategy: StrategyKind; quality?: Quality },
): Promise<string> {
  const note = (when: string) => ({ run: `echo "${when} ${version}" >> ${hooksFile}; sleep 0.5` })
  const after = quality === 'good' ? [note('after')] : [note('after'), { run: 'exit 3' }]
  return start(drydock, '/v1/applications/hello/deployments', {
    definition: definition(version, packed(artifacts, version, program(version)), {
      strategy: { kind: strategy, ...(strategy === 'canary' ? { share: 50, watch: '3s', least: 0 } : {}) },
      hooks: { before: [note('before')], after },
    }),
    server: server.name,
  })
}

/** Waits until a share of the plan's steps is behind the deployment, and the next begins; answers which that is. */
export async function reachStage(drydock: Installation, id: string, share: number): Promise<string> {
  const plan = await until<Plan>(() => drydock.store.plans.ofOperation(id), 60_000)
  const step = plan.steps[Math.min(plan.steps.length - 1, Math.floor(plan.steps.length * share))]
  assert.ok(step !== undefined, 'the plan has no steps')
  await until(async () => (await hasBegun(drydock, id, step.id)) || null, 180_000)
  return step.id
}

/** Waits until something is taken back, and then for a while; answers what was taken back last. */
export async function reachUndo(drydock: Installation, id: string, afterMs: number): Promise<string> {
  const undone = async () =>
    (await drydock.store.runs.ofOperation(id)).findLast((run) => run.stepId.startsWith('undo-'))
  await until(async () => (await undone()) ?? ((await drydock.operation(id)).result === null ? null : true), 180_000)
  await pause(afterMs)
  return (await undone())?.stepId ?? 'the end'
}

async function hasBegun(drydock: Installation, id: string, stepId: string): Promise<boolean> {
  const now: Operation = await drydock.operation(id)
  return now.result !== null || (now.steps ?? []).some((step) => step.id === stepId && step.state !== 'pending')
}
