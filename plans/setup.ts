import {
  addAuthorizedKeys,
  authorizedKeysPath,
  hasAuthorizedKeys,
  mergeAuthorizedKeys,
  restoreAuthorizedKeys,
} from '../commands/authorized-keys.ts'
import type { Backup } from '../commands/backup.ts'
import { areDirectoriesLike, makeDirectory, unmakeDirectory } from '../commands/directory.ts'
import { addToGroups, isInGroups, removeFromGroups } from '../commands/group.ts'
import {
  arePackagesInstalled,
  arePackagesKnown,
  installPackages,
  refreshPackageLists,
  removeInstalledPackages,
} from '../commands/packages.ts'
import { hasSudoers, maySudo, restoreSudoers, sudoersFile, writeSudoers, type SudoRights } from '../commands/sudoers.ts'
import { createUser, isUserMade, mayUserWrite, mayWrite, removeCreatedUser, type NewUser } from '../commands/user.ts'
import type { PackageTool } from '../schema/facts.ts'
import type { PlanDraft, Step } from '../schema/plan.ts'
import { findProblems, findWarnings } from './setup-findings.ts'
import { isAlready, wish, type SetupSituation, type Wish } from './setup-wish.ts'

/** `impossible` names everything that stands in the way; nothing has been changed then. */
export type SetupPlan =
  | { readonly kind: 'plan'; readonly plan: PlanDraft }
  | { readonly kind: 'impossible'; readonly problems: readonly string[] }

/**
 * Prepares a fresh server: application user, groups, keys, directories, sudo, packages; then looks whether it works.
 * The scripts carry the operation's id, under which the host keeps the state from before: planning twice for one
 * operation gives one hash, planning for two operations gives two.
 */
export function planSetup(situation: SetupSituation): SetupPlan {
  const wanted = wish(situation)
  const problems = findProblems(situation, wanted)
  const tool = situation.facts.packageTool
  if (problems.length > 0 || tool === null) return { kind: 'impossible', problems }
  const steps = [
    ...lookUpPackages(wanted, tool),
    ensureUser(situation, wanted),
    ...joinGroups(situation, wanted),
    ...authorizeKeys(situation, wanted),
    ...ensureDirectories(situation, wanted),
    ...installSudo(situation, wanted, tool),
    ...allowSudo(situation, wanted),
    ...ensurePackages(situation, wanted, tool),
    ...verify(situation, wanted),
  ]
  return { kind: 'plan', plan: { steps, warnings: findWarnings(situation, wanted) } }
}

const backup = ({ operationId }: SetupSituation, item: string): Backup => ({ operationId, item })

/** First of all, so that a name that does not exist ends the operation before it has changed anything. */
function lookUpPackages({ missingPackages, installsSudo }: Wish, tool: PackageTool): Step[] {
  const names = [...(installsSudo ? ['sudo'] : []), ...missingPackages]
  if (names.length === 0) return []
  return [
    {
      id: 'package-lists',
      title: `Look up ${names.join(', ')} in the package lists`,
      as: 'root',
      check: arePackagesKnown(tool, names),
      apply: [refreshPackageLists(tool, names)],
      verify: arePackagesKnown(tool, names),
    },
  ]
}

function ensureUser(situation: SetupSituation, { user, group, home }: Wish): Step {
  const { inspected, settings } = situation
  const account: NewUser = {
    name: user,
    home,
    shell: settings.user.shell,
    kind: settings.user.system ? 'system' : 'person',
    ownGroup: inspected.groups.has(group) ? 'existing' : 'new',
  }
  const kept = backup(situation, 'user')
  return {
    id: 'user',
    title: `Create the user ${user}`,
    as: 'root',
    check: isUserMade(user, kept),
    apply: [createUser(account, kept)],
    verify: isUserMade(user, kept),
    undo: [removeCreatedUser(account, kept)],
    alreadySo: inspected.user === null ? undefined : `${user} is there, with user id ${inspected.user.uid}`,
  }
}

function joinGroups(situation: SetupSituation, { user, groups }: Wish): Step[] {
  if (groups.length === 0) return []
  const kept = backup(situation, 'groups')
  const has = situation.inspected.user?.groups ?? []
  return [
    {
      id: 'groups',
      title: `Add ${user} to ${groups.join(', ')}`,
      as: 'root',
      check: isInGroups(user, groups),
      apply: [addToGroups(user, groups, kept)],
      verify: isInGroups(user, groups),
      undo: [removeFromGroups(user, groups, kept)],
      alreadySo: groups.every((group) => has.includes(group)) ? `${user} is in ${groups.join(', ')}` : undefined,
    },
  ]
}

