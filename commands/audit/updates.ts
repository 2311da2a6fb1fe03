import { lines, pipe, sh } from '../shell.ts'
import {
  parseAptUpgrades,
  parseDnfSecurityUpgrades,
  printAptUpgrades,
  printDnfSecurityUpgrades,
  type Upgrade,
} from '../upgrades.ts'
import { linesOf, type Reading } from './reading.ts'

/** What could be upgraded; null where the host's package tool cannot be asked without changing what it knows. */
export const upgrades: Reading<readonly Upgrade[] | 'no_answer' | null> = {
  name: 'upgrades',
  script: lines(
    sh`if command -v apt-get > /dev/null; then`,
    sh`echo apt`,
    printAptUpgrades,
    sh`elif command -v dnf > /dev/null; then`,
    sh`echo dnf`,
    printDnfSecurityUpgrades,
    sh`else exit 3; fi`,
  ),
  needsRoot: false,
  timeoutSeconds: 45,
  parse: ({ text, exitCode }) => {
    if (exitCode !== 0) return exitCode === 3 ? null : 'no_answer'
    const found = text.startsWith('apt') ? parseAptUpgrades(text) : parseDnfSecurityUpgrades(text)
    return found.toSorted((a, b) => a.name.localeCompare(b.name))
  },
}

/** Whether the lists of packages were fetched in the last eight days; null where there are none that we know. */
export const listsAreFresh: Reading<boolean | null> = {
  name: 'lists',
  // The lists themselves carry the server's time, the directories that of the fetching.
  script: lines(
    sh`[ -d /var/lib/apt/lists ] || [ -d /var/cache/dnf ] || exit 3`,
    sh`find /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp /var/cache/dnf -maxdepth 0 -mtime -8`,
  ),
  needsRoot: false,
  parse: (answer) => (answer.exitCode === 3 ? null : linesOf(answer).length > 0),
}

export type AutomaticUpdates = { readonly tool: string | null; readonly settings: ReadonlyMap<string, string> }

export const automaticUpdates: Reading<AutomaticUpdates> = {
  name: 'automatic-updates',
  script: lines(
    sh`for tool in unattended-upgrade dnf-automatic yum-cron; do command -v "$tool"; done`,
    pipe(sh`cat /etc/apt/apt.conf /etc/apt/apt.conf.d/*`, sh`grep -E '^[[:space:]]*APT::Periodic::[A-Za-z-]+ '`),
  ),
  needsRoot: false,
  parse: ({ text }) => ({
    tool: /^\/.*\/([a-z-]+)$/m.exec(text)?.[1] ?? null,
    settings: new Map(
      [...text.matchAll(/^\s*APT::Periodic::([A-Za-z-]+) "?([^";]*)"?;/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    ),
  }),
}

/** Packages for whose sake the host wants a reboot; null where it wants none. */
export const rebootFor: Reading<readonly string[] | null> = {
  name: 'reboot',
  script: lines(sh`[ -e /run/reboot-required ] || exit 3`, sh`sort -u /run/reboot-required.pkgs`),
  needsRoot: false,
  parse: (answer) => (answer.exitCode === 3 ? null : linesOf(answer)),
}
