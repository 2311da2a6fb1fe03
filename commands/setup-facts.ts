import type { Command } from '../schema/command.ts'
import type { PackageTool } from '../schema/facts.ts'
import { authorizedKeysPath } from './authorized-keys.ts'
import { firstDifferenceIn, type Directory } from './directory.ts'
import { parseEntry, parseFile, printFile, statOf, type Entry, type FoundFile } from './entry.ts'
import { packagingOf, type PackageState } from './packages.ts'
import { parseSections, section } from './sections.ts'
import { command, lines, sh, type Script } from './shell.ts'
import { readyToAsk } from './sshd.ts'
import { sudoersPath } from './sudoers.ts'

/** What setup has to look at. Group names are those of the distribution. */
export type SetupQuestions = {
  readonly user: string
  /** Where a new user's home would be; that of a user who is there counts more. */
  readonly home: string
  readonly shell: string
  readonly groups: readonly string[]
  readonly owners: readonly string[]
  readonly directories: readonly Directory[]
  readonly packages: readonly string[]
  readonly packageTool: PackageTool | null
}

export type ExistingUser = {
  readonly uid: number
  readonly group: string
  readonly home: string
  readonly shell: string
  readonly groups: readonly string[]
}
export type { Entry }

export type SetupFacts = {
  readonly user: ExistingUser | null
  readonly shellExists: boolean
  readonly groups: ReadonlySet<string>
  readonly users: ReadonlySet<string>
  readonly home: Entry | null
  readonly sshDirectory: Entry | null
  readonly authorizedKeys: FoundFile | null
  readonly sudoers: FoundFile | null
  readonly sudo: { readonly installed: boolean; readonly readsDropIns: boolean }
  readonly directories: ReadonlyMap<string, DirectoryFacts>
  readonly packages: ReadonlyMap<string, PackageState>
  /** What sshd says about where it looks for keys; empty where it cannot be asked. */
  readonly keyFiles: readonly string[]
}
export type DirectoryFacts = {
  readonly entry: Entry | null
  /** Parents that are missing, deepest first. */
  readonly missingParents: readonly string[]
  readonly differsInside: boolean
}

/** Reads all that setup needs to know, in one round trip. Run it as root. */
export function inspectForSetup(questions: SetupQuestions): Command {
  const { user, home, shell, groups, owners, directories, packages, packageTool } = questions
  const keys = authorizedKeysPath('')
  return command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"`,
      sh`home=$(getent passwd ${user} | cut -d : -f 6)`,
      sh`[ -n "$home" ] || home=${home}`,
      section('user', sh`getent passwd ${user}; id -gn -- ${user}; id -Gn -- ${user}`),
      section('shell', sh`[ -x ${shell} ] && echo yes`),
      section('groups', sh`getent group ${[user, ...groups]}`),
      section('users', sh`getent passwd ${[user, ...owners]}`),
      section('home', statOf(sh`"$home"`)),
      section('ssh', statOf(sh`"$home/.ssh"`)),
      section('keys', sh`[ -f "$home"${keys} ] && ${printFile(sh`"$home"${keys}`)}`),
      section('key-link', sh`[ -L "$home"${keys} ] && echo yes`),
      section(
        'key-files',
        sh`${readyToAsk}; sshd -T -C ${`user=${user},host=localhost,addr=127.0.0.1`} | sed -n 's/^authorizedkeysfile //p'`,
      ),
      section('sudoers', printFile(sh`${sudoersPath(user)}`)),
      section(
        'sudo',
        sh`command -v visudo; cat /etc/sudoers /usr/etc/sudoers | grep -E '^[@#]includedir +/etc/sudoers.d'`,
      ),
      ...directories.flatMap((directory, index) => inspectDirectory(directory, index)),
      ...(packageTool === null ? [] : [section('packages', packagingOf(packageTool).inspect(packages))]),
    ),
    shown: `look at user ${user}, its keys, groups, directories, sudo and packages`,
    effect: 'read',
    category: 'system',
    timeoutMs: 60_000,
  })
}

const inspectDirectory = (directory: Directory, index: number): readonly Script[] => [
  section(`directory-${index}`, statOf(sh`${directory.path}`)),
  section(
    `parents-${index}`,
    lines(...parentsOf(directory.path).map((parent) => sh`[ -e ${parent} ] || printf '%s\n' ${parent}`)),
  ),
  ...(directory.reach === 'tree' ? [section(`inside-${index}`, firstDifferenceIn(directory))] : []),
]

/** The directories above a path, deepest first, without the root. */
const parentsOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1, -1)
    .map((_, index, parts) => `/${parts.slice(0, parts.length - index).join('/')}`)

/** The facts in the output of `inspectForSetup`, which must have been built from the same questions. */
export function parseSetupFacts(stdout: string, questions: SetupQuestions): SetupFacts {
  const sections = parseSections(stdout)
  const text = (name: string): string => sections.get(name) ?? ''
  if (!sections.has('user')) throw new Error('the host did not answer what setup asked')
  return {
    user: parseUser(text('user')),
    shellExists: text('shell') !== '',
    groups: namesIn(text('groups')),
    users: namesIn(text('users')),
    home: parseEntry(text('home')),
    sshDirectory: parseEntry(text('ssh')),
    authorizedKeys: text('key-link') === '' ? parseFile(text('keys')) : symbolicLink,
    sudoers: parseFile(text('sudoers')),
    sudo: { installed: /\/visudo$/m.test(text('sudo')), readsDropIns: /includedir/.test(text('sudo')) },
    directories: new Map(
      questions.directories.map(({ path }, index) => [
        path,
        {
          entry: parseEntry(text(`directory-${index}`)),
          missingParents: text(`parents-${index}`).split('\n').filter(Boolean),
          differsInside: text(`inside-${index}`) !== '',
        },
      ]),
    ),
    packages:
      questions.packageTool === null
        ? new Map()
        : packagingOf(questions.packageTool).parseStates(text('packages'), questions.packages),
    keyFiles: text('key-files').trim().split(/\s+/).filter(Boolean),
  }
}

const symbolicLink = { entry: { kind: 'symbolic link', mode: '777', owner: 'root', group: 'root' }, content: '' }

function parseUser(text: string): ExistingUser | null {
  const [passwd = '', group = '', groups = ''] = text.split('\n')
  const [, , uid, , , home, shell] = passwd.split(':')
  if (uid === undefined || home === undefined || shell === undefined) return null
  return { uid: Number(uid), group, home, shell, groups: groups.split(' ') }
}

const namesIn = (database: string): ReadonlySet<string> =>
  new Set(database.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(0, line.indexOf(':'))])))
