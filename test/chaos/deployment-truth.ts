import assert from 'node:assert/strict'
import type { EndState } from '../../schema/operation.ts'
import type { Installation } from '../support/installation.ts'
import { until } from '../support/installation.ts'
import type { DeployedServer } from './deployed-server.ts'
import { twiceIn } from './work.ts'
import { leftOn, say, startsOn } from './witness.ts'

type Deployment = {
  readonly id: string
  readonly version: string
  /** What served when it began. */
  readonly before: string | null
}

/** Ends that say that the new release serves, and those that say that the old one does. */
const isNew: readonly EndState[] = ['succeeded', 'unchanged']
const isOld: readonly EndState[] = ['rolled_back', 'refused', 'failed', 'cancelled']

/**
 * One version serves, everywhere; what Drydock says of the operation and of releases is so; nothing was started twice, and
 * nothing is left. Answers how it ended.
 */
export async function expectTrue(drydock: Installation, on: DeployedServer, o: Deployment): Promise<EndState> {
  const { result } = await drydock.operation(o.id)
  const told = `${result?.state} (${result?.message})`
  try {
    const stored = await drydock.store.operations.get(o.id)
    const state = stored?.result?.state
    assert.ok(state !== undefined, 'it has no end')
    const version = await oneVersion(on, state)
    if (isNew.includes(state)) assert.equal(version, o.version, 'what serves')
    if (isOld.includes(state)) assert.equal(version, o.before, 'what serves')
    await expectWholeOn(on, version)
    await expectHooksOnce(on, o.version, isNew.includes(state))
    await expectNothingLeft(drydock, on, o.id)
    await expectTruthOfReleases(drydock, on, version)
    return state
  } catch (error) {
    throw new Error(`${told}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Asked often enough that each instance that gets requests is; where nobody can tell the end, the host may still boot. */
async function oneVersion({ url }: DeployedServer, state: EndState): Promise<string> {
  const ask = async (): Promise<string> => {
    const answer = await fetch(url, { headers: { connection: 'close' } })
    return answer.status === 200 ? ((await answer.text()).split(' ')[0] ?? '') : `status ${answer.status}`
  }
  if (state === 'unknown')
    await until(
      () =>
        ask().then(
          (answer) => (answer.startsWith('status') ? null : answer),
          () => null,
        ),
      60_000,
    )
  const answers = new Set<string>()
  for (let asked = 0; asked < 12; asked += 1) answers.add(await ask())
  const [version = '', ...others] = answers
  assert.deepEqual([...others], [], `more than one version serves: ${[...answers].join(', ')}`)
  return version
}

/** Links, units and proxy agree on it, and nothing half-made lies about. */
async function expectWholeOn({ server: { host } }: DeployedServer, version: string): Promise<void> {
  const current = (await say(host, 'readlink /srv/hello/current')).trim()
  assert.ok(current.startsWith(`releases/${version}-`), `current leads to ${current}`)
  const running = await say(
    host,
    `for name in blue green; do systemctl is-active -q hello@$name && echo "$name $(readlink /srv/hello/instances/$name) $(. /srv/hello/instances/$name.env; curl -s http://127.0.0.1:$PORT/)"; done; true`,
  )
  for (const line of running.split('\n').filter(Boolean)) {
    const [name = '', release = '', answer = ''] = line.split(' ')
    assert.ok(release.startsWith(`../releases/${version}-`) && answer === version, `${name} runs ${release}: ${answer}`)
  }
  const starting = await say(
    host,
    'for name in blue green; do systemctl is-enabled -q hello@$name && echo $name; done; true',
  )
  const active = running.split('\n').flatMap((line) => line.split(' ')[0] || [])
  assert.deepEqual(starting.split('\n').filter(Boolean), active, 'what starts with the host is what runs')
  assert.equal(
    await say(host, 'nginx -t -q 2>&1; systemctl --failed --plain --no-legend'),
    '',
    'nginx and failed units',
  )
  assert.equal(
    await say(
      host,
      `find /srv/hello -name '.*' ! -name .drydock.env ! -name .incoming; ls -A /srv/hello/.incoming 2> /dev/null || true`,
    ),
    '',
    'half-made files',
  )
}

async function expectHooksOnce({ server: { host } }: DeployedServer, version: string, isDone: boolean): Promise<void> {
  const lines = (await say(host, 'cat /var/log/hooks')).split('\n').filter((line) => line.endsWith(` ${version}`))
  assert.deepEqual(twiceIn(lines), [], 'hooks that ran twice')
  if (isDone) assert.deepEqual(lines, [`before ${version}`, `after ${version}`], 'hooks')
}

async function expectNothingLeft(drydock: Installation, { server }: DeployedServer, id: string): Promise<void> {
  assert.deepEqual(twiceIn(await startsOn(server.host)), [], 'started twice on the server')
  assert.equal(await leftOn(server.host, id), '', 'processes left on the server')
  assert.equal(await drydock.store.locks.holder(server.id), null, 'the lock')
  const open = (await drydock.store.runs.ofOperation(id)).filter((run) => run.end === null)
  assert.deepEqual(
    open.map((run) => run.id),
    [],
    'runs without an end',
  )
}

async function expectTruthOfReleases(
  drydock: Installation,
  { server }: DeployedServer,
  version: string,
): Promise<void> {
  const active = await drydock.store.releases.active({ application: 'hello', serverId: server.id })
  assert.equal(active?.version, version, 'the active release, by the table')
}
