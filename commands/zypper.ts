import type { Packaging } from './packages.ts'
import { areInstalled, eachIsKnown, inspect, installAndRecord, parseStates, removeRecorded } from './rpm.ts'
import { lines, sh } from './shell.ts'

const lockWait = sh`export ZYPP_LOCK_TIMEOUT=300`

export const zypper: Packaging = {
  areInstalled,
  areKnown: (names) =>
    eachIsKnown(names, (name) => sh`zypper --non-interactive --quiet search --match-exact --provides -- ${name}`),
  refresh: lines(lockWait, sh`zypper --non-interactive --quiet refresh`),
  install: (names, record) =>
    lines(lockWait, installAndRecord(sh`zypper --non-interactive install -- ${names}`, record)),
  removeRecorded,
  inspect,
  parseStates,
}
