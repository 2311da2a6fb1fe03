import type { Command } from '../schema/command.ts'
import type { PackageTool } from '../schema/facts.ts'
import { parsePasswordAccounts, printPasswordAccounts, type PasswordAccount } from './accounts.ts'
import { parseFile, printFile, type FoundFile } from './entry.ts'
import { parseFail2banJails, printFail2banStatus } from './fail2ban.ts'
import { askFirewall, parseFirewallFacts, type FirewallFacts } from './firewall-facts.ts'
import { printNeverBanned } from './jails.ts'
import { parseKernelValues, printKernelValues, type KernelValue } from './kernel-parameters.ts'
import { packagingOf, type PackageState } from './packages.ts'
import { parseSections, section } from './sections.ts'
import { command, lines, sh } from './shell.ts'
import { parseListeningSockets, printListeningSockets, type ListeningSocket } from './ss.ts'
import { askSshd, parseSshdFacts, type SshdFacts, type SshdQuestions } from './sshd-facts.ts'
import { parseUnits, printUnits, type Unit } from './units.ts'

/** What lockdown has to look at. */
export type LockdownQuestions = {
  readonly sshd: SshdQuestions
  readonly user: string
  /** Every file that the plan may write, and every log that a jail may watch. */
  readonly files: readonly string[]
  readonly logs: readonly string[]
  readonly units: readonly string[]
  readonly kernelParameters: readonly string[]
  readonly packages: readonly string[]
  readonly packageTool: PackageTool | null
}

export type LockdownFacts = {
  readonly sshd: SshdFacts
  readonly firewall: FirewallFacts
  readonly listening: readonly ListeningSocket[]
  /** Of the application user, the first its own; empty where there is no such user. */
  readonly groups: readonly string[]
  readonly passwordAccounts: readonly PasswordAccount[]
  readonly files: ReadonlyMap<string, FoundFile>
  readonly logs: ReadonlySet<string>
  readonly units: ReadonlyMap<string, Unit>
  /** Jails that are watched; null where fail2ban does not run. */
  readonly jails: readonly string[] | null
  /** Addresses that fail2ban's own configuration never bans. */
  readonly neverBanned: readonly string[]
  readonly kernel: ReadonlyMap<string, KernelValue>
  /** What `apt-config dump` says of its periodic jobs; empty elsewhere. */
  readonly aptPeriodic: ReadonlyMap<string, string>
  readonly packages: ReadonlyMap<string, PackageState>
}

/** Reads all that lockdown needs to know, in one round trip. Run it as root. */
export const inspectForLockdown = (questions: LockdownQuestions): Command =>
  command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"`,
      askSshd(questions.sshd),
      askFirewall,
      section('listening', printListeningSockets),
      section('groups', sh`id -gn -- ${questions.user} && id -Gn -- ${questions.user}`),
      section('password-accounts', printPasswordAccounts),
      ...questions.files.map((path, index) => section(`file-${index}`, printFile(sh`${path}`))),
      section('logs', sh`for file in ${questions.logs}; do [ -f "$file" ] && echo "$file"; done`),
      section('units', printUnits(questions.units)),
      section('jails', printFail2banStatus),
      section('never-banned', printNeverBanned),
      section('kernel', printKernelValues(questions.kernelParameters)),
      section('apt-periodic', sh`apt-config dump APT::Periodic`),
      ...(questions.packageTool === null
        ? []
        : [section('packages', packagingOf(questions.packageTool).inspect(questions.packages))]),
    ),
    shown: 'look at sshd, firewall, open ports, log-ins, fail2ban, updates, kernel and packages',
    effect: 'read',
    category: 'system',
    timeoutMs: 60_000,
  })

/** The facts in the output of `inspectForLockdown`, which must have been built from the same questions. */
export function parseLockdownFacts(stdout: string, questions: LockdownQuestions): LockdownFacts {
  const sections = parseSections(stdout)
  const text = (name: string): string => sections.get(name) ?? ''
  if (!sections.has('sshd-units')) throw new Error('the host did not answer what lockdown asked')
  return {
    sshd: parseSshdFacts(sections),
    firewall: parseFirewallFacts(sections),
    listening: parseListeningSockets(text('listening')),
    groups: [...new Set(text('groups').trim().split(/\s+/).filter(Boolean))],
    passwordAccounts: parsePasswordAccounts(text('password-accounts')),
    files: new Map(
      questions.files.flatMap((path, index) => {
        const found = parseFile(text(`file-${index}`))
        return found === null ? [] : [[path, found]]
      }),
    ),
    logs: new Set(text('logs').split('\n').filter(Boolean)),
    units: parseUnits(text('units')),
    jails: parseFail2banJails(text('jails')),
    neverBanned: text('never-banned').split(/\s+/).filter(Boolean),
    kernel: parseKernelValues(text('kernel')),
    aptPeriodic: new Map(
      [...text('apt-periodic').matchAll(/^APT::Periodic::([\w-]+) "(.*)";$/gm)].map(([, key = '', value = '']) => [
        key,
        value,
      ]),
    ),
    packages:
      questions.packageTool === null
        ? new Map()
        : packagingOf(questions.packageTool).parseStates(text('packages'), questions.packages),
  }
}
