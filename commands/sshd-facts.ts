import { parseFile, printFile, type FoundFile } from './entry.ts'
import { section } from './sections.ts'
import { lines, pipe, sh, type Script } from './shell.ts'
import type { HostKeyOnHost } from './sshd-algorithms.ts'
import { parseSshdSettings, readyToAsk, type SshdSettings } from './sshd.ts'
import { parseUnits, printUnits } from './units.ts'

/** A file that sshd reads. */
export type SshdFile = FoundFile & { readonly path: string }

/** How the connection that asks has come in, as the host sees it: behind a jump host, the client is that host. */
export type Connection = { readonly client: string; readonly server: string; readonly port: number }

/** Settings of one user from where we connect. */
export type SshdFor = { readonly app: SshdSettings; readonly root: SshdSettings }

export type SshdFacts = {
  readonly connection: Connection | null
  /** 902 is 9.2; null where there is no OpenSSH. */
  readonly version: number | null
  /** The unit whose reload makes sshd read its configuration anew. */
  readonly unit: string
  readonly unitActive: boolean
  /** Ports on which systemd listens for sshd; empty where sshd does that itself. */
  readonly socketPorts: readonly number[]
  readonly main: SshdFile | null
  /** What the main file includes, in the order of reading. */
  readonly included: readonly SshdFile[]
  readonly now: SshdFor
  /** What would be in force with our lines ahead of everything: only Match blocks go before them. */
  readonly afterwards: SshdFor
  /** What sshd has against its configuration as it stands; empty when nothing. */
  readonly complaint: string
  /** Algorithms that this host's own OpenSSH knows. */
  readonly known: ReadonlySet<string>
  readonly hostKeys: readonly HostKeyOnHost[]
}

/** `ahead`: the lines that are to win, as far as they are known before the host is. */
export type SshdQuestions = { readonly user: string; readonly ahead: readonly string[] }

/** sudo takes SSH_CONNECTION out of the environment; a process above us still has it. */
const findConnection: Script = lines(
  sh`connection=$(printenv SSH_CONNECTION); above=$$`,
  sh`while [ -z "$connection" ] && [ "$above" -gt 1 ]; do`,
  sh`connection=$(tr '\0' '\n' < "/proc/$above/environ" 2> /dev/null | sed -n 's/^SSH_CONNECTION=//p')`,
  sh`above=$(awk '/^PPid:/ { print $2 }' "/proc/$above/status" 2> /dev/null || echo 0)`,
  sh`done`,
)

/** The sections that `parseSshdFacts` reads. Where no connection is found, an address of nobody stands for ours. */
export const askSshd = ({ user, ahead }: SshdQuestions): Script =>
  lines(
    findConnection,
    sh`from=$(printf '%s\n' "$connection" | awk 'NF == 4 { print ",host=" $1 ",addr=" $1 ",laddr=" $3 ",lport=" $4 }')`,
    sh`[ -n "$from" ] || from=,host=192.0.2.1,addr=192.0.2.1`,
    sh`main=/etc/ssh/sshd_config`,
    sh`[ -f "$main" ] || main=/usr/etc/ssh/sshd_config`,
    section('connection', sh`printf '%s\n' "$connection"`),
    section('sshd-version', sh`ssh -V 2>&1`),
    section('sshd-units', printUnits(['ssh.service', 'sshd.service', 'ssh.socket', 'sshd.socket'])),
    section('sshd-main', sh`printf '%s\n' "$main"; ${printFile(sh`"$main"`)}`),
    section('sshd-included', printIncluded),
    readyToAsk,
    section('sshd-complaint', sh`sshd -t 2>&1`),
    ...(['app', 'root'] as const).flatMap((who) => {
      const spec = sh`${`user=${who === 'app' ? user : 'root'}`}"$from"`
      return [
        section(`sshd-now-${who}`, sh`sshd -T -C ${spec}`),
        section(
          `sshd-then-${who}`,
          pipe(sh`{ printf '%s\n' ${ahead}; echo "Include $main"; }`, sh`sshd -T -f /dev/stdin -C ${spec}`),
        ),
      ]
    }),
    section('sshd-known', sh`for list in kex cipher mac key-sig; do ssh -Q "$list"; done`),
    section(
      'sshd-host-keys',
      sh`sshd -T | sed -n 's/^hostkey //p' | while read -r key; do [ -f "$key.pub" ] && echo "$(cut -d ' ' -f 1 "$key.pub") $(ssh-keygen -l -f "$key.pub" | cut -d ' ' -f 1)"; done`,
    ),
  )

/** One level of Include is followed: base64 of each file, then its path. */
const printIncluded: Script = lines(
  sh`sed -n 's/^[[:space:]]*[Ii][Nn][Cc][Ll][Uu][Dd][Ee][[:space:]]*=*[[:space:]]*//p' "$main" | tr -d '"' | while read -r patterns; do`,
  sh`for pattern in $patterns; do`,
  sh`case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern ;; esac`,
  sh`for file in $pattern; do`,
  sh`[ -f "$file" ] && { { ${printFile(sh`"$file"`)}; } | base64 -w 0; printf ' %s\n' "$file"; }`,
  sh`done; done; done`,
)

export function parseSshdFacts(sections: ReadonlyMap<string, string>): SshdFacts {
  const text = (name: string): string => sections.get(name) ?? ''
  const units = parseUnits(text('sshd-units'))
  const service = ['ssh.service', 'sshd.service'].map((name) => units.get(name)).find((unit) => unit?.load === 'loaded')
  const sockets = ['ssh.socket', 'sshd.socket'].flatMap((name) => {
    const unit = units.get(name)
    return unit?.active === 'active' ? unit.listens : []
  })
  const settings = (when: 'now' | 'then'): SshdFor => ({
    app: parseSshdSettings(text(`sshd-${when}-app`)),
    root: parseSshdSettings(text(`sshd-${when}-root`)),
  })
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(text('sshd-version')) ?? []
  return {
    connection: parseConnection(text('connection')),
    version: major === undefined ? null : Number(major) * 100 + Number(minor),
    unit: service?.id ?? 'sshd.service',
    unitActive: service?.active === 'active',
    socketPorts: [...new Set(sockets)],
    main: parseMain(text('sshd-main')),
    included: parseIncluded(text('sshd-included')),
    now: settings('now'),
    afterwards: settings('then'),
    complaint: text('sshd-complaint').trim(),
    known: new Set(text('sshd-known').split('\n').filter(Boolean)),
    hostKeys: [...text('sshd-host-keys').matchAll(/^(\S+) (\d+)$/gm)].map(([, type = '', bits]) => ({
      type,
      bits: Number(bits),
    })),
  }
}

function parseConnection(text: string): Connection | null {
  const [client, , server, port] = text.trim().split(' ')
  if (client === undefined || server === undefined || port === undefined) return null
  return { client, server, port: Number(port) }
}

function parseMain(text: string): SshdFile | null {
  const end = text.indexOf('\n')
  const found = parseFile(text.slice(end + 1))
  return found === null ? null : { path: text.slice(0, end), ...found }
}

const parseIncluded = (text: string): readonly SshdFile[] =>
  text.split('\n').flatMap((line) => {
    const space = line.indexOf(' ')
    const found = space < 0 ? null : parseFile(Buffer.from(line.slice(0, space), 'base64').toString('utf8'))
    return found === null ? [] : [{ path: line.slice(space + 1), ...found }]
  })
