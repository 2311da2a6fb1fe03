import { authorizedKeysPath, keysWithOptions } from '../commands/authorized-keys.ts'
import type { PackageState } from '../commands/packages.ts'
import type { Entry } from '../commands/setup-facts.ts'
import { isPlainSudoCommand, sudoersPath } from '../commands/sudoers.ts'
import type { SetupSituation, Wish } from './setup-wish.ts'

/** All that makes a setup impossible, each with what to do about it. Empty when it can be planned. */
export function findProblems(situation: SetupSituation, wanted: Wish): string[] {
  const unsupported = ofSystem(situation)
  if (unsupported.length > 0) return unsupported
  return [
    ...ofUser(situation, wanted),
    ...ofKeys(situation, wanted),
    ...ofDirectories(situation, wanted),
    ...ofSudo(situation, wanted),
    ...ofPackages(situation, wanted),
  ]
}

function ofSystem({ facts: { os, packageTool } }: SetupSituation): string[] {
  if (os.family === 'unsupported')
    return [`${os.prettyName} is not supported: setup knows the families of Debian, Red Hat, Arch and SUSE`]
  return packageTool === null ? [`${os.prettyName} has none of apt, dnf, yum, pacman and zypper`] : []
}

function ofUser({ settings, inspected }: SetupSituation, { user, home, keys }: Wish): string[] {
  const { user: existing, home: entry } = inspected
  return [
    ...(user === 'root' || existing?.uid === 0
      ? [`${user} is the administrator (user id 0): name another application user`]
      : []),
    ...(existing === null && !inspected.shellExists
      ? [`the shell ${settings.user.shell} is not there or cannot be executed: install it first or name another`]
      : []),
    // id(1) gives the number of a group that has no name.
    ...(existing !== null && /^\d+$/.test(existing.group)
      ? [
          `${user} is only half there, as when its creation is cut off: its group ${existing.group} has no name; remove it with userdel, or add the group, then start again`,
        ]
      : []),
    ...(existing !== null && keys.length > 0 && entry === null
      ? [`${user} has no home ${home}, where its keys belong: make it with mkhomedir_helper, or remove the user`]
      : []),
    ...(entry !== null && entry.kind !== 'directory' ? [`the home ${home} is a ${entry.kind}, not a directory`] : []),
  ]
}

const notA = (what: string, path: string, entry: Entry | null | undefined): string[] =>
  entry === null || entry === undefined || entry.kind === what
    ? []
    : [`${path} is a ${entry.kind}, not a ${what}: move it away or replace it by what it points to`]

function ofKeys({ inspected }: SetupSituation, { keys, home }: Wish): string[] {
  if (keys.length === 0) return []
  return [
    ...notA('directory', `${home}/.ssh`, inspected.sshDirectory),
    ...notA('regular file', authorizedKeysPath(home), inspected.authorizedKeys?.entry),
  ]
}

const systemDirectories = new Set(
  '/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /opt /proc /root /run /sbin /srv /sys /tmp /usr /var'.split(' '),
)
const ofTheSystem = (path: string): boolean =>
  systemDirectories.has(path) || /^\/(bin|boot|dev|etc|lib|lib64|proc|sbin|sys|usr\/(bin|lib|sbin))\//.test(path)

function ofDirectories({ inspected }: SetupSituation, { user, group, directories }: Wish): string[] {
  return directories.flatMap(({ path, owner, group: wantedGroup, reach }) => [
    // find(1) puts names in for these, wherever they stand.
    ...(reach === 'tree' && path.includes('{}') ? [`${path}: a name with {} cannot be changed recursively`] : []),
    ...(ofTheSystem(path) ? [`${path} belongs to the system: setup does not change its owner or mode`] : []),
    ...notA('directory', path, inspected.directories.get(path)?.entry),
    ...(owner === user || inspected.users.has(owner) ? [] : [`${path}: its owner ${owner} does not exist`]),
    ...(wantedGroup === group || inspected.groups.has(wantedGroup)
      ? []
      : [`${path}: its group ${wantedGroup} does not exist`]),
  ])
}

