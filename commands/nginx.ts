import type { Command } from '../schema/command.ts'
import { backupPath, restoreFile, saveFile, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { command, lines, refuse, sh, strict, when, type Script } from './shell.ts'
import { systemdWords } from './systemd.ts'

/** Who gets the requests of an upstream, and which part of them. */
export type UpstreamMember = { readonly name: string; readonly port: number; readonly weight: number }

/** The file of an application in nginx's configuration. */
export type Upstream = {
  readonly name: string
  readonly path: string
  readonly members: readonly UpstreamMember[]
  /** `server` blocks that the application brings itself. */
  readonly site: string | null
  /** Whether each answer is noted in a log of its own, as while a canary is watched. */
  readonly logged: boolean
}

const options = { effect: 'change', category: 'system' } as const

/** Where answers are noted while a canary is watched: a line of address and status each. */
export const upstreamLog = (name: string): string => `/var/log/nginx/drydock-${name}.log`

/** The text of an upstream's file. Its log format is always there, so that a site with a log of its own may name it. */
export function upstreamText({ name, members, site, logged }: Upstream): string {
  const variable = `drydock_${name.replaceAll('-', '_')}`
  const total = members.reduce((sum, { weight }) => sum + weight, 0)
  return [
    '# Drydock writes this file anew with each deployment: what is changed here is lost.',
    `upstream ${name} {`,
    ...members.map(({ name: who, port, weight }) => {
      const share = weight === total || members.every((one) => one.weight === weight) ? '' : ` weight=${weight}`
      // Else those that all failed for a moment, as while they restart, are not asked again for ten seconds.
      return `    server 127.0.0.1:${port}${share} max_fails=0; # ${who}`
    }),
    '}',
    `map $proxy_host $${variable} { ${name} 1; default 0; }`,
    `log_format ${variable} '$upstream_addr $upstream_status';`,
    ...(logged ? [`access_log ${upstreamLog(name)} ${variable} if=$${variable};`] : []),
    ...(site === null ? [] : [site.trimEnd()]),
    '',
  ].join('\n')
}

/** Whom an upstream's file sends requests to. */
export const membersIn = (text: string): Pick<UpstreamMember, 'name' | 'port'>[] =>
  [...text.matchAll(/^ *server 127\.0\.0\.1:(\d+)[^;]*; # (\w+)$/gm)].map(([, port, name = '']) => ({
    name,
    port: Number(port),
  }))

const fileOf = (upstream: Upstream): FileToWrite => ({
  path: upstream.path,
  content: upstreamText(upstream),
  mode: '644',
  owner: 'root',
  group: 'root',
})

export const isUpstreamLike = (upstream: Upstream): Command =>
  command({
    script: isLike(fileOf(upstream)),
    shown: `compare ${upstream.path}`,
    effect: 'read',
    category: 'files',
  })

/**
 * Sends requests elsewhere: a new file, which nginx itself must find good before it reads it, then one reload. It ends
 * when new workers have taken over, so that no new request can come to whom the old file named. A log that is to be
 * written begins empty.
 */
export function switchUpstream(upstream: Upstream, backup: Backup): Command {
  const file = fileOf(upstream)
  const log = upstreamLog(upstream.name)
  return command({
    script: strict(
      systemdWords('system'),
      ...functions,
      when(
        sh`[ "$(systemctl show --property=ActiveState --value -- nginx.service)" != active ]`,
        refuse('nginx does not run'),
      ),
      saveFile(file.path, backup),
      sh`give_up() {`,
      restoreFile(file.path, backup),
      sh`printf '%s\n' "$1" >&2; exit 1`,
      sh`}`,
      ...(upstream.logged ? [sh`rm -f -- ${log}`] : []),
      replaceFile(file, fillWith(file)),
      sh`said=$(nginx -t -q 2>&1) || give_up ${'nginx refuses the new file: '}"$said"`,
      sh`nginx -T 2> /dev/null | grep -qxF -e ${`# configuration file ${file.path}:`} || give_up ${`nginx does not read ${file.path}; its configuration must include it`}`,
      sh`reload_nginx && exit 0`,
      restoreFile(file.path, backup),
      sh`reload_nginx || :`,
      refuse('nginx did not take the new file'),
    ),
    shown: `write ${file.path}, nginx -t, systemctl reload nginx`,
    timeoutMs: 120_000,
    ...options,
  })
}

