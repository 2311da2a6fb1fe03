import type { Packaging } from './packages.ts'
import { areInstalled, eachIsKnown, inspect, installAndRecord, parseStates, removeRecorded } from './rpm.ts'
import { sh } from './shell.ts'

/** dnf waits for its lock by itself. */
export const dnf: Packaging = {
  areInstalled,
  areKnown: (names) => eachIsKnown(names, (name) => sh`dnf -q -y list -- ${name}`),
  refresh: sh`dnf -q -y makecache`,
  install: (names, record) => installAndRecord(sh`dnf -y install -- ${names}`, record),
  removeRecorded,
  inspect,
  parseStates,
}
