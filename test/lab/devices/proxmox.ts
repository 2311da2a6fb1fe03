import type { LabHost } from '../../../lab/index.ts'
import { installTools, setState } from './tool.ts'

/** Each prints what lies in /var/lib/device, or fails as the real one does; what changes something is written down. */
const pvecm = `
#!/bin/sh
[ "$1" = status ] || exit 255
[ -e /var/lib/device/pvecm ] || { echo "Error: Corosync config '/etc/pve/corosync.conf' does not exist - is this node part of a cluster?" >&2; exit 2; }
cat /var/lib/device/pvecm
`
const haManager = `
#!/bin/sh
[ "$1" = status ] && cat /var/lib/device/ha
`
const guestTool = (name: string) => `
#!/bin/sh
case "$1" in
list) cat /var/lib/device/${name} ;;
*) echo "${name} $*" >> /var/lib/device/guests.log ;;
esac
`

/** `pvecm status` of Proxmox VE 8 (Proxmox VE Administration Guide, "Cluster Manager"); without quorum corosync adds "Activity blocked". */
export const pvecmStatus = (votes: number, expected = 3): string => {
  const quorum = Math.floor(expected / 2) + 1
  const has = votes >= quorum
  return `Cluster information
-------------------
Name:             lab
Config Version:   3
Transport:        knet
Secure auth:      on

Quorum information
------------------
Date:             Mon Jul 22 13:44:10 2024
Quorum provider:  corosync_votequorum
Nodes:            ${votes}
Node ID:          0x00000001
Ring ID:          1.348
Quorate:          ${has ? 'Yes' : 'No'}

Votequorum information
----------------------
Expected votes:   ${expected}
Highest expected: ${expected}
Total votes:      ${votes}
Quorum:           ${quorum}  ${has ? '' : 'Activity blocked'}
Flags:            ${has ? 'Quorate ' : ''}

Membership information
----------------------
    Nodeid      Votes Name
0x00000001          1 192.0.2.1 (local)
`
}

/** `ha-manager status` (Proxmox VE Administration Guide, "High Availability"). */
export const haStatus = (services: readonly (readonly [id: string, state: string])[]): string =>
  [
    'quorum OK',
    'master pve1 (active, Fri Nov 28 13:23:12 2025)',
    'lrm pve1 (active, Fri Nov 28 13:23:19 2025)',
    ...services.map(([id, state]) => `service ${id} (pve1, ${state})`),
    '',
  ].join('\n')

/** `qm list` and `pct list` as qm(1) and pct(1) print them. */
export const qmList = `      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID
       100 web                  running    2048              32.00 1234
       101 db                   running    4096              64.00 1300
       102 old                  stopped    1024              16.00 0
`
export const pctList = `VMID       Status     Lock         Name
200        running                 dns
201        running    backup       mail
`

export async function makeProxmox(host: LabHost): Promise<void> {
  await installTools(host, { pvecm, 'ha-manager': haManager, qm: guestTool('qm'), pct: guestTool('pct') })
  await setState(host, 'pvecm', pvecmStatus(3))
  await setState(host, 'ha', haStatus([['vm:100', 'started']]))
  await setState(host, 'qm', qmList)
  await setState(host, 'pct', pctList)
  await host.sh(
    'mkdir -p /etc/pve/qemu-server /etc/pve/lxc /var/lib/vz/dump; echo memory: 2048 > /etc/pve/qemu-server/100.conf',
  )
}