/** Sends requests to where they went before. A configuration that nginx refused before us too is left as it was. */
export const switchUpstreamBack = ({ path }: Upstream, backup: Backup): Command =>
  command({
    script: strict(
      systemdWords('system'),
      ...functions,
      when(sh`[ ! -e ${backupPath(backup)} ] && [ ! -e ${backupPath(backup, 'absent')} ]`, sh`exit 0`),
      restoreFile(path, backup),
      when(sh`nginx -t -q`, sh`reload_nginx`, sh`[ -e ${backupPath(backup, 'absent')} ] || exit 1`),
    ),
    shown: `restore ${path} as it was, systemctl reload nginx`,
    timeoutMs: 120_000,
    ...options,
  })

/**
 * `workers` prints those that go on; one may end while it is looked at. nginx answers a reload before it has done it: an
 * old worker that names itself "is shutting down" accepts no connection any more (it closes its sockets right after
 * that), and one that does not has not heard of the reload.
 */
const functions: readonly Script[] = [
  sh`export PATH="$PATH:/usr/sbin:/sbin"`,
  sh`workers() { for at in $(grep -lsx "PPid:[[:space:]]*$master" /proc/[0-9]*/status); do at=${{ text: '${at%/status}' }}; said=; { read -r said < "$at/cmdline"; } 2> /dev/null || :; case "$said" in`,
  sh`'nginx: worker process is'*) ;; 'nginx: worker process'*) printf '%s\n' "${{ text: '${at#/proc/}' }}" ;; esac; done; }`,
  sh`reload_nginx() {`,
  sh`master=$(systemctl show --property=MainPID --value -- nginx.service)`,
  sh`old=$(workers)`,
  sh`systemctl reload nginx.service || return 1`,
  sh`tries=0`,
  sh`while [ "$tries" -lt 200 ]; do`,
  sh`new=$(workers); kept=0`,
  sh`for one in $new; do case " $(echo $old) " in *" $one "*) kept=1 ;; esac; done`,
  sh`[ -n "$new" ] && [ "$kept" = 0 ] && return 0`,
  sh`tries=$((tries + 1)); sleep 0.05`,
  sh`done`,
  sh`return 1`,
  sh`}`,
]

/**
 * Waits until nobody that nginx has sent there before is still answered: its old workers are gone, and nothing is
 * connected to these ports. What lasts longer than the limit, such as a WebSocket, is cut by what follows.
 */
export function drain(ports: readonly number[], limitMs: number): Command {
  const seconds = Math.ceil(limitMs / 1_000)
  const hex = ports.map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`)
  return command({
    script: lines(
      sh`export LC_ALL=C`,
      sh`limit=${seconds}; IFS=. read -r up rest < /proc/uptime; until=$((up + limit))`,
      sh`while :; do`,
      // A host without IPv6 lacks the second, and some awks end at that.
      sh`open=$(cat /proc/net/tcp /proc/net/tcp6 2> /dev/null | awk -v ports=${hex.join(' ')} ${connected})`,
      sh`old=$(grep -ls '^nginx: worker process is shutting down' /proc/[0-9]*/cmdline | wc -l)`,
      sh`[ "$open" -gt 0 ] || [ "$old" -gt 0 ] || exit 0`,
      sh`IFS=. read -r up rest < /proc/uptime`,
      sh`if [ "$up" -ge "$until" ]; then printf '%s\n' "$open connections and $old workers of nginx are still there" >&2; exit 0; fi`,
      sh`sleep 0.1`,
      sh`done`,
    ),
    shown: `wait until nothing is connected to port ${ports.join(', ')}`,
    timeoutMs: seconds * 1_000 + 30_000,
    ...options,
  })
}

const connected =
  'BEGIN { count = split(ports, all, " ") } $4 == "01" { for (i = 1; i <= count; i++) if (index($2, all[i]) == length($2) - 4) seen++ } END { print seen + 0 }'
