import { expect, test } from 'vitest'
import { type Operation, until } from '../support/installation.ts'
import { keepAsking } from '../support/requests.ts'
import { bringTools } from '../support/artifacts.ts'
import { useDeploying } from '../support/deploying.ts'

const at = useDeploying({ name: 'deployment', kept: 'with-curl', makeReady: bringTools })
const host = () => at.server.host

const port = 8080
/** Answers who it is and what its environment says; perl is on every host. */
const program = (version: string): string => `use strict; use warnings; use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die "cannot listen: $!";
print STDERR "version ${version} listens\\n";
while (my $peer = $socket->accept) {
  while (defined(my $line = <$peer>)) { last if $line =~ /^\\r?\\n$/ }
  my $body = "hello ${version} $ENV{GREETING}\\n";
  print $peer "HTTP/1.0 200 OK\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n$body";
  close $peer;
}
`
const unitFile = `[Unit]
Description=Hello
[Service]
User=app
WorkingDirectory=/srv/hello/current
EnvironmentFile=/srv/hello/current/.drydock.env
ExecStart=/usr/bin/perl /srv/hello/current/server.pl
Restart=on-failure
RestartSec=200ms
[Install]
WantedBy=multi-user.target
`

type Change = Record<string, unknown>

const definition = (version: string, greeting: string, artifact: Change, change: Change = {}) => ({
  name: 'hello',
  version,
  artifact,
  units: [{ name: 'hello', file: unitFile, limit: '20s' }],
  environment: { PORT: port, GREETING: greeting },
  health: [{ http: `http://127.0.0.1:${port}/`, body: 'hello', limit: '10s' }],
  settle: '2s',
  ...change,
})

const deployments = '/v1/applications/hello/deployments'
const deploy = (version: string, greeting: string, artifact: Change, change: Change = {}): Promise<Operation> =>
  at.drydock.finish('POST', deployments, {
    definition: definition(version, greeting, artifact, change),
    server: at.server.name,
  })

const packed = (version: string, text = program(version)) =>
  at.artifacts.pack(`hello-${version}.tar.gz`, { 'server.pl': text, 'public/index.html': version })

const served = async (): Promise<string> =>
  (await (await fetch(`http://${host().address}:${port}/`, { headers: { connection: 'close' } })).text()).trim()
const onHost = async (script: string): Promise<string> => (await host().sh(script)).stdout.trim()
const fingerprint = (): Promise<string> =>
  onHost(
    `find /srv /etc/systemd -xdev -printf '%p %u %g %m %l\\n' | sort; find /srv /etc/systemd -xdev -type f -exec sha256sum {} + | sort; systemctl show --property=InvocationID hello`,
  )

test('a first deployment brings the release, its environment and its unit', async () => {
  const done = await deploy('1.0.0', 'world', packed('1.0.0'))
  expect(done.result, JSON.stringify(done)).toMatchObject({
    state: 'succeeded',
    deployment: { application: 'hello', previous: null },
  })
  expect(await served()).toBe('hello 1.0.0 world')
  expect(await onHost('stat -c "%a %U" /srv/hello/current/.drydock.env')).toBe('600 root')
  expect(await onHost('systemctl is-enabled hello')).toBe('enabled')
}, 240_000)

test('the same once more changes nothing', async () => {
  const before = await fingerprint()
  const again = await deploy('1.0.0', 'world', packed('1.0.0'))
  expect(again.result, JSON.stringify(again)).toMatchObject({ state: 'unchanged' })
  expect(await fingerprint()).toBe(before)
}, 240_000)

test('a dry run shows the environment that would change, and no value of a secret', async () => {
  await at.drydock.ask('PUT', '/v1/secrets/hello-greeting', { value: 'hush "and\\ $quoted`' })
  const before = await fingerprint()
  const environment = { PORT: port, GREETING: { secret: 'hello-greeting' } }
  const preview = await at.drydock.finish('POST', deployments, {
    definition: definition('1.1.0', '', packed('1.1.0'), { environment }),
    server: at.server.name,
    dry_run: true,
  })
  expect(preview.result, JSON.stringify(preview)).toMatchObject({ state: 'unchanged' })
  expect(preview.plan).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({
        id: 'environment',
        file: expect.objectContaining({
          before: 'GREETING="world"\nPORT="8080"\n',
          after: 'GREETING=<secret hello-greeting version 1>\nPORT="8080"\n',
        }),
      }),
    ]),
  })
  expect(await fingerprint()).toBe(before)
}, 240_000)

test('another release takes its place, with a secret in its environment that nobody is told', async () => {
  const asking = await keepAsking(`http://${host().address}:${port}/`)
  const done = await deploy('1.1.0', '', packed('1.1.0'), {
    environment: { PORT: port, GREETING: { secret: 'hello-greeting' } },
  })
  const seen = await asking.stop()
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  expect(await served()).toBe('hello 1.1.0 hush "and\\ $quoted`')
  expect(JSON.stringify(await at.drydock.operation(done.id))).not.toContain('hush')
  expect(new Set(seen.answers)).toEqual(new Set(['200 hello 1.0.0 world', '200 hello 1.1.0 hush "and\\ $quoted`']))
  console.log(
    `one unit, restarted: ${seen.failed} of ${seen.answers.length + seen.failed} requests failed, longest gap ${seen.longestGapMs} ms`,
  )
}, 240_000)

