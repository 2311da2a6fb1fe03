import type { Command } from '../schema/command.ts'
import type { SavedState } from '../schema/plan.ts'
import { putStateBack } from './auto-revert.ts'
import { revertDirectory } from './revert-script.ts'
import { command, lines, reading, sh, strict, type Script } from './shell.ts'

/** What the tools of firewalls keep on disk: the rules themselves are saved as the kernel has them. */
const files: readonly string[] = [
  '/etc/default/ufw',
  '/etc/ufw/ufw.conf',
  '/etc/ufw/user.rules',
  '/etc/ufw/user6.rules',
  '/etc/nftables.conf',
  '/etc/iptables/rules.v4',
  '/etc/iptables/rules.v6',
  '/etc/firewalld/firewalld.conf',
  '/etc/firewalld/direct.xml',
  '/etc/firewalld/zones/public.xml',
]

/** All by which a host is reached, but for sshd: its firewall, its addresses and its routes. */
export const reachedBy: SavedState = {
  files,
  units: ['ufw.service', 'nftables.service', 'firewalld.service', 'netfilter-persistent.service'],
  firewall: true,
  network: true,
  kernelParameters: [],
  reload: [],
}

/** Beside what is saved, the script that puts it back by hand and compares the rules with those that were saved. */
export const keepWayBack = (operationId: string): Command => {
  const back = lines(
    sh`(`,
    { text: putStateBack({ operationId, save: reachedBy }).script },
    sh`) || exit 1`,
    rulesAreBack(operationId),
  )
  return command({
    script: strict(
      sh`d=${revertDirectory(operationId)}`,
      reading(sh`cat >"$d/put-back"`, back.text),
      sh`sh -n "$d/put-back"`,
      sh`sync -- "$d/put-back"`,
    ),
    shown: 'keep a script that puts firewall, addresses and routes back',
    effect: 'change',
    category: 'system',
  })
}

/** Counters and comments move by themselves. */
const rulesAreBack = (operationId: string): Script => sh`d=${revertDirectory(operationId)}
rules() { sed 's/ *\[[0-9]*:[0-9]*\]$//; /^#/d' | sort; }
for saved in "$d/firewall"/*tables*; do
  tool=$(basename -- "$saved")
  [ "$tool" = tables ] && continue
  now=$("$tool-save" 2>/dev/null | rules)
  if [ "$now" != "$(rules <"$saved")" ]; then
    printf '%s\n' "the rules of $tool are not what they were" >&2
    exit 1
  fi
done`
