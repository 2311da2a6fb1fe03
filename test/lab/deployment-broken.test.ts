import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArtifactServer, type ServedArtifact, serveArtifacts } from '../support/artifacts.ts'
import { bringNginx, definition, packed, program, sitePort, touchable } from '../support/behind-nginx.ts'
import { install, type Installation } from '../support/installation.ts'
import { type Prepared, type PreparedServer, prepare } from '../support/prepared-host.ts'
import { keepAsking, type Requests } from '../support/requests.ts'

// Each way in which a version can be broken, for each strategy for which it is another one. Somebody asks all the time.

let drydock: Installation
let prepared: Prepared
let server: PreparedServer
let artifacts: ArtifactServer
let asking: Requests
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  prepared = await prepare(drydock, { name: 'broken', kept: 'with-nginx', makeReady: bringNginx })
  server = await prepared.boot(drydock)
  await onHost(oneSmallDisk)
  artifacts = await serveArtifacts(server.host)
}, 600_000)
afterAll(async () => {
  await artifacts.close()
  await drydock.close()
  await server.host.stop()
  await prepared.close()
})

/** Applications and what Drydock notes lie on the same disk, as on most servers; this one can be filled. */
const oneSmallDisk = `mount -t tmpfs -o size=220m tmpfs /srv && mkdir -m 700 /srv/.drydock && mount --bind /srv/.drydock /var/lib/drydock`
const leaveFree = (mebibytes: number): string =>
  `fallocate -l $(( $(stat -f -c '%a * %S' /srv) - ${mebibytes} * 1048576 )) /srv/.filler`

type Change = Record<string, unknown>
type Strategy = { readonly kind: string } & Change

async function onHost(script: string): Promise<string> {
  const ended = await server.host.sh(script)
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 })
  return ended.stdout.trim()
}

const deploy = (version: string, artifact: ServedArtifact, strategy: Strategy, change: Change = {}) =>
  drydock.finish('POST', '/v1/applications/hello/deployments', {
    definition: definition(version, artifact, { strategy, ...change }),
    server: server.name,
  })

/** Which start of each it is that runs. */
const starts = () =>
  onHost(
    `for unit in $(systemctl list-units --plain --no-legend --state=active 'hello@*' nginx.service | awk '{ print $1 }'); do systemctl show --property=Id,InvocationID $unit; done`,
  )

/** A way for a version to be broken, and what has to be told of it. */
type Way = {
  readonly way: string
  /** What goes on on the host meanwhile. */
  readonly before?: string
  readonly bring: (version: string) => { readonly artifact: ServedArtifact; readonly change?: Change }
  /** The failing stage by its title. */
  readonly stage: RegExp
  /** What the host said, and a line that the unit has logged. */
  readonly says: RegExp
  readonly logged?: string
  readonly ends?: 'rolled_back' | 'refused'
  /** Nothing that serves was so much as restarted. */
  readonly isApart?: true
  /** It has answered somebody before it failed. */
  readonly meetsAskers?: true
}

/** A program that says something in its journal and then does otherwise than version 1 does. */
const broken = (version: string, says: string, otherwise: (text: string) => string): ServedArtifact =>
  packed(artifacts, version, otherwise(`print STDERR "${says}\\n";\n${program(version)}`))

