import { z } from 'zod'
import type { Shell } from '../guard/index.ts'
import type { Assessment, Risk } from '../schema/guard.ts'
import { DeviceType } from '../schema/server.ts'

const Line = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  command: z.string(),
  shell: z.string().nullish(),
  device: z.string().nullish(),
})

/** One answer of `guard classify --jsonl`. */
export type Classified = {
  readonly id: string | number | null
  readonly verdict: Assessment['verdict']
  readonly action_types: readonly string[]
  readonly risk: Risk
}

/** What is said of one line; a line that cannot be read is one whose command asks, so that each line has its answer. */
export function classifyLine(
  line: string,
  assess: (command: string, as: { deviceType?: DeviceType; shell?: Shell }) => Assessment,
): Classified {
  const read = Line.safeParse(parsed(line))
  if (!read.success) return { id: idIn(line), verdict: 'confirm', action_types: ['opaque'], risk: 'high' }
  const { id, command, shell, device } = read.data
  const deviceType = deviceCalled(device ?? '')
  const { verdict, findings, risk } = assess(command, {
    ...(deviceType === null ? {} : { deviceType }),
    ...(shell === null || shell === undefined ? {} : { shell: windows.test(shell) ? 'windows' : 'posix' }),
  })
  return { id: id ?? null, verdict, action_types: [...new Set(findings.map(({ action }) => action))], risk }
}

const windows = /^(powershell|pwsh|ps1?|cmd|batch|bat)(\.exe)?$/i

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

const WithId = z.object({ id: z.union([z.string(), z.number()]) })
const idIn = (line: string): string | number | null => WithId.safeParse(parsed(line)).data?.id ?? null

/** Devices have other names elsewhere. */
const others: Readonly<Record<string, DeviceType>> = {
  zfs: 'nas',
  'zfs/nas': 'nas',
  truenas: 'nas',
  other: 'generic',
  linux: 'generic',
  debian: 'generic',
  wsl: 'wsl2',
}

/** A kind of device by any of its names; null where it is none. */
export function deviceCalled(name: string): DeviceType | null {
  const small = name.toLowerCase()
  const known = DeviceType.safeParse(small)
  return known.success ? known.data : (others[small] ?? null)
}
