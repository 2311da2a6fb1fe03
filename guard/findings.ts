import type { Finding } from '../schema/guard.ts'
import type { DeviceType } from '../schema/server.ts'
import { beyondRules } from './closed/index.ts'
import { comesBack } from './comes-back.ts'
import { isOwnGroupChange } from './own-groups.ts'
import { fetchedPackages } from './opened/fetched.ts'
import { byName } from './reading/by-name.ts'
import { wordsOf, type Call } from './reading/call.ts'
import { isLiteral } from './reading/marks.ts'
import { read } from './reading/read.ts'
import type { Reading } from './reading/reader.ts'
import { rulesFor, rules } from './rules/index.ts'
import type { Match, Rule } from './rules/rule.ts'
import { together } from './together.ts'
import { readWindows, type WindowsFinding } from './windows/index.ts'

/** One destructive act, with the rule that knows it and the call it stands in. */
export type Found = {
  readonly rule: Rule
  readonly match: Match
  readonly finding: Finding
  readonly call: Call | null
}

/** Who reads a command: a POSIX shell, or PowerShell or cmd. */
export type Shell = 'posix' | 'windows'

export type Findings = { readonly reading: Reading; readonly found: readonly Found[] }

/** The door, the rating and the question of the lock look at the same command within milliseconds: the last few readings are kept. */
const recent: {
  readonly command: string
  readonly device: DeviceType
  readonly shell: Shell
  readonly findings: Findings
}[] = []
const kept = 8

/** Reads a command and looks at everything it would run. Pure; what cannot be read is found as opaque. */
export function findIn(command: string, device: DeviceType, shell: Shell = shellOf(device)): Findings {
  for (const one of recent)
    if (one.command === command && one.device === device && one.shell === shell) return one.findings
  const findings = look(command, device, shell)
  if (recent.length === kept) recent.shift()
  recent.push({ command, device, shell, findings })
  return findings
}

const shellOf = (device: DeviceType): Shell => (device === 'windows' ? 'windows' : 'posix')

function look(command: string, device: DeviceType, shell: Shell): Findings {
  const windows = shell === 'windows' ? readWindows(command) : null
  const reading = read(windows === null ? command : windows.forShell.join('\n'))
  const found: Found[] = []
  for (const finding of windows?.findings ?? []) add(found, ofWindows(finding))
  const calls =
    shell === 'windows' && device === 'windows' ? [...reading.calls, ...typedIntoPosix(command)] : reading.calls
  const rows = together(calls)
  for (const call of rows.length === 0 ? calls : [...calls, ...rows]) {
    // `wipefs --help`: a program that is asked for its help does nothing else.
    if (asksForHelp(call)) continue
    for (const one of actsOf(call, device)) if (!comesBack(one, calls) && !isOwnGroupChange(one, calls)) add(found, one)
    for (const finding of insideWindows(call)) add(found, ofWindows(finding))
  }
  for (const call of fetchedPackages(reading.calls))
    add(
      found,
      asFound(rules.opaque, { because: 'It installs what came without a proof of from where.', targets: [] }, call),
    )
  for (const { words, because } of reading.unclear)
    add(found, {
      rule: rules.opaque,
      match: { because, targets: [] },
      call: null,
      finding: { action: 'opaque', words, because, targets: [] },
    })
  return { reading, found }
}

/** What the rules find in a call; where they find nothing, what its words say beyond what they know. */
function actsOf(call: Call, device: DeviceType): Found[] {
  const found: Found[] = []
  for (const rule of rulesFor(call)) {
    const match = rule.match(call, device)
    if (match !== null) found.push(asFound(rule, match, call))
  }
  const beyond = found.length === 0 ? beyondRules(call) : null
  return beyond === null ? found : [asFound(rules[beyond.action], beyond.match, call)]
}

/** Whatever it was written for, it reaches a host through a POSIX shell: what that one would destroy counts as well. */
const typedIntoPosix = (command: string): readonly Call[] =>
  read(command).calls.filter(
    ({ name, args }) => !ofWindowsAlone.test(name) && !args.some(({ text }) => /^-whatif$/i.test(text)),
  )

function asksForHelp({ name, args, redirects }: Call): boolean {
  const last = args.at(-1)?.text
  return (
    (last === '--help' || last === '--version') &&
    redirects.every(({ operator, target }) => operator === '>&' || target.text === '/dev/null') &&
    (args.length === 1 || (tellsOfItsVerbs.test(name) && args.every(({ text }) => isLiteral(text))))
  )
}

/** Behind a verb of these, too, it only asks. */
const tellsOfItsVerbs =
  /^(docker|podman|nerdctl|kubectl|helm|systemctl|git|zfs|zpool|kubeadm|k3s|pct|qm|pvesm|pveceph|virsh|lxc|incus|cryptsetup|ceph|rbd|rados|lv\w+|vg\w+|pv\w+|mdadm|btrfs|apt|apt-get|dnf|yum|zypper|apk|pacman|snap|flatpak|brew|npm|terraform|tofu|aws|gcloud|az|rclone|restic|borg|kopia|vault|consul|nomad|etcdctl|argocd|oc|flux|velero|vagrant|tailscale|ufw|nmcli|midclt|userdel|groupdel|dropdb|dropuser|nvme|wipefs|parted)$/

/** Programs that only Windows has: the reader of its shells has judged them. */
const ofWindowsAlone =
  /^(diskpart|format|shutdown|reg|wsl|wmic|bcdedit|vssadmin|manage-bde|netsh|sc|net|powershell|pwsh|cmd)(\.exe)?$/i

/** A match of a rule, as it is told. */
export const asFound = (rule: Rule, match: Match, call: Call): Found => ({
  rule,
  match,
  call,
  finding: {
    action: rule.action,
    words: wordsOf(call).slice(0, 500),
    because: match.because,
    targets: [...match.targets],
  },
})

function ofWindows({ action, words, because }: WindowsFinding): Found {
  const rule = rules[action]
  return { rule, match: { because, targets: [] }, call: null, finding: { action, words, because, targets: [] } }
}

const mostFound = 100

/** The same act is told once, however often the text leads to it; of very many, at least one of each kind. */
function add(found: Found[], next: Found): void {
  const alike = found.filter(({ finding }) => finding.action === next.finding.action)
  if (alike.some(({ finding }) => finding.words === next.finding.words)) return
  if (found.length < mostFound || alike.length === 0) found.push(next)
}

const isWindowsShell = byName((name) => /^(powershell|pwsh|cmd)$/i.test(name))
const none: readonly WindowsFinding[] = []

/** PowerShell and cmd started from a shell. */
function insideWindows(call: Call): readonly WindowsFinding[] {
  if (!isWindowsShell(call.name)) return none
  const words = call.args.map((arg) =>
    /[\s;|&{}()'"$]/.test(arg.text) ? `'${arg.text.replaceAll("'", "''")}'` : arg.text,
  )
  const { findings, forShell } = readWindows([call.name, ...words].join(' '))
  const inner = forShell.flatMap((line) =>
    read(line).calls.flatMap((one) =>
      rulesFor(one).flatMap((rule): WindowsFinding[] => {
        const match = rule.match(one, 'generic')
        return match === null ? [] : [{ action: rule.action, words: wordsOf(one), because: match.because }]
      }),
    ),
  )
  return [...findings, ...inner]
}