const doesNotStart: Way = {
  way: 'does not start',
  bring: (version) => ({ artifact: broken(version, 'no database here', (text) => `${text.split('\n')[0]} exit 3;`) }),
  stage: /"(Run hello@\w+\.service from|Wait until something listens on port)/,
  says: /./,
  logged: 'no database here',
}
const isUnhealthy: Way = {
  way: 'starts and fails its health check',
  bring: (version) => ({
    artifact: broken(version, 'the queue is far away', (text) => text.replace("'200 OK'", "'503 No Queue'")),
    change: { health: [{ http: 'http://127.0.0.1:$PORT/health', limit: '2s' }] },
  }),
  stage: /"Wait until http:\/\/127\.0\.0\.1:808\d\/health answers 200"/,
  says: /answers 503, wanted is 200/,
  logged: 'the queue is far away',
}
const diesLater: Way = {
  way: 'passes its health checks and dies in the settle time',
  bring: (version) => ({
    artifact: broken(version, 'begins well', (text) =>
      text.replace('while (', '$SIG{ALRM} = sub { die "lost the database\\n" }; alarm 3;\nwhile ('),
    ),
    change: { settle: '6s' },
  }),
  stage: /"See for 6s that .+ stays healthy/,
  says: /did not stay (up|so) for 6s|A unit does not run/,
  logged: 'lost the database',
}
const hookFails: Way = {
  way: 'has a hook that fails after the switch',
  bring: (version) => ({
    artifact: packed(artifacts, version),
    change: { hooks: { after: [{ run: 'echo first; echo cannot announce >&2; exit 3' }] } },
  }),
  stage: /"After the switch: echo first/,
  says: /exit status 3\. cannot announce/,
  meetsAskers: true,
}
const firstHookFails: Way = {
  way: 'has a hook that fails before the switch',
  bring: (version) => ({
    artifact: packed(artifacts, version),
    change: { hooks: { before: [{ run: 'echo cannot migrate >&2; exit 4' }] } },
  }),
  stage: /"Before the switch: echo cannot migrate/,
  says: /exit status 4\. cannot migrate/,
  isApart: true,
}
const isCorrupt: Way = {
  way: 'has a corrupt artifact',
  bring: (version) => {
    const artifact = packed(artifacts, version)
    artifacts.corrupt(`hello-${version}.tar.gz`)
    return { artifact }
  },
  stage: /"See that it has the declared SHA-256"/,
  says: /not what was declared/,
  isApart: true,
}
const findsNoRoom: Way = {
  way: 'finds a full disk',
  before: leaveFree(40),
  bring: (version) => ({ artifact: packed(artifacts, version) }),
  stage: /Nothing was changed on/,
  says: /There is no room: \d+ MiB are free at \/srv\/hello/,
  ends: 'refused',
  isApart: true,
}
const fillsWhileFetched: Way = {
  way: 'fills the disk while it is fetched',
  before: leaveFree(66),
  bring: (version) => ({ artifact: artifacts.serve(`${version}.tar.gz`, randomBytes(72 * 1_048_576)) }),
  stage: /"Fetch http/,
  says: /no space left on device/i,
  isApart: true,
}
const fillsWhileUnpacked: Way = {
  way: 'finds the disk full in the middle of being unpacked, by what others write',
  // Byte by byte: what is allocated at once beside somebody who writes may not fit any more, and is then given back at once.
  before: `until ls -d /srv/hello/releases/.*.draft > /dev/null 2>&1; do :; done; cat /dev/zero > /srv/.filler`,
  bring: (version) => ({
    artifact: artifacts.pack(`${version}.tar.gz`, { 'server.pl': program(version), data: randomBytes(48 * 1_048_576) }),
  }),
  stage: /"Unpack the release/,
  says: /no space left on device/i,
  isApart: true,
}
const diesWatched: Way = {
  ...diesLater,
  way: 'dies while it has a share of the requests',
  bring: (version) => ({ artifact: diesLater.bring(version).artifact }),
  stage: /"Watch \w+ for 8s/,
  says: /./,
  meetsAskers: true,
}

type Brought = { readonly version: string; readonly strategy: Strategy; readonly mayFail?: (share: number) => boolean }

