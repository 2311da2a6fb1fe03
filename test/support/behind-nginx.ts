import type { LabHost } from '../../lab/index.ts'
import type { ArtifactServer, ServedArtifact } from './artifacts.ts'
import type { PreparedServer } from './prepared-host.ts'

// An application of two instances behind nginx: what the tests of strategies deploy.

/** To be given to `prepare` as `makeReady`, kept as `with-nginx`. */
export async function bringNginx({ host }: PreparedServer): Promise<void> {
  const installed = await host.sh(
    'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y curl nginx && rm -f /etc/nginx/sites-enabled/default',
  )
  if (installed.exitCode !== 0) throw new Error(installed.stderr)
}

/** Where nginx answers for the application. */
export const sitePort = 8000

// Nothing is tried again by nginx: what an instance does not answer, the asker sees.
const site = `server {
  listen ${sitePort};
  location / { proxy_pass http://hello; proxy_next_upstream off; proxy_connect_timeout 2s; }
}`

/**
 * Answers who it is, what is asked of /slow after a second, and each of so many requests badly; health is asked apart.
 * What it has begun is cut where it is stopped.
 */
export const program = (version: string, badly = 0): string => `use strict; use warnings; use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 1024, ReuseAddr => 1) or die "cannot listen: $!";
my ($badly, $asked) = (${badly}, 0); $SIG{CHLD} = 'IGNORE';
while (my $peer = $socket->accept) {
  my $first = <$peer> // '';
  while (defined(my $line = <$peer>)) { last if $line =~ /^\\r?\\n$/ }
  if ($first =~ m{ /slow }) { if (fork) { close $peer; next } sleep 1 }
  my $is_bad = $badly && $first !~ m{ /health } && ++$asked % $badly == 0;
  my $body = "${version} $ENV{INSTANCE}\\n";
  print $peer 'HTTP/1.0 ' . ($is_bad ? '500 Broken' : '200 OK') . "\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n$body";
  close $peer;
  exit if $first =~ m{ /slow };
}
`

const unitFile = `[Unit]
Description=Hello %i
[Service]
User=app
WorkingDirectory=/srv/hello/instances/%i
EnvironmentFile=/srv/hello/instances/%i/.drydock.env
EnvironmentFile=/srv/hello/instances/%i.env
ExecStart=/usr/bin/perl server.pl
[Install]
WantedBy=multi-user.target
`

export const packed = (artifacts: ArtifactServer, version: string, text = program(version)): ServedArtifact =>
  artifacts.pack(`hello-${version}.tar.gz`, { 'server.pl': text })

export const definition = (version: string, artifact: ServedArtifact, change: Record<string, unknown> = {}) => ({
  name: 'hello',
  version,
  artifact,
  units: [{ name: 'hello@', file: unitFile, limit: '20s' }],
  instances: { blue: 8081, green: 8082 },
  proxy: { nginx: { site } },
  health: [
    { http: 'http://127.0.0.1:$PORT/health', limit: '10s' },
    { http: `http://127.0.0.1:${sitePort}/health`, limit: '10s' },
  ],
  settle: '1s',
  ...change,
})

/** All that a deployment may touch, by lines: files by hash, owner and mode; where links lead; units, nginx's opinion. */
export async function touchable(host: LabHost): Promise<string[]> {
  const places = '/srv/hello /etc/systemd/system /etc/nginx'
  const seen = await host.sh(
    `find ${places} -printf '%p %u %g %m %l\\n' | sort; find ${places} -type f -exec sha256sum {} + | sort
    systemctl show --property=Id,ActiveState,UnitFileState hello@blue hello@green; nginx -t 2>&1 | tail -n 1`,
  )
  if (seen.exitCode !== 0) throw new Error(seen.stderr)
  return seen.stdout.split('\n')
}