function ofSudo({ inspected }: SetupSituation, { user, sudo }: Wish): string[] {
  if (sudo === null) return []
  const commands = sudo.kind === 'commands' ? sudo.commands : []
  return [
    ...commands
      .filter((text) => !isPlainSudoCommand(text))
      .map(
        (text) => `sudo cannot be allowed for ${JSON.stringify(text)}: wildcards, quotes and patterns would allow more`,
      ),
    ...(inspected.sudo.installed && !inspected.sudo.readsDropIns
      ? ['/etc/sudoers does not include /etc/sudoers.d: add the line "@includedir /etc/sudoers.d" with visudo']
      : []),
    ...notA('regular file', sudoersPath(user), inspected.sudoers?.entry),
  ]
}

function ofPackages({ inspected }: SetupSituation, { missingPackages, installsSudo }: Wish): string[] {
  const names = [...(installsSudo ? ['sudo'] : []), ...missingPackages]
  return names.flatMap((name) => whyNotInstallable(name, inspected.packages.get(name) ?? 'unknown'))
}

function whyNotInstallable(name: string, state: PackageState): string[] {
  switch (state) {
    case 'absent':
      return [`no package ${name} in the lists, which are fresh: check its name and the host's package sources`]
    case 'virtual':
      return [`${name} is a virtual package: name one of those that provide it`]
    case 'installed':
    case 'available':
    case 'stale':
    case 'unknown':
      return []
    default:
      return state satisfies never
  }
}

/** What the operator should know and what does not stop the setup. */
export function findWarnings(situation: SetupSituation, wanted: Wish): string[] {
  return [
    ...aboutExistingUser(situation, wanted),
    ...aboutHome(situation, wanted),
    ...aboutKeys(situation, wanted),
    ...wanted.absentGroups.map((group) => `there is no group ${group} on this host: ${wanted.user} is not added to it`),
  ]
}

function aboutExistingUser({ settings, inspected }: SetupSituation, { user, group }: Wish): string[] {
  const existing = inspected.user
  if (existing === null)
    return inspected.groups.has(group) ? [`the group ${group} is there already and becomes ${user}'s own`] : []
  const { home, shell, system } = settings.user
  return [
    ...(home !== undefined && home !== existing.home ? [`${user} keeps its home ${existing.home}`] : []),
    ...(shell === existing.shell ? [] : [`${user} keeps its shell ${existing.shell}`]),
    ...(existing.uid < 1000 && !system ? [`${user} is a system account (user id ${existing.uid})`] : []),
  ]
}

function aboutHome({ inspected }: SetupSituation, { user, home }: Wish): string[] {
  const entry = inspected.home
  if (entry === null || (entry.owner === user && (Number.parseInt(entry.mode, 8) & 0o022) === 0)) return []
  return [
    `${home} belongs to ${entry.owner} with mode ${entry.mode}: sshd takes keys only from a home of ${user} or root that others cannot write to`,
  ]
}

function aboutKeys({ inspected, server }: SetupSituation, { user, keys, logsIn }: Wish): string[] {
  const before = inspected.authorizedKeys?.content ?? ''
  const elsewhere =
    inspected.keyFiles.length > 0 && !inspected.keyFiles.some((file) => file.endsWith('.ssh/authorized_keys'))
  return [
    ...(keys.length === 0 && logsIn && server.app.authentication.method !== 'password'
      ? [`no key is given for ${user}: it can log in only with one that is on the host already`]
      : []),
    ...(keys.length > 0 && elsewhere
      ? [`sshd looks for keys in ${inspected.keyFiles.join(', ')}, not in the home`]
      : []),
    ...keysWithOptions(before, keys).map(
      (key) =>
        `the key ${key.split(' ').slice(2).join(' ') || key.slice(0, 30)} is there with options that restrict it; they stay`,
    ),
  ]
}
