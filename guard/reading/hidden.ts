import { baseName, type Arg, type Call } from './call.ts'
import { text, type Inner } from './inner.ts'
import { isLiteral } from './marks.ts'

/** Where programs that do something else take a command to run: each match's first group is shell text. */
const places: Readonly<Record<string, RegExp>> = byName([
  ['rsync', /^(?:--rsh|--rsync-path)=(.*)$/s],
  ['sed gsed', /^(?:\S*?[\d$}/])?e\s+(.+)$/s],
  ['less more most view', /^\+!(.*)$/s],
  ['split', /^--filter=(.*)$/s],
  ['sort', /^--compress-program=(.*)$/s],
  ['wget', /^--use-askpass=(.*)$/s],
  ['gdb lldb', /^(?:shell|!|platform shell)\s*(.+)$/s],
  ['socat', /^(?:EXEC|SYSTEM|SHELL):"?'?([^,"']*)/is],
  ['mysql mariadb mycli', /(?:^|;|\n)\s*(?:\\!|system\s)\s*(.+)$/s],
  ['psql pgcli clickhouse-client', /(?:^|;|\n)\s*\\!\s*(.+)$|\b(?:to|from)\s+program\s+'((?:''|[^'])*)'/is],
  ['sqlite3', /^\.(?:shell|system)\s+(.+)$/s],
  ['ftp lftp sftp tnftp ncftp smbclient telnet dc mail mailx', /^[~]?!(.+)$/s],
  ['ed red', /^[\d,$.%]*[rwe]?\s*!(.+)$/s],
  ['systemd-run', /^(?:--property=)?Exec\w+=[-@:+!|]*(.+)$/s],
  ['gcloud vagrant', /^--command=(.*)$/s],
  ['aws', /^commands=\[?["']*([^\]]*?)["']*\]?$/s],
])
/** The same where the text is the word behind an option. */
const behindOption: Readonly<Record<string, RegExp>> = {
  rsync: /^(-\w*e|--rsh|--rsync-path)$/,
  man: /^(-P|--pager)$/,
  zip: /^(-TT|--unzip-command)$/,
  fab: /^--$/,
  logrotate: /^--mail$/,
  sort: /^--compress-program$/,
  split: /^--filter$/,
  sops: /^exec-env$/,
  scp: /^-S$/,
  sftp: /^-S$/,
  mapfile: /^-C$/,
  readarray: /^-C$/,
  compgen: /^-C$/,
  vagrant: /^(-c|--command)$/,
  gcloud: /^--command$/,
  capsh: /^-c$/,
  xterm: /^-e$/,
  'virt-customize': /^--(run-command|firstboot-command)$/,
  entr: /^-\w*s$/,
}

/** The programs that may be given shell text. */
export const takesTexts: ReadonlySet<string> = new Set([
  ...Object.keys(places),
  ...Object.keys(behindOption),
  'sed',
  'gsed',
  'make',
  'gmake',
])
const nothing: readonly Inner[] = []

function byName(rows: readonly (readonly [names: string, pattern: RegExp])[]): Record<string, RegExp> {
  return Object.fromEntries(rows.flatMap(([names, pattern]) => names.split(' ').map((name) => [name, pattern])))
}

/** They read commands of their own, a line each. */
const talks = /^(mysql|mariadb|psql|sqlite3|ed|red|s?ftp|lftp|tnftp|ncftp|smbclient|telnet|dc|mailx?|gdb)$/

/** Shell text in the options of programs that do something else. */
export function textsInOptions(call: Call): readonly Inner[] {
  const found: Inner[] = []
  const place = places[call.name]
  if (place !== undefined) {
    const stdin = talks.test(call.name) ? (call.stdin?.read() ?? null) : null
    for (const word of [...call.args.map((arg) => arg.text), ...(stdin?.split('\n') ?? [])]) {
      const command = place.exec(word)?.slice(1).find(Boolean)
      if (command !== undefined) found.push(text(command))
    }
  }
  const option = behindOption[call.name]
  if (option !== undefined)
    call.args.forEach((arg, index) => {
      const next = call.args[index + 1]
      if (option.test(arg.text) && next !== undefined) found.push(text(next.text))
    })
  if (call.name === 'sed' || call.name === 'gsed') found.push(...executedBySed(call))
  if (call.name === 'make' || call.name === 'gmake') found.push(...recipes(call))
  return found
}

/** `s/x/COMMAND/e` runs what it made. */
const executedBySed = (call: Call): readonly Inner[] =>
  call.args.flatMap(({ text: word }) => {
    const [, , , command, flags] = /(^|;|\d|\s)s([/|#,])(?:\\.|(?!\2).)*\2((?:\\.|(?!\2).)*)\2(\w*)/s.exec(word) ?? []
    return command !== undefined && flags?.includes('e') === true ? [text(command.replaceAll(/\\(.)/g, '$1'))] : []
  })

/** What make would run of a description that is handed to it. */
function recipes(call: Call): readonly Inner[] {
  const handed = call.args.some(
    (arg, index) =>
      /^(-f-|--file=-|-f\/dev\/stdin)$/.test(arg.text) ||
      (/^(-f|--file|--makefile)$/.test(call.args[index - 1]?.text ?? '') && /^(-|\/dev\/stdin)$/.test(arg.text)),
  )
  if (!handed || call.stdin === null) return []
  const description = call.stdin.read()
  if (description === null) return [{ kind: 'unclear', because: `make would run the output of: ${call.stdin.from}` }]
  return description.split('\n').flatMap((line) =>
    line.startsWith('\t')
      ? [
          text(
            line
              .trim()
              .replace(/^[@+-]+/, '')
              .replaceAll('$$', '$'),
          ),
        ]
      : [],
  )
}

const commands = new Set(
  'rm dd shred wipefs mkfs zpool zfs vgremove lvremove userdel iptables docker kubectl systemctl dropdb sh bash dash zsh'.split(
    ' ',
  ),
)
/** These say, look up or keep words and do not run them; or they have a reading of their own. */
export const saying: ReadonlySet<string> = new Set(
  ` [ [[ : echo printf say wall logger mail mailx sendmail notify-send man tldr info help apropos whatis which whereis type hash command grep findstr Select-String sls egrep fgrep rg ag ack cat tac less more head tail ls ll stat file du df touch mkdir rmdir cp mv ln chmod chown chgrp test expr export local declare readonly set unset read rm apt apt-get aptitude dpkg dnf yum rpm zypper pacman apk snap flatpak brew pip pip3 npm yarn pnpm cargo go gem git hg svn code vi vim nano emacs pgrep pkill killall pidof ps top id groups usermod gpasswd adduser addgroup useradd getent groupadd groupmod chage newgrp docker kubectl helm systemctl service journalctl zfs zpool find locate tar zip unzip rsync scp curl wget openssl jq yq awk gawk mawk sed sort uniq tr cut diff install update-alternatives complete compgen chsh modprobe kill basename dirname realpath readlink tee for select case history fc bind trap alias unalias crontab ssh-keygen ansible-playbook terraform make cmake semanage restorecon ldd strings nm objdump md5sum sha256sum apt-mark apt-cache repoquery dpkg-query visudo setcap getcap aa-complain aa-enforce apparmor_parser rpmbuild whoami shellcheck shfmt bat cheat howdoi thefuck`.split(
    ' ',
  ),
)

const searches = /grep$|^[bxz]z?(cat|less|more|diff|cmp)$/

/** Whatever its words are, it runs none of them. */
export const keepsItsWords = (name: string): boolean => saying.has(name) || searches.test(name)

/** A program that we do not know, with a command that we know among its words: most likely it runs it. */
export function behindUnknown(call: Call): readonly Inner[] {
  if (call.args.length < 2 || keepsItsWords(call.name)) return nothing
  const at = call.args.findIndex(isCommand)
  return at < 0 || at + 1 === call.args.length
    ? nothing
    : [{ kind: 'words', words: call.args.slice(at), open: call.open }]
}

function isCommand({ text: word }: Arg): boolean {
  const name = baseName(word)
  return (commands.has(name) || (name.startsWith('mkfs.') && /^mkfs\.\w+$/.test(name))) && isLiteral(word)
}
