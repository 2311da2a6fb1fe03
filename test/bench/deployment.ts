import { randomBytes } from 'node:crypto'
import { type ArtifactServer, bringTools, serveArtifacts } from '../support/artifacts.ts'
import { mortalPostgres, mortalTemporal } from '../chaos/mortal.ts'
import { install, type Installation } from '../support/installation.ts'
import { prepare, type PreparedServer } from '../support/prepared-host.ts'
import { ssh } from '../support/ssh-client.ts'
import { type Figures, inTurns } from './measure.ts'

/** What a build leaves: one archive of 50 MB that does not compress. */
const payload = randomBytes(50_000_000)

/**
 * A deployment of 50 MB, from the request to its end, against the same acts in one script over one ssh: fetched,
 * compared with its checksum, its names looked at, unpacked beside, flushed, switched by a rename, restarted, healthy, a second of settling.
 */
export async function deployment(): Promise<Figures> {
  const open: (() => Promise<unknown>)[] = []
  try {
    const temporal = await mortalTemporal()
    open.push(() => temporal.close())
    const postgres = await mortalPostgres()
    open.push(() => postgres.close())
    const drydock = await install({}, { temporal: temporal.address, postgres: postgres.address })
    open.push(() => drydock.close())
    await drydock.startWorker()
    const prepared = await prepare(drydock, { name: 'bench-deployment', kept: 'with-curl', makeReady: bringTools })
    open.push(() => prepared.close())
    const server = await prepared.boot(drydock)
    open.push(() => server.host.stop())
    const artifacts = await serveArtifacts(server.host)
    open.push(() => artifacts.close())
    return await compare(drydock, server, artifacts)
  } finally {
    for (let close = open.pop(); close !== undefined; close = open.pop()) await close()
  }
}

async function compare(drydock: Installation, server: PreparedServer, artifacts: ArtifactServer): Promise<Figures> {
  let number = 0
  const next = (): Release => {
    const version = `1.0.${(number += 1)}`
    const files = { 'server.pl': program(version), 'public/index.html': version, 'public/payload': payload }
    return { version, ...artifacts.pack('packed.tar.gz', files) }
  }
  return inTurns({
    ours: () => timed(next(), (release) => deploy(drydock, server, release)),
    reference: () => timed(next(), (release) => type(server, release)),
    rounds: 5,
    warmUp: 1,
  })
}

type Release = { readonly version: string; readonly source: string; readonly sha256: string }

async function timed(release: Release, bring: (release: Release) => Promise<void>): Promise<number> {
  const begun = performance.now()
  await bring(release)
  return performance.now() - begun
}

async function deploy(drydock: Installation, server: PreparedServer, { version, ...artifact }: Release): Promise<void> {
  const definition = {
    name: 'ours',
    version,
    artifact,
    units: [{ name: 'ours', file: unitFile('ours') }],
    environment: { PORT: 8080 },
    health: [{ http: 'http://127.0.0.1:8080/', body: version }],
    settle: '1s',
    keep: 3,
  }
  const path = '/v1/applications/ours/deployments'
  const done = await drydock.finish('POST', path, { definition, server: server.name })
  if (done.result?.state !== 'succeeded') throw new Error(JSON.stringify(done.result))
}

/** What an administrator has in a script who wants the same of it. */
async function type({ host }: PreparedServer, { version, source, sha256 }: Release): Promise<void> {
  const healthy = `curl -fsS http://127.0.0.1:8081/ | grep -qF ${version}`
  const script = `set -eu
root=/srv/theirs; new=$root/releases/${version}
mkdir -p "$root/releases"
curl -fsSL -o "$root/artifact" '${source}'
echo "${sha256}  $root/artifact" | sha256sum -c --status
if tar -tvzf "$root/artifact" | grep -E '^[^-d]| /|\\.\\.'; then echo 'it leads out' >&2; exit 1; fi
mkdir "$new"
tar -xzf "$root/artifact" -C "$new" --no-same-owner
chmod 755 "$new"
rm "$root/artifact"
umask 077; echo PORT=8081 > "$new/.drydock.env"; umask 022
sync -f "$new"
cat > /etc/systemd/system/theirs.service <<'END'
${unitFile('theirs')}END
systemctl daemon-reload
systemctl -q enable theirs
ln -sfn "releases/${version}" "$root/current.new"
mv -T "$root/current.new" "$root/current"
systemctl restart theirs
n=0; until ${healthy}; do n=$((n + 1)); [ "$n" -lt 100 ]; sleep 0.1; done
sleep 1
systemctl is-active -q theirs
${healthy}
ls -1t "$root/releases" | tail -n +4 | while read -r old; do rm -rf "$root/releases/$old"; done
`
  const ended = await ssh({ ...host, user: 'root' }, 'sh -s', script)
  if (ended.exitCode !== 0) throw new Error(`the script ended with ${ended.exitCode}: ${ended.stderr}`)
}

const unitFile = (name: string): string => `[Service]
User=app
WorkingDirectory=/srv/${name}/current
EnvironmentFile=/srv/${name}/current/.drydock.env
ExecStart=/usr/bin/perl /srv/${name}/current/server.pl
[Install]
WantedBy=multi-user.target
`

const program = (version: string): string => `use strict; use warnings; use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die "cannot listen: $!";
while (my $peer = $socket->accept) {
  while (defined(my $line = <$peer>)) { last if $line =~ /^\r?\n$/ }
  print $peer "HTTP/1.0 200 OK\r\n\r\n${version}\n";
  close $peer;
}
`
