import { z } from 'zod'

export const OsFamily = z.enum(['debian', 'redhat', 'arch', 'suse', 'unsupported'])
export type OsFamily = z.infer<typeof OsFamily>

export const PackageTool = z.enum(['apt', 'dnf', 'yum', 'pacman', 'zypper'])
export type PackageTool = z.infer<typeof PackageTool>

/** What was detected of a host: the input of plans. */
export const HostFacts = z.object({
  os: z.object({
    id: z.string(),
    idLike: z.array(z.string()),
    versionId: z.string(),
    prettyName: z.string(),
    family: OsFamily,
  }),
  kernel: z.string(),
  architecture: z.string(),
  hostname: z.string(),
  init: z.enum(['systemd', 'other']),
  packageTool: PackageTool.nullable(),
  /** Boot id and start time of PID 1: containers share boot ids. */
  boot: z.string(),
  user: z.object({ name: z.string(), uid: z.int() }),
  sudo: z.enum(['root', 'nopasswd', 'password', 'none']),
})
export type HostFacts = z.infer<typeof HostFacts>
