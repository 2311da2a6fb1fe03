import type { Command } from '../schema/command.ts'
import type { PackageTool } from '../schema/facts.ts'
import { apt } from './apt.ts'
import { backupPath, openBackup, type Backup } from './backup.ts'
import { dnf } from './dnf.ts'
import { pacman } from './pacman.ts'
import { command, sh, strict, when, type Script } from './shell.ts'
import { yum } from './yum.ts'
import { zypper } from './zypper.ts'

/** `unknown`: not installed, and only the repositories can tell. `stale`: the lists do not have it, and are old. */
export type PackageState = 'installed' | 'available' | 'virtual' | 'absent' | 'stale' | 'unknown'

/** What one package tool is told. `record` is where the names of newly installed packages are kept for the way back. */
export type Packaging = {
  readonly areInstalled: (names: readonly string[]) => Script
  /** Exit 0 when the lists are fresh enough to install from and have each name; says each that they do not have. */
  readonly areKnown: (names: readonly string[]) => Script
  readonly refresh: Script
  readonly install: (names: readonly string[], record: string) => Script
  /** Removes what the record names, and refuses where something else has come to need it. */
  readonly removeRecorded: (record: string) => Script
  /** Prints what `parseStates` reads. */
  readonly inspect: (names: readonly string[]) => Script
  readonly parseStates: (stdout: string, names: readonly string[]) => ReadonlyMap<string, PackageState>
}

const tools: Readonly<Record<PackageTool, Packaging>> = { apt, dnf, yum, pacman, zypper }
export const packagingOf = (tool: PackageTool): Packaging => tools[tool]

const minutes = 60_000
const category = 'packages'

export const arePackagesInstalled = (tool: PackageTool, names: readonly string[]): Command =>
  command({ script: tools[tool].areInstalled(names), shown: `query ${names.join(' ')}`, effect: 'read', category })

export const arePackagesKnown = (tool: PackageTool, names: readonly string[]): Command =>
  command({
    script: tools[tool].areKnown(names),
    shown: `look up ${names.join(' ')}`,
    effect: 'read',
    category,
    timeoutMs: 5 * minutes,
  })

/** Fetches the lists and looks the names up: what they do not have stands in the output of the failure. */
export const refreshPackageLists = (tool: PackageTool, names: readonly string[]): Command =>
  command({
    script: strict(tools[tool].refresh, tools[tool].areKnown(names)),
    shown: `${tool}: refresh the package lists and look up ${names.join(' ')}`,
    effect: 'change',
    category,
    timeoutMs: 10 * minutes,
  })

export const installPackages = (tool: PackageTool, names: readonly string[], backup: Backup): Command =>
  command({
    script: strict(openBackup(backup), tools[tool].install(names, backupPath(backup))),
    shown: `${tool} install ${names.join(' ')}`,
    effect: 'change',
    category,
    timeoutMs: 30 * minutes,
  })

/** Units that a package is known to leave behind when it goes: at work without their file, or failed. */
export type LeftUnits = { readonly running: readonly string[]; readonly failed: readonly string[] }

/** Removes the packages that the operation newly installed, dependencies included, and no other; then the units that they leave. */
export const removeInstalledPackages = (
  tool: PackageTool,
  backup: Backup,
  { running, failed }: LeftUnits = { running: [], failed: [] },
): Command =>
  command({
    script: strict(
      when(sh`[ ! -e ${backupPath(backup)} ]`, sh`exit 0`),
      tools[tool].removeRecorded(backupPath(backup)),
      ...running.map((unit) => when(isGone(unit), sh`systemctl --quiet stop -- ${unit} 2> /dev/null || true`)),
      ...failed.map((unit) => when(isGone(unit), sh`systemctl --quiet reset-failed -- ${unit} 2> /dev/null || true`)),
    ),
    shown: `${tool}: remove what this operation newly installed`,
    effect: 'change',
    category,
    timeoutMs: 30 * minutes,
  })

const isGone = (unit: string): Script => sh`! systemctl cat -- ${unit} > /dev/null 2>&1`
