import type { Packaging } from './packages.ts'
import { areInstalled, eachIsKnown, inspect, installAndRecord, parseStates, removeRecorded } from './rpm.ts'
import { sh } from './shell.ts'

/** yum waits for its lock by itself. */
export const yum: Packaging = {
  areInstalled,
  areKnown: (names) => eachIsKnown(names, (name) => sh`yum -q -y list ${name}`),
  refresh: sh`yum -q -y makecache`,
  install: (names, record) => installAndRecord(sh`yum -y install ${names}`, record),
  removeRecorded,
  inspect,
  parseStates,
}