const broken = async (version: string, artifact: Change, change: Change = {}): Promise<Operation> => {
  const before = await served()
  const failed = await deploy(version, 'broken', artifact, change)
  expect(await served(), JSON.stringify(failed)).toBe(before)
  expect(await onHost('readlink /srv/hello/current')).toMatch(/^releases\/1\.1\.0-/)
  expect(await onHost('ls /srv/hello/releases')).not.toContain(version)
  return failed
}

test('a release that does not start is taken back, and its last log lines are in the answer', async () => {
  const failed = await broken('2.0.0', packed('2.0.0', 'die "no database here\\n";'))
  expect(failed.result).toMatchObject({
    state: 'rolled_back',
    problem: { details: expect.stringContaining('no database here') },
  })
  expect(failed.result?.message).toContain('Run hello.service from 2.0.0-')
}, 240_000)

test('a release that dies while it should settle is taken back', async () => {
  const dies = program('2.0.2').replace('while (my $peer', 'alarm 4; while (my $peer')
  const failed = await broken('2.0.2', packed('2.0.2', dies), { settle: '12s' })
  expect(failed.result).toMatchObject({ state: 'rolled_back' })
  expect(failed.result?.message).toContain('See for 12s')
}, 240_000)

test('a host that loses its power in the middle of a deployment serves the old release again', async () => {
  const before = await served()
  const begun = await at.drydock.start('POST', deployments, {
    definition: definition('2.0.3', 'broken', packed('2.0.3'), {
      hooks: { after: [{ run: 'echo begun > /tmp/announced; sleep 60' }] },
    }),
    server: at.server.name,
  })
  await until(async () => ((await host().sh('cat /tmp/announced')).stdout === '' ? null : true))
  await host().reboot('power_cut')
  const { result } = await at.drydock.ended(begun.id, 120_000)
  expect(result).toMatchObject({
    state: 'rolled_back',
    message: expect.stringMatching(/"After the switch: echo begun .+ was cut off on .+ the host rebooted/),
  })
  expect([await served(), await onHost('cat /srv/hello/current/public/index.html')]).toEqual([before, '1.1.0'])
}, 240_000)

test('it goes back to a release with its environment, forward again, and to none that it does not know', async () => {
  const back = await at.drydock.finish('POST', '/v1/applications/hello/rollbacks', {})
  expect(back.result, JSON.stringify(back)).toMatchObject({ state: 'succeeded' })
  expect(await served()).toBe('hello 1.0.0 world')
  const forward = await at.drydock.finish('POST', '/v1/applications/hello/rollbacks', { release: '1.1.0' })
  expect(forward.result, JSON.stringify(forward)).toMatchObject({ state: 'succeeded' })
  expect(await served()).toBe('hello 1.1.0 hush "and\\ $quoted`')
  const unknown = await at.drydock.ask('POST', '/v1/applications/hello/rollbacks', { release: '9.9.9' })
  expect(unknown).toMatchObject({ status: 409, body: { suggestion: expect.stringMatching(/1\.1\.0-\w+, 1\.0\.0-/) } })
  const { body } = await at.drydock.ask('GET', '/v1/applications/hello/releases')
  expect(body.items).toMatchObject([
    { version: '1.1.0', active: true, by: 'test-operator' },
    { version: '1.0.0', active: false },
    { version: '1.1.0', active: false },
    { version: '1.0.0', active: false },
  ])
}, 240_000)

/** Answers through a socket that systemd holds, and ends what it has begun before it stops. */
const steadyProgram = (version: string): string => `use strict; use warnings; use IO::Socket::INET;
my $socket = IO::Socket::INET->new_from_fd(3, '+<') or die "no socket: $!";
my $over = 0; $SIG{TERM} = sub { $over = 1 };
until ($over) {
  my $peer = $socket->accept or next;
  while (defined(my $line = <$peer>)) { last if $line =~ /^\\r?\\n$/ }
  print $peer "HTTP/1.0 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n${version}";
  close $peer;
}
`
const steadyUnit = `[Service]
User=app
ExecStart=/usr/bin/perl /srv/steady/current/server.pl
`

test('behind a socket of systemd a release takes the place of another without one failed request', async () => {
  const socket = '[Socket]\nListenStream=8081\nBacklog=1024\n[Install]\nWantedBy=sockets.target\n'
  // The socket is the host's own, and stays open whatever is deployed; systemd starts it only where its service is known.
  const made = await host().sh(
    `cd /etc/systemd/system && printf '%s' '${socket}' > steady.socket && printf '%s' '${steadyUnit}' > steady.service && systemctl daemon-reload && systemctl start steady.socket`,
  )
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  const bring = (version: string) =>
    at.drydock.finish('POST', '/v1/applications/steady/deployments', {
      definition: {
        name: 'steady',
        version,
        artifact: at.artifacts.pack(`steady-${version}.tar.gz`, { 'server.pl': steadyProgram(version) }),
        units: [{ name: 'steady', file: steadyUnit }],
        health: [{ http: 'http://127.0.0.1:8081/', body: version }],
        settle: '2s',
      },
      server: at.server.name,
    })
  const first = await bring('1.0.0')
  expect(first.result, JSON.stringify(first)).toMatchObject({ state: 'succeeded' })
  const asking = await keepAsking(`http://${host().address}:8081/`)
  const second = await bring('2.0.0')
  const seen = await asking.stop()
  expect(second.result, JSON.stringify(second)).toMatchObject({ state: 'succeeded' })
  console.log(`behind a socket: ${seen.failed} of ${seen.answers.length} failed, longest gap ${seen.longestGapMs} ms`)
  expect([seen.failed, [...new Set(seen.answers)]]).toEqual([0, ['200 1.0.0', '200 2.0.0']])
}, 240_000)
