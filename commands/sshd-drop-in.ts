import type { Command } from '../schema/command.ts'
import type { LockdownSettings } from '../schema/lockdown.ts'
import { restoreFile, saveFile, temporaryBeside, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { command, lines, must, pipe, refuse, sh, strict, when, type Script } from './shell.ts'
import { readyToAsk } from './sshd.ts'

const yes = (value: boolean): string => (value ? 'yes' : 'no')

/** What is the same on every host: who may log in how, and what a session may do. */
export function hardening(ssh: LockdownSettings['ssh'], user: string): readonly string[] {
  return [
    'PermitRootLogin no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitEmptyPasswords no',
    'HostbasedAuthentication no',
    'PubkeyAuthentication yes',
    `MaxAuthTries ${ssh.maxAuthTries}`,
    `LoginGraceTime ${Math.ceil(ssh.loginGraceMs / 1000)}`,
    `ClientAliveInterval ${Math.ceil(ssh.aliveIntervalMs / 1000)}`,
    `ClientAliveCountMax ${ssh.aliveCountMax}`,
    `AllowTcpForwarding ${ssh.tcpForwarding}`,
    `AllowStreamLocalForwarding ${ssh.tcpForwarding}`,
    `AllowAgentForwarding ${yes(ssh.agentForwarding)}`,
    `X11Forwarding ${yes(ssh.x11Forwarding)}`,
    'PermitTunnel no',
    'PermitUserEnvironment no',
    ...(ssh.allowUsers.length === 0 ? [] : [`AllowUsers ${[...new Set([user, ...ssh.allowUsers])].join(' ')}`]),
  ]
}

export const dropInDirectory = '/etc/ssh/sshd_config.d'
/** The first that sorts before all that is there is taken: sshd takes the first value that it reads. */
export const dropInNames = ['00-drydock.conf', '0-drydock.conf', '+drydock.conf'] as const

export const dropIn = (path: string, said: readonly string[]): FileToWrite => ({
  path,
  content: `# Written by Drydock. sshd takes the first value that it reads: this file has to come before all others.\n${said.join('\n')}\n`,
  mode: '600',
  owner: 'root',
  group: 'root',
})

/** The main file with our file read before everything else in it. */
export const includeFirst = (main: string, path: string): string =>
  `# Added by Drydock, so that its file is read first.\nInclude ${path}\n${main}`

/** Who logs in from where: what sshd wants to know before it says which settings are in force. */
export type Login = { readonly user: string; readonly client: string; readonly server: string; readonly port: number }

/** What must be in force, line by line as `sshd -T` prints it, and for whom. */
export type Expected = { readonly login: Login; readonly settings: readonly string[] }

const spec = ({ user, client, server, port }: Login): string =>
  `user=${user},host=${client},addr=${client},laddr=${server},lport=${port}`

/** Settings as sshd prints them: keywords in small letters. AllowUsers is printed otherwise and says nothing of its own. */
export const asPrinted = (said: readonly string[]): readonly string[] =>
  said
    .filter((line) => !line.startsWith('AllowUsers '))
    .map((line) => `${line.slice(0, line.indexOf(' ')).toLowerCase()}${line.slice(line.indexOf(' '))}`)

/** Fails, and says which, when a setting is not in force. `config` is the file to ask about; without it, the one in use. */
const inForce = (expected: readonly Expected[], print: (login: Login) => Script): Script =>
  lines(
    ...expected.flatMap(({ login, settings }) => [
      sh`effective=$(${print(login)})`,
      ...settings.map(
        (setting) =>
          sh`printf '%s\n' "$effective" | grep -Fxq -- ${setting} || { printf '%s\n' ${`for ${login.user} from ${login.client}, this is not in force: ${setting}`} >&2; exit 1; }`,
      ),
    ]),
  )

const inUse = (login: Login): Script => sh`sshd -T -C ${spec(login)}`
/** As if the file that is ready beside were in its place: nothing that sshd reads is touched before it agrees. */
const withNew =
  (fresh: string, main: string) =>
  (login: Login): Script =>
    pipe(sh`{ cat -- ${fresh}; echo ${`Include ${main}`}; }`, sh`sshd -T -f /dev/stdin -C ${spec(login)}`)

export type DropInWork = {
  readonly file: FileToWrite
  readonly main: string
  readonly expected: readonly Expected[]
  readonly daemon: Daemon
}

/** The running daemon. `ports`: those on which it listens itself, none where systemd does and hands them to it. */
export type Daemon = { readonly unit: string; readonly active: boolean; readonly ports: readonly number[] }

/** Writes the file only after sshd has said, for each who logs in, that its settings would be in force. */
export const writeDropIn = ({ file, main, expected }: DropInWork, backup: Backup): Command =>
  command({
    script: strict(
      readyToAsk,
      saveFile(file.path, backup),
      sh`mkdir -p -- ${dropInDirectory}`,
      replaceFile(file, fillWith(file), inForce(expected, withNew(temporaryBeside(file.path), main))),
      sh`sshd -t`,
    ),
    shown: `test and write ${file.path}`,
    effect: 'change',
    category: 'files',
  })

/** Puts an Include of our file before everything in the main file. */
export const writeMain = (file: FileToWrite, backup: Backup): Command =>
  command({
    script: strict(
      readyToAsk,
      saveFile(file.path, backup),
      replaceFile(file, fillWith(file), sh`sshd -t -f ${temporaryBeside(file.path)}`),
    ),
    shown: `test and write ${file.path}`,
    effect: 'change',
    category: 'files',
  })

/** Exit 0 when the file is as it should be, sshd accepts it, its settings are in force and the daemon listens. */
export const isHardened = ({ file, expected, daemon }: DropInWork): Command =>
  command({
    script: lines(
      must(isLike(file)),
      readyToAsk,
      must(sh`sshd -t`),
      inForce(expected, inUse),
      ...daemon.ports.map((port) => must(sh`[ -n "$(${listeners(port)})" ]`)),
    ),
    shown: `ask sshd what is in force for ${expected.map(({ login }) => login.user).join(' and ')}`,
    effect: 'read',
    category: 'system',
  })

const listeners = (port: number): Script =>
  pipe(sh`ss -H -t -l -n -e ${`sport = :${port}`}`, sh`grep -o 'ino:[0-9]*'`, sh`sort`)

/**
 * Has the daemon read its configuration anew. It runs itself anew on SIGHUP and opens new sockets: only then has it
 * accepted what it read, and a daemon that ended instead is seen.
 */
export const reloadSshd = (daemon: Daemon): Command =>
  command({
    script: strict(readyToAsk, sh`sshd -t`, ...(daemon.active ? [reload(daemon)] : [])),
    shown: daemon.active
      ? `sshd -t && systemctl ${daemon.ports.length === 0 ? 'restart' : 'reload'} ${daemon.unit}`
      : 'sshd -t',
    effect: 'change',
    category: 'system',
  })

function reload({ unit, ports: [port] }: Daemon): Script {
  const isActive = sh`systemctl is-active --quiet -- ${unit}`
  // With sockets from systemd it would come out of a reload without any, and nobody would answer. Sessions outlive it.
  if (port === undefined) return lines(sh`systemctl restart -- ${unit}`, isActive)
  return lines(
    sh`before=$(${listeners(port)} || true)`,
    sh`systemctl reload -- ${unit}`,
    sh`waited=0`,
    sh`while now=$(${listeners(port)} || true); [ -z "$now" ] || [ "$now" = "$before" ]; do`,
    sh`[ "$waited" -lt 50 ] || break`,
    sh`sleep 0.1; waited=$((waited + 1))`,
    sh`done`,
    when(sh`! { ${isActive}; } || [ -z "$now" ]`, refuse(`${unit} does not run after its reload`)),
  )
}

/** Puts a file back and has the daemon read it; one that died of ours is started again. */
export const restoreSshdFile = (path: string, daemon: Daemon, backup: Backup): Command =>
  command({
    script: strict(
      restoreFile(path, backup),
      ...(daemon.active
        ? [
            when(
              sh`systemctl is-active --quiet -- ${daemon.unit}`,
              reload(daemon),
              lines(sh`systemctl reset-failed -- ${daemon.unit} || true`, sh`systemctl start -- ${daemon.unit}`),
            ),
          ]
        : []),
    ),
    shown: `restore ${path} as it was and reload ${daemon.unit}`,
    effect: 'change',
    category: 'files',
  })
