import { plainMode, type Directory } from '../commands/directory.ts'
import { groupOn } from '../commands/group.ts'
import type { Entry, SetupFacts, SetupQuestions } from '../commands/setup-facts.ts'
import type { SudoRights } from '../commands/sudoers.ts'
import type { HostFacts } from '../schema/facts.ts'
import type { Server } from '../schema/server.ts'
import type { SetupSettings } from '../schema/setup.ts'

/** What is asked of which host. The keys in the settings include that of the application user's log-in. */
export type SetupRequestOn = {
  readonly facts: HostFacts
  readonly server: Pick<Server, 'app'>
  readonly settings: SetupSettings
}

/** All that a plan is made of: what is wanted, what was found, and for which operation. */
export type SetupSituation = SetupRequestOn & { readonly inspected: SetupFacts; readonly operationId: string }

/** The settings with every default in place, for this host. */
export type Wish = {
  readonly user: string
  readonly group: string
  readonly home: string
  /** Groups to be in, as this distribution calls them, as far as they exist. */
  readonly groups: readonly string[]
  readonly absentGroups: readonly string[]
  readonly keys: readonly string[]
  readonly directories: readonly Directory[]
  readonly sudo: SudoRights | null
  readonly installsSudo: boolean
  readonly packages: readonly string[]
  readonly missingPackages: readonly string[]
  /** Whether the user is the one that the server's application log-in uses, with a shell that lets it in. */
  readonly logsIn: boolean
}

const userName = ({ settings, server }: SetupRequestOn): string => settings.user.name ?? server.app.user
const homeOf = (request: SetupRequestOn): string => request.settings.user.home ?? `/home/${userName(request)}`
const groupsOf = ({ settings, facts }: SetupRequestOn): string[] => [
  ...new Set(settings.user.groups.map((group) => groupOn(facts.os.family, group))),
]
const unique = (names: readonly string[]): string[] => [...new Set(names)]

function directoriesOf(request: SetupRequestOn, ownGroup: string): Directory[] {
  const user = userName(request)
  const wanted: NonNullable<SetupSettings['directories']> = request.settings.directories ?? [
    { path: `/opt/${user}`, mode: '755', recursive: false },
  ]
  return wanted.map(({ path, mode, owner = user, group, recursive }) => ({
    path: path === '/' ? path : path.replace(/\/$/, ''),
    mode: plainMode(mode),
    owner,
    group: group ?? (owner === user ? ownGroup : owner),
    reach: recursive ? 'tree' : 'self',
  }))
}

/** What `inspectForSetup` has to ask of the host for a plan to be made. */
export function setupQuestions(request: SetupRequestOn): SetupQuestions {
  const user = userName(request)
  const directories = directoriesOf(request, user)
  return {
    user,
    home: homeOf(request),
    shell: request.settings.user.shell,
    groups: unique([...groupsOf(request), ...directories.map(({ group }) => group)]),
    owners: unique(directories.map(({ owner }) => owner)),
    directories,
    packages: unique([...request.settings.packages, 'sudo']),
    packageTool: request.facts.packageTool,
  }
}

export function wish(situation: SetupSituation): Wish {
  const { settings, inspected, server } = situation
  const user = userName(situation)
  const group = inspected.user?.group ?? user
  const groups = groupsOf(situation)
  const packages = unique(settings.packages)
  const shell = inspected.user?.shell ?? settings.user.shell
  const sudo = settings.sudo.kind === 'none' ? null : settings.sudo
  return {
    user,
    group,
    home: inspected.user?.home ?? homeOf(situation),
    groups: groups.filter((name) => inspected.groups.has(name)),
    absentGroups: groups.filter((name) => !inspected.groups.has(name)),
    keys: settings.authorizedKeys,
    directories: directoriesOf(situation, group),
    sudo,
    installsSudo: sudo !== null && !inspected.sudo.installed,
    packages,
    missingPackages: packages.filter((name) => inspected.packages.get(name) !== 'installed'),
    logsIn: user === server.app.user && !/\/(nologin|false)$/.test(shell),
  }
}

/** Whether what is there has this owner, group and mode, and is no link. */
export const isAlready = (
  entry: Entry | null,
  wanted: { readonly mode: string; readonly owner: string; readonly group: string },
): boolean =>
  entry !== null &&
  entry.kind !== 'symbolic link' &&
  entry.mode === plainMode(wanted.mode) &&
  entry.owner === wanted.owner &&
  entry.group === wanted.group
