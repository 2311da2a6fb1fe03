import { areUpdatesAutomatic, makeUpdatesAutomatic, updatesAsTheyWere } from '../commands/automatic-updates.ts'
import type { Backup } from '../commands/backup.ts'
import { jailsFile, isWatching, unwatchJails, watchJails } from '../commands/jails.ts'
import {
  arePackagesInstalled,
  arePackagesKnown,
  installPackages,
  refreshPackageLists,
  removeInstalledPackages,
} from '../commands/packages.ts'
import { isOff, turnOff, turnOn } from '../commands/unneeded.ts'
import { hasParameters, restoreParameters, setParameters, sysctlFile } from '../commands/sysctl.ts'
import { isThere } from '../commands/units.ts'
import type { PackageTool } from '../schema/facts.ts'
import type { Step } from '../schema/plan.ts'
import { ownAddresses, type LockdownSituation, type LockdownWish } from './lockdown-wish.ts'

const kept = ({ operationId }: LockdownSituation, item: string): Backup => ({ operationId, item })

/** Before the automatic revert is armed: a download may take longer than its clock. */
export function bringPackages(
  situation: LockdownSituation,
  { packages, missingPackages }: LockdownWish,
  tool: PackageTool,
): Step[] {
  if (packages.length === 0) return []
  const names = missingPackages.length === 0 ? packages : missingPackages
  const known = arePackagesKnown(tool, names)
  const installed = arePackagesInstalled(tool, names)
  return [
    ...(missingPackages.length === 0
      ? []
      : [
          {
            id: 'package-lists',
            title: `Look up ${names.join(', ')} in the package lists`,
            as: 'root' as const,
            check: known,
            apply: [refreshPackageLists(tool, names)],
            verify: known,
          },
        ]),
    {
      id: 'packages',
      title: `Install ${names.join(', ')}`,
      as: 'root',
      check: installed,
      apply: [installPackages(tool, names, kept(situation, 'packages'))],
      verify: installed,
      undo: [removeInstalledPackages(tool, kept(situation, 'packages'), leftUnits)],
      alreadySo: missingPackages.length === 0 ? `${packages.join(', ')}: installed` : undefined,
    },
  ]
}

/** Of Debian: the one is not stopped by its package, the other fails before it is configured. */
const leftUnits = { running: ['unattended-upgrades.service'], failed: ['fail2ban.service'] }

export function updateByItself(situation: LockdownSituation, { updates }: LockdownWish): Step[] {
  if (updates === null) return []
  const { files, units, aptPeriodic } = situation.inspected
  const [file] = updates.files
  const filesAreSo = updates.files.every(({ path, content, mode }) => {
    const found = files.get(path)
    return found?.content === content && found.entry.mode === mode
  })
  const timersAreSo = updates.timers.every((name) => units.get(name)?.active === 'active')
  const isSo = filesAreSo && timersAreSo && (updates.tool !== 'apt' || aptPeriodic.get('Unattended-Upgrade') === '1')
  return [
    {
      id: 'updates',
      title: 'Install security updates automatically',
      as: 'root',
      check: areUpdatesAutomatic(updates),
      apply: [makeUpdatesAutomatic(updates, kept(situation, 'updates'))],
      verify: areUpdatesAutomatic(updates),
      undo: [updatesAsTheyWere(updates, units, kept(situation, 'updates'))],
      ...(file === undefined
        ? {}
        : {
            file: {
              path: file.path,
              before: files.get(file.path)?.content ?? null,
              after: file.content,
              mode: file.mode,
            },
          }),
      alreadySo: isSo ? `${updates.files.map(({ path }) => path).join(', ')}: there, and in force` : undefined,
    },
  ]
}

export function protectKernel(situation: LockdownSituation, { parameters }: LockdownWish): Step[] {
  if (parameters.length === 0) return []
  const file = sysctlFile(parameters)
  const { files, kernel } = situation.inspected
  const found = files.get(file.path)
  const isSo =
    found?.content === file.content &&
    found.entry.mode === file.mode &&
    parameters.every(({ name, value }) => kernel.get(name)?.value === value)
  return [
    {
      id: 'kernel',
      title: `Set ${parameters.length} kernel parameters that protect the network and the memory`,
      as: 'root',
      check: hasParameters(file, parameters),
      apply: [setParameters(file, parameters, kept(situation, 'sysctl'))],
      verify: hasParameters(file, parameters),
      undo: [restoreParameters(file.path, kept(situation, 'sysctl'))],
      file: {
        path: file.path,
        before: found?.content ?? null,
        after: file.content,
        mode: file.mode,
        owner: file.owner,
      },
      alreadySo: isSo ? `${file.path} says so, and the kernel has them` : undefined,
    },
  ]
}

export const turnServicesOff = (situation: LockdownSituation, { off }: LockdownWish): Step[] =>
  off.flatMap((unit): Step[] => {
    const before = situation.inspected.units.get(unit)
    if (!isThere(before)) return []
    return [
      {
        id: `services.off:${unit}`,
        title: `Stop ${unit}, now and at every boot`,
        as: 'root',
        check: isOff(unit),
        apply: [turnOff(unit)],
        verify: isOff(unit),
        undo: [turnOn(unit, before)],
        alreadySo: before.active !== 'active' && before.enabled !== 'enabled' ? `${unit} is off` : undefined,
      },
    ]
  })

export function banAttackers(situation: LockdownSituation, { jails }: LockdownWish): Step[] {
  if (jails.length === 0) return []
  const { inspected, settings, facts } = situation
  const file = jailsFile(jails, {
    retries: settings.fail2ban.retries,
    findMs: settings.fail2ban.findMs,
    banMs: settings.fail2ban.banMs,
    neverBan: neverBan(situation),
    banByNft: facts.os.family === 'debian',
  })
  const found = inspected.files.get(file.path)
  const before = inspected.units.get('fail2ban.service')
  const watched = jails.every(({ kind }) => inspected.jails?.includes(kind.jail) === true)
  const isSo =
    found?.content === file.content && found.entry.mode === file.mode && watched && before?.enabled === 'enabled'
  const names = jails.map(({ kind }) => kind.jail).join(', ')
  return [
    {
      id: 'fail2ban',
      title: `Ban who fails to log in ${settings.fail2ban.retries} times: ${names}`,
      as: 'root',
      check: isWatching(file, jails),
      apply: [watchJails(file, jails, kept(situation, 'jails'))],
      verify: isWatching(file, jails),
      undo: [unwatchJails(file.path, before, kept(situation, 'jails'))],
      file: {
        path: file.path,
        before: found?.content ?? null,
        after: file.content,
        mode: file.mode,
        owner: file.owner,
      },
      alreadySo: isSo ? `fail2ban watches ${names}` : undefined,
    },
  ]
}

/** Our own addresses, and whom others never ban. */
const neverBan = (situation: LockdownSituation): readonly string[] => [
  ...new Set(['127.0.0.0/8', '::1', ...ownAddresses(situation), ...situation.inspected.neverBanned]),
]