/** The old release serves while a broken version is brought, and afterwards; what is told of it says where and why. */
async function expectOldServes({ before = 'true', bring, ...way }: Way, { version, strategy, mayFail }: Brought) {
  const was = await touchable(server.host)
  const startsBefore = await starts()
  const { artifact, change } = bring(version)
  await asking.look()
  const meanwhile = server.host.sh(before)
  const failed = await deploy(version, artifact, strategy, change)
  const seen = await asking.look()
  await meanwhile
  await onHost('rm -f /srv/.filler')
  expect(failed.result, JSON.stringify(failed)).toMatchObject({ state: way.ends ?? 'rolled_back' })
  expect(failed.result?.message).toMatch(way.stage)
  expect(failed.result?.message).toMatch(way.says)
  if (way.logged !== undefined)
    expect(failed.result?.problem).toMatchObject({ details: expect.stringContaining(way.logged) })
  const told = JSON.stringify([...seen.failures.slice(0, 3), failed])
  const share = seen.failures.length / (seen.answers.length + seen.failed)
  if (mayFail === undefined) expect(seen.failures.length, told).toBe(0)
  else expect(share, told).toSatisfy(mayFail)
  const old = ['1.0.0', ...(way.meetsAskers ? [version] : [])]
  expect(seen.answers.filter((answer) => answer.startsWith('200') && !old.includes(versionIn(answer)))).toEqual([])
  expect(await touchable(server.host)).toEqual(was)
  if (way.isApart) expect(await starts()).toBe(startsBefore)
  const { body } = await drydock.ask('GET', '/v1/applications/hello/releases')
  expect(body.items).toEqual(expect.arrayContaining([expect.objectContaining({ version: '1.0.0', active: true })]))
  expect(body.items).not.toEqual(expect.arrayContaining([expect.objectContaining({ version })]))
  console.log(`${strategy.kind}, ${way.way}: ${seen.failures.length} of ${seen.answers.length} requests failed`)
}

const versionIn = (answer: string): string => answer.split(' ')[1] ?? ''

/** Whatever a deployment might leave, by name. */
const everything = () =>
  onHost('find /srv /etc/systemd /etc/nginx -path /srv/.drydock -prune -o -printf "%p %u %g %m %l\\n" | sort')

test('a first deployment whose artifact is corrupt leaves nothing behind', async () => {
  const before = await everything()
  const { artifact } = isCorrupt.bring('0.9.0')
  const failed = await deploy('0.9.0', artifact, { kind: 'rolling' })
  expect(failed.result, JSON.stringify(failed)).toMatchObject({ state: 'rolled_back' })
  expect(await everything()).toBe(before)
}, 120_000)

test('the first version serves', async () => {
  const done = await deploy('1.0.0', packed(artifacts, '1.0.0'), { kind: 'rolling' })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  asking = await keepAsking(`http://${server.host.address}:${sitePort}/`)
}, 120_000)

/** One row a way; each of them brings another version. */
const rows = (first: string, ways: readonly Way[]) =>
  ways.map((one, at) => ({ ...one, version: `${first}.0.${at}`, name: one.way }))

describe('rolling: the old release serves every request while a version', () => {
  const faults = [doesNotStart, isUnhealthy, diesLater, hookFails, firstHookFails]
  test.each(rows('2', [...faults, isCorrupt, findsNoRoom, fillsWhileFetched, fillsWhileUnpacked]))(
    '$name',
    ({ version, ...way }) => expectOldServes(way, { version, strategy: { kind: 'rolling' } }),
    120_000,
  )
})

test('the same release serves from one of the instances', async () => {
  const done = await deploy('1.0.0', packed(artifacts, '1.0.0'), { kind: 'blue-green' })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
}, 120_000)

describe('blue-green: the old release serves every request, and nobody touches it, while a version', () => {
  test.each(rows('3', [doesNotStart, diesLater]))(
    '$name',
    ({ version, ...way }) => expectOldServes({ ...way, isApart: true }, { version, strategy: { kind: 'blue-green' } }),
    120_000,
  )

  test('has a hook that fails after the switch', async () => {
    await expectOldServes(hookFails, { version: '3.1.0', strategy: { kind: 'blue-green' } })
  }, 120_000)
})

test('canary: the old release serves all but a share of the requests while a version dies with that', async () => {
  const strategy = { kind: 'canary', share: 20, watch: '8s', least: 10 }
  await expectOldServes(diesWatched, { version: '4.0.0', strategy, mayFail: (share) => share > 0 && share < 0.2 })
}, 120_000)

describe('recreate: the old release serves again after a version', () => {
  test('does not start', async () => {
    const strategy = { kind: 'recreate' }
    await expectOldServes(doesNotStart, { version: '5.0.0', strategy, mayFail: (share) => share > 0 && share < 1 })
  }, 120_000)

  test('has a corrupt artifact, and is not even stopped', async () => {
    await expectOldServes(isCorrupt, { version: '5.0.1', strategy: { kind: 'recreate' } })
  }, 120_000)
})
