import type { Command } from '../schema/command.ts'
import type { FirewallRule } from '../schema/lockdown.ts'
import { restoreFile, saveFile, type Backup } from './backup.ts'
import { allowTcp, showRule } from './firewall-rule.ts'
import { and, command, lines, must, pipe, refuse, sh, strict, when, type Script } from './shell.ts'
import { parametersBack, saveParameters } from './sysctl.ts'
import { familiesOf, fileOf, tuple, ufwFiles, ufwKernelParameters } from './ufw-rules.ts'
import type { Unit } from './units.ts'

/** The words that ufw takes for a rule. */
const words = ({ port, toPort, protocol, action, source }: FirewallRule): readonly string[] => [
  action,
  'proto',
  protocol,
  'from',
  source,
  'to',
  'any',
  'port',
  toPort === undefined ? `${port}` : `${port}:${toPort}`,
]

/** Whether ufw has written a rule down, for each family that it is about. */
const isWritten = (rule: FirewallRule): Script =>
  and(
    ...familiesOf(rule).map(
      (family) => sh`grep -Eq -- ${`^### tuple ### ${tuple(rule, family)}( comment=.*)?$`} ${fileOf(family)}`,
    ),
  )

/** Exit 0 when ufw has written the rules down; with 'first', when none that is there comes before them. */
export const areUfwRulesWritten = (rules: readonly FirewallRule[], where: 'last' | 'first'): Command =>
  command({
    script: lines(
      ...rules.map(
        (rule) =>
          sh`{ ${isWritten(rule)}; } || { printf '%s\n' ${`ufw has no rule for ${showRule(rule)}`} >&2; exit 1; }`,
      ),
      ...(where === 'first' ? rules.slice(-1).map((rule) => must(isFirst(rule))) : []),
    ),
    shown: `look for ${rules.map(showRule).join(', ')} in ufw's rules`,
    effect: 'read',
    category: 'system',
  })

/** Those that are put first one by one end with the last of them on top. */
const isFirst = (rule: FirewallRule): Script =>
  and(
    ...familiesOf(rule).map((family) =>
      pipe(
        sh`grep -m 1 '^### tuple ###' ${fileOf(family)}`,
        sh`grep -Eq -- ${`^### tuple ### ${tuple(rule, family)}( comment=.*)?$`}`,
      ),
    ),
  )

/**
 * Adds rules behind those that are there, or before them where those would decide first. While ufw is not active this
 * only writes them down.
 */
export const addUfwRules = (rules: readonly FirewallRule[], where: 'last' | 'first', backup: Backup): Command =>
  command({
    script: strict(
      ...saveUfw(backup),
      ...rules.flatMap((rule) =>
        where === 'last'
          ? [sh`ufw ${words(rule)}`]
          : // ufw has one action for one match, and does not put a rule first that it has: a denial becomes ours, and moves.
            [sh`ufw ${words(rule)}`, sh`ufw delete ${words(rule)}`, sh`ufw prepend ${words(rule)}`],
      ),
    ),
    shown: rules.map((rule) => `ufw ${words(rule).join(' ')}`).join('; '),
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })

/** Deletes rules by their words. `check` holds when none of them is among those that ufw was told. */
export const removeUfwRules = (
  rules: readonly (readonly string[])[],
  backup: Backup,
): { readonly check: Command; readonly apply: Command } => ({
  check: command({
    script: lines(...rules.map((one) => must(sh`ufw --dry-run delete ${one} 2>&1 | grep -q 'Could not delete'`))),
    shown: 'look for rules of others in ufw',
    effect: 'read',
    category: 'system',
  }),
  apply: command({
    script: strict(...saveUfw(backup), ...rules.map((one) => sh`ufw --force delete ${one}`)),
    shown: rules.map((one) => `ufw delete ${one.join(' ')}`).join('; '),
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  }),
})

const saved = ({ operationId, item }: Backup): readonly (readonly [string, Backup])[] =>
  Object.entries(ufwFiles).map(([name, path]) => [path, { operationId, item: `${item}-${name}` }])
const saveUfw = (backup: Backup): readonly Script[] => saved(backup).map(([path, kept]) => saveFile(path, kept))
const restoreUfw = (backup: Backup): readonly Script[] => saved(backup).map(([path, kept]) => restoreFile(path, kept))

/** Puts ufw's rules and settings back; one that is active takes them up at once. */
export const restoreUfwRules = (backup: Backup): Command =>
  command({
    script: strict(...restoreUfw(backup), when(sh`grep -qi '^ENABLED=yes' ${ufwFiles.conf}`, sh`ufw reload`)),
    shown: 'restore the rules of ufw as they were',
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })

export type UfwGoal = { readonly sshPorts: readonly number[] }

/** The kernel's chains of ufw, which name the port once ufw has loaded its rules. */
const isLoaded = (port: number): readonly Script[] => [
  sh`iptables -w 5 -S ufw-user-input | grep -Eq -- ${`--dport ${port} .*-j ACCEPT`}`,
  sh`{ [ ! -e /proc/sys/net/ipv6 ] || ip6tables -w 5 -S ufw6-user-input | grep -Eq -- ${`--dport ${port} .*-j ACCEPT`}; }`,
]

/** Exit 0 when ufw is active, starts with the host, and has the SSH ports open in the kernel. */
export const isUfwEnabled = ({ sshPorts }: UfwGoal): Command =>
  command({
    script: lines(
      must(sh`ufw status | grep -q '^Status: active'`),
      must(sh`grep -qi '^ENABLED=yes' ${ufwFiles.conf}`),
      must(sh`systemctl is-enabled --quiet -- ufw.service`),
      ...sshPorts.flatMap(isLoaded).map(must),
    ),
    shown: 'ufw status',
    effect: 'read',
    category: 'system',
  })

/** Turns ufw on; it refuses while a port of sshd is not among the rules (spec LOCK-3). */
export const enableUfw = ({ sshPorts }: UfwGoal, backup: Backup): Command =>
  command({
    script: strict(
      ...saveUfw(backup),
      ...sshPorts.map((port) =>
        when(sh`! { ${isWritten(allowTcp(port))}; }`, refuse(`ufw has no rule for SSH on port ${port}: it stays off`)),
      ),
      saveParameters(ufwKernelParameters, backup),
      sh`systemctl enable -- ufw.service`,
      sh`ufw --force enable`,
    ),
    shown: 'ufw --force enable',
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })

/** For one that was off: its chains leave the kernel, and what it was told goes back to what it was; `before` is its unit then. */
export const ufwOffAgain = (before: Unit | undefined, backup: Backup): Command =>
  command({
    script: strict(
      when(sh`! command -v ufw > /dev/null`, sh`exit 0`),
      ...restoreUfw(backup),
      before?.enabled === 'disabled' ? sh`systemctl disable -- ufw.service` : sh`:`,
      sh`for init in /usr/lib/ufw/ufw-init /lib/ufw/ufw-init; do if [ -x "$init" ]; then "$init" force-stop; break; fi; done`,
      parametersBack(backup),
    ),
    shown: 'ufw off again, and its settings as they were',
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })
