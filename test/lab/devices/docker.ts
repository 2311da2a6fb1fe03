import type { LabHost } from '../../../lab/index.ts'
import { installTools } from './tool.ts'

/**
 * `docker` with state: one directory a container, one file a field. It knows `ps`, `inspect`, `start`, `stop`, `rm` and
 * `info` with the options, templates and messages of Docker 24 that are in use here (docs.docker.com/reference/cli/docker):
 * `{{.Names}}` of `ps`, `{{json .A.B}}`, `{{.A.B}}` and `{{json (index .A.B "c")}}` of `inspect`.
 */
const docker = String.raw`
#!/usr/bin/perl
use strict;
my $root = '/var/lib/device/docker';
my ($verb, @rest) = @ARGV;
if ($verb eq 'container') { $verb = shift @rest }
my ($all, $quiet, $format, @names);
while (@rest) {
  my $word = shift @rest;
  if ($word =~ /^(-a|--all|-aq|-qa)$/) { $all = 1; $quiet = 1 if $word =~ /q/ }
  elsif ($word =~ /^(-q|--quiet)$/) { $quiet = 1 }
  elsif ($word eq '--format') { $format = shift @rest }
  elsif ($word =~ /^--format=(.*)$/s) { $format = $1 }
  elsif ($word =~ /^(-t|--time|--signal)$/) { shift @rest }
  elsif ($word =~ /^-/) { }
  else { push @names, $word }
}
sub field { my ($name, $key) = @_; open(my $file, '<', "$root/$name/$key") or return undef; local $/; my $text = <$file>; $text =~ s/\n$//; return $text }
sub put { my ($name, $key, $text) = @_; open(my $file, '>', "$root/$name/$key"); print $file "$text\n" }
sub find { my $wish = shift; for my $name (map { s{.*/}{}r } glob "$root/*") { return $name if $name eq $wish or index(field($name, 'Id'), "\"$wish") == 0 } return undef }
sub note { open(my $log, '>>', '/var/lib/device/docker.log'); print $log join(' ', @_), "\n" }
if ($verb eq 'info') { print "Debian GNU/Linux 12 (bookworm) 24.0.7\n"; exit 0 }
if ($verb eq 'ps') {
  for my $name (map { s{.*/}{}r } glob "$root/*") {
    next unless $all or field($name, 'State.Running') eq 'true';
    print $quiet ? substr(field($name, 'Id'), 1, 12) : $format eq '{{.Names}}' ? $name : "$name container", "\n";
  }
  exit 0;
}
if (!@names) { print STDERR "\"docker $verb\" requires at least 1 argument.\n"; exit 1 }
my $failed = 0;
for my $wish (@names) {
  my $name = find($wish);
  if (!defined $name) { print STDERR "Error response from daemon: No such container: $wish\n"; $failed = 1; next }
  if ($verb eq 'inspect') {
    my $line = $format;
    $line =~ s/\{\{json \(index \.Config\.Labels "([^"]+)"\)\}\}/field($name, "label.$1") || '""'/ge;
    $line =~ s/\{\{json \.([\w.]+)\}\}/field($name, $1) || 'null'/ge;
    $line =~ s/\{\{\.([\w.]+)\}\}/my $text = field($name, $1); $text =~ s{^"|"$}{}g; $text/ge;
    print "$line\n";
  } elsif ($verb eq 'start') { put($name, 'State.Running', 'true'); note("start $name"); print "$wish\n" }
  elsif ($verb eq 'stop' or $verb eq 'kill') { put($name, 'State.Running', 'false'); note("stop $name"); print "$wish\n" }
  elsif ($verb eq 'rm') { system('rm', '-rf', "$root/$name"); note("rm $name"); print "$wish\n" }
}
exit $failed;
`

export type Container = {
  readonly name: string
  readonly running?: boolean
  readonly restart?: 'no' | 'always' | 'unless-stopped'
  readonly project?: string
  readonly service?: string
  /** As compose writes it: `db:service_healthy:true`. */
  readonly dependsOn?: string
  /** The name of a container whose network it shares. */
  readonly networkOf?: string
  readonly volumes?: readonly string[]
}

export const installDocker = (host: LabHost): Promise<void> => installTools(host, { docker })

/** Ids look like Docker's: 64 hex digits. */
const idOf = (name: string): string => Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64)

/** Replaces what the engine holds. */
export const setContainers = (host: LabHost, containers: readonly Container[]): Promise<void> =>
  must(host, [
    'rm -rf /var/lib/device/docker /var/lib/device/docker.log; mkdir -p /var/lib/device/docker',
    ...containers.map(scriptFor),
  ])

export const addContainer = (host: LabHost, container: Container): Promise<void> => must(host, [scriptFor(container)])

async function must(host: LabHost, scripts: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await host.sh(scripts.join('\n'))
  if (exitCode !== 0) throw new Error(`setting containers: ${stderr}`)
}

function scriptFor(container: Container): string {
  const { name, running = true, restart = 'unless-stopped', project = '', service = name, volumes = [] } = container
  const fields: Readonly<Record<string, unknown>> = {
    Id: idOf(name),
    Name: `/${name}`,
    'State.Running': running,
    'HostConfig.RestartPolicy.Name': restart,
    'HostConfig.NetworkMode': container.networkOf === undefined ? 'bridge' : `container:${idOf(container.networkOf)}`,
    'HostConfig.Links': null,
    Mounts: volumes.map((volume) => ({
      Type: 'volume',
      Name: volume,
      Source: `/var/lib/docker/volumes/${volume}/_data`,
    })),
    'label.com.docker.compose.project': project,
    'label.com.docker.compose.service': project === '' ? '' : service,
    'label.com.docker.compose.depends_on': container.dependsOn ?? '',
  }
  const place = `/var/lib/device/docker/${name}`
  return [
    `mkdir -p ${place}`,
    ...Object.entries(fields).map(([key, value]) => `printf '%s\\n' '${JSON.stringify(value)}' > '${place}/${key}'`),
  ].join(' && ')
}

/** What the engine was told, in order: `stop web`. */
export const dockerLog = async (host: LabHost): Promise<string[]> =>
  (await host.sh('cat /var/lib/device/docker.log')).stdout.split('\n').filter((line) => line !== '')
