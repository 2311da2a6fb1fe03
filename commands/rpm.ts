import type { PackageState } from './packages.ts'
import { and, lines, pipe, sh, type Script } from './shell.ts'

/** What dnf, yum and zypper share: the database of rpm. A name counts as installed when something installed provides it. */
export const areInstalled = (names: readonly string[]): Script =>
  and(...names.map((name) => sh`rpm -q --whatprovides ${name} > /dev/null`))

/** Name and architecture of every package: an update of a package is not a new one. */
const installedNow: Script = pipe(sh`rpm -qa --qf ${'%{NAME}.%{ARCH}\\n'}`, sh`LC_ALL=C sort -u`)

/** Installs, and keeps the names that were not there before, however the installation ends. */
export const installAndRecord = (install: Script, record: string): Script => recordNew(install, record, installedNow)

export function recordNew(install: Script, record: string, listInstalled: Script): Script {
  const [before, after] = [`${record}.before`, `${record}.after`]
  return lines(
    sh`export LC_ALL=C`,
    sh`[ -e ${before} ] || ${listInstalled} > ${before}`,
    sh`status=0`,
    sh`${install} < /dev/null || status=$?`,
    sh`${listInstalled} > ${after}`,
    sh`comm -13 -- ${before} ${after} > ${record}`,
    sh`exit "$status"`,
  )
}

/** rpm itself: it refuses where something else has come to need one of these. */
export const removeRecorded = (record: string): Script =>
  pipe(stillInstalled(record, installedNow), sh`xargs -r rpm -e --`)

/** What the record names and what is still there, so that removing twice is no error. */
export const stillInstalled = (record: string, listInstalled: Script): Script =>
  pipe(listInstalled, sh`LC_ALL=C comm -12 -- ${record} -`)

export const inspect = (names: readonly string[]): Script =>
  lines(...names.map((name) => and(sh`rpm -q --whatprovides ${name} > /dev/null`, sh`printf 'installed %s\n' ${name}`)))

export const parseStates = (stdout: string, names: readonly string[]): ReadonlyMap<string, PackageState> => {
  const installed = new Set([...stdout.matchAll(/^installed (\S+)$/gm)].map(([, name]) => name))
  return new Map(names.map((name) => [name, installed.has(name) ? 'installed' : 'unknown']))
}

/** Asks for each name by itself, so that each that is missing is said. */
export const eachIsKnown = (names: readonly string[], ask: (name: string) => Script): Script =>
  lines(
    sh`missing=0`,
    ...names.map(
      (name) =>
        sh`${ask(name)} > /dev/null || { printf '%s\n' ${`no package ${name} in the repositories`} >&2; missing=1; }`,
    ),
    sh`exit "$missing"`,
  )
