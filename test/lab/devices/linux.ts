import type { LabHost } from '../../../lab/index.ts'
import { installTools, setState } from './tool.ts'

/** lvs(8) with `--separator '|' -o vg_name,lv_name,origin,lv_attr`: the sixth letter of the attributes is `o` while it is open. */
const lvs = `
#!/bin/sh
cat /var/lib/device/lvs
`
/** `snap changes` (snapcraft.io/docs, "Manage updates"). */
const snap = `
#!/bin/sh
[ "$1" = changes ] && cat /var/lib/device/snap
`
/** who(1), which reads a table of log-ins that a container has none of. */
const who = `
#!/bin/sh
cat /var/lib/device/who
`

export const snapChanges = (refreshes: boolean): string => `ID   Status  Spawn               Ready               Summary
3    Done    today at 09:00 UTC  today at 09:01 UTC  Initialize device
${refreshes ? '4    Doing   today at 10:00 UTC  -                   Auto-refresh snap "lxd"\n' : ''}`

export const logicalVolumes = (withSnapshot: boolean): string => `  ubuntu-vg|root||owi-aos---
${withSnapshot ? '  ubuntu-vg|before|root|swi-a-s---\n' : ''}`

export async function makeUbuntu(host: LabHost): Promise<void> {
  await installTools(host, { lvs, snap, who })
  await setState(host, 'lvs', logicalVolumes(true))
  await setState(host, 'snap', snapChanges(false))
  await setState(host, 'who', '')
}

/** Takes dpkg's lock as dpkg does, by fcntl(2), until it is ended. */
export const holdPackageLock = (host: LabHost): Promise<void> =>
  started(
    host,
    'packages',
    `exec perl -MFcntl -e 'open(my $f, ">", "/var/lib/dpkg/lock-frontend"); my $l = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); fcntl($f, F_SETLK, $l) or die; sleep 1000'`,
  )

/** Runs in the background as a unit of its own, and is there when this returns. */
export async function started(host: LabHost, unit: string, script: string): Promise<void> {
  const encoded = Buffer.from(script).toString('base64')
  const { exitCode, stderr } = await host.sh(
    `echo ${encoded} | base64 -d > /run/${unit}.sh && systemd-run --collect --unit=${unit} bash /run/${unit}.sh`,
  )
  if (exitCode !== 0) throw new Error(`starting ${unit}: ${stderr}`)
}

export const stopped = async (host: LabHost, unit: string): Promise<void> =>
  void (await host.sh(`systemctl stop ${unit}`))