function authorizeKeys(situation: SetupSituation, { user, group, home, keys }: Wish): Step[] {
  if (keys.length === 0) return []
  const { authorizedKeys, sshDirectory } = situation.inspected
  const wanted = { user, group, home, keys }
  const kept = { directory: backup(situation, 'ssh-directory'), file: backup(situation, 'authorized-keys') }
  const before = authorizedKeys?.content ?? null
  const after = mergeAuthorizedKeys(before ?? '', keys)
  const owned = { owner: user, group }
  const holds =
    before === after &&
    isAlready(sshDirectory, { ...owned, mode: '700' }) &&
    isAlready(authorizedKeys?.entry ?? null, { ...owned, mode: '600' })
  return [
    {
      id: 'authorized-keys',
      title: `Let ${keys.length === 1 ? 'one key' : `${keys.length} keys`} log in as ${user}`,
      as: 'root',
      check: hasAuthorizedKeys(wanted),
      apply: [addAuthorizedKeys(wanted, kept)],
      verify: hasAuthorizedKeys(wanted),
      undo: [restoreAuthorizedKeys(wanted, kept)],
      file: { path: authorizedKeysPath(home), before, after, mode: '600', owner: user },
      alreadySo: holds ? 'the keys are there' : undefined,
    },
  ]
}

function ensureDirectories(situation: SetupSituation, { directories }: Wish): Step[] {
  if (directories.length === 0) return []
  const facts = situation.inspected.directories
  const kept = (index: number): Backup => backup(situation, `directory-${index}`)
  const holds = directories.every((directory) => {
    const found = facts.get(directory.path)
    return isAlready(found?.entry ?? null, directory) && found?.differsInside === false
  })
  const names = directories.map(({ path }) => path).join(', ')
  return [
    {
      id: 'directories',
      title: `Make ${names}`,
      as: 'root',
      check: areDirectoriesLike(directories),
      apply: directories.map((directory, index) => makeDirectory(directory, kept(index))),
      verify: areDirectoriesLike(directories),
      undo: directories
        .map((directory, index) =>
          unmakeDirectory(directory, kept(index), facts.get(directory.path)?.missingParents ?? []),
        )
        .toReversed(),
      alreadySo: holds ? `${names}: there, with owner and mode` : undefined,
    },
  ]
}

/** A minimal Debian has no sudo; without it the next step could not have its file checked. */
function installSudo(situation: SetupSituation, { installsSudo }: Wish, tool: PackageTool): Step[] {
  if (!installsSudo) return []
  const kept = backup(situation, 'sudo-package')
  return [
    {
      id: 'sudo.package',
      title: 'Install sudo',
      as: 'root',
      check: arePackagesInstalled(tool, ['sudo']),
      apply: [installPackages(tool, ['sudo'], kept)],
      verify: arePackagesInstalled(tool, ['sudo']),
      undo: [removeInstalledPackages(tool, kept)],
    },
  ]
}

function allowSudo(situation: SetupSituation, { user, sudo }: Wish): Step[] {
  if (sudo === null) return []
  const file = sudoersFile(user, sudo)
  const found = situation.inspected.sudoers
  const holds = found?.content === file.content && isAlready(found.entry, file)
  return [
    {
      id: 'sudo',
      title: `Let ${user} use sudo without a password, ${sudo.kind === 'full' ? 'for everything' : `for ${sudo.commands.join(', ')}`}`,
      as: 'root',
      check: hasSudoers(file),
      apply: [writeSudoers(file, backup(situation, 'sudoers'))],
      verify: hasSudoers(file),
      undo: [restoreSudoers(file, backup(situation, 'sudoers'))],
      file: { path: file.path, before: found?.content ?? null, after: file.content, mode: '440', owner: 'root' },
      alreadySo: holds ? `${file.path} says so` : undefined,
    },
  ]
}

function ensurePackages(situation: SetupSituation, { packages, missingPackages }: Wish, tool: PackageTool): Step[] {
  if (packages.length === 0) return []
  const kept = backup(situation, 'packages')
  const names = missingPackages.length === 0 ? packages : missingPackages
  return [
    {
      id: 'packages',
      title: `Install ${names.join(', ')}`,
      as: 'root',
      check: arePackagesInstalled(tool, names),
      apply: [installPackages(tool, names, kept)],
      verify: arePackagesInstalled(tool, names),
      undo: [removeInstalledPackages(tool, kept)],
      alreadySo: missingPackages.length === 0 ? `${packages.join(', ')}: installed` : undefined,
    },
  ]
}

/** Nothing is applied here: the outcome is looked at as the application itself. */
function verify(situation: SetupSituation, { user, directories, sudo, logsIn }: Wish): Step[] {
  const own = directories.filter(({ owner }) => owner === user)
  return [
    ...own.map(({ path }): Step => {
      const look = logsIn ? mayWrite(path) : mayUserWrite(user, path)
      const id = `verify.directory:${path}`
      return {
        id,
        title: `See that ${user} can write to ${path}`,
        as: logsIn ? 'app' : 'root',
        check: look,
        apply: [],
        verify: look,
      }
    }),
    ...(sudo === null || !logsIn ? [] : [verifySudo(user, sudo)]),
  ]
}

const verifySudo = (user: string, rights: SudoRights): Step => ({
  id: 'verify.sudo',
  title: `See that ${user} can use sudo`,
  as: 'app',
  check: maySudo(rights),
  apply: [],
  verify: maySudo(rights),
})
