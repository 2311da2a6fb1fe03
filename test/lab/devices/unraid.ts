import type { LabHost } from '../../../lab/index.ts'
import { installDocker } from './docker.ts'
import { installTools, setState } from './tool.ts'

/** Unraid's own `mdcmd status` prints the driver's variables, and any other word is written to the driver. */
const mdcmd = `
#!/bin/sh
if [ "$1" = status ]; then cat /var/lib/device/mdstat; else echo "$*" >> /var/lib/device/mdcmd.log; fi
`

/**
 * The variables as Unraid 6.12 prints them: a parity check has \`mdResync\` above 0 while it runs, 0 and a position while
 * it is paused, and 0 in both when there is none; sizes and positions are in kilobytes (as the plugin
 * parity.check.tuning reads them).
 */
export const mdstat = (o: { position?: number; running?: boolean; state?: string; disabled?: number } = {}): string => {
  const { position = 0, running = false, state = 'STARTED', disabled = 0 } = o
  const size = 976_762_552
  return `sbName=/boot/config/super.dat
sbVersion=2.9.25
sbSynced=1700000000
sbSynced2=0
sbSyncErrs=0
mdVersion=2.9.27
mdState=${state}
mdNumDisks=4
mdNumDisabled=${disabled}
mdNumReplaced=0
mdNumInvalid=0
mdNumMissing=0
mdResyncAction=check P
mdResyncSize=${size}
mdResyncCorr=1
mdResync=${running ? size : 0}
mdResyncPos=${position}
mdResyncDt=${running ? 2 : 0}
mdResyncDb=${running ? 300_000 : 0}
diskNumber.0=0
diskState.0=7
rdevStatus.0=DISK_OK
`
}

export async function makeUnraid(host: LabHost): Promise<void> {
  await installDocker(host)
  await installTools(host, { mdcmd })
  await setState(host, 'mdstat', mdstat())
  await host.sh('mkdir -p /mnt/user/media /mnt/disk1 /mnt/cache && mount -t tmpfs cache /mnt/cache')
}
