import { sh } from '../shell.ts'
import { linesOf, type Reading } from './reading.ts'

/** Kernel parameters by name with dots; those that this kernel does not have are left out. */
export const kernelParameters = (names: readonly string[]): Reading<ReadonlyMap<string, string>> => ({
  name: 'kernel',
  script: sh`grep -H '' ${names.map((name) => `/proc/sys/${name.replaceAll('.', '/')}`)}`,
  needsRoot: false,
  parse: (answer) =>
    new Map(
      linesOf(answer).map((line) => {
        const end = line.indexOf(':')
        return [line.slice('/proc/sys/'.length, end).replaceAll('/', '.'), line.slice(end + 1).replaceAll(/\s+/g, ' ')]
      }),
    ),
})
