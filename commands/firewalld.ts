import type { Command } from '../schema/command.ts'
import type { FirewallRule } from '../schema/lockdown.ts'
import { restoreFile, saveFile, type Backup } from './backup.ts'
import { familyOf, showRule } from './firewall-rule.ts'
import { command, lines, must, sh, strict, type Script } from './shell.ts'
import { unitAsItWas, type Unit } from './units.ts'

export type FirewalldFacts = {
  readonly running: boolean
  /** The zone of the interface by which we come in, or the default one. */
  readonly zone: string
  /** What it says at boot: `22/tcp`, `8000-8010/udp`; services as the ports they stand for. */
  readonly ports: readonly string[]
  readonly richRules: readonly string[]
  /** What happens to packets that nothing names; 'default' rejects. */
  readonly target: string
}

/** While it does not run, its files are asked by firewall-offline-cmd, which has the same words. */
export const printFirewalld: Script = lines(
  sh`command -v firewall-cmd > /dev/null || exit 0`,
  sh`if firewall-cmd --state > /dev/null 2>&1; then echo running; ask='firewall-cmd --permanent'; zone=$(firewall-cmd --get-default-zone); else ask=firewall-offline-cmd; zone=$(firewall-offline-cmd --get-default-zone); fi`,
  sh`device=$(ip -o route get "$(printf '%s\n' "$connection" | cut -d ' ' -f 1)" 2> /dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')`,
  sh`[ -z "$device" ] || zone=$(firewall-cmd --get-zone-of-interface="$device" 2> /dev/null || echo "$zone")`,
  sh`echo "zone $zone"`,
  sh`echo "target $($ask --zone="$zone" --get-target)"`,
  sh`for port in $($ask --zone="$zone" --list-ports); do echo "port $port"; done`,
  sh`for service in $($ask --zone="$zone" --list-services); do for port in $($ask --service="$service" --get-ports); do echo "port $port"; done; done`,
  sh`$ask --zone="$zone" --list-rich-rules | sed 's/^/rich /'`,
)

export function parseFirewalld(stdout: string): FirewalldFacts {
  const all = (key: string): string[] =>
    [...stdout.matchAll(new RegExp(`^${key} (.+)$`, 'gm'))].map(([, value = '']) => value.trim())
  return {
    running: /^running$/m.test(stdout),
    zone: all('zone')[0] ?? 'public',
    ports: [...new Set(all('port'))],
    richRules: all('rich'),
    target: all('target')[0] ?? 'default',
  }
}

const portOf = ({ port, toPort, protocol }: FirewallRule): string =>
  `${toPort === undefined ? port : `${port}-${toPort}`}/${protocol}`

/** A plain port where a rule is for everybody; a rich rule where it is not. */
function option(rule: FirewallRule, verb: 'add' | 'query'): string {
  if (rule.source === 'any' && rule.action === 'allow') return `--${verb}-port=${portOf(rule)}`
  const [ports, protocol] = portOf(rule).split('/')
  const from = rule.source === 'any' ? '' : ` family="ipv${familyOf(rule)}" source address="${rule.source}"`
  const then = rule.action === 'allow' ? 'accept' : 'drop'
  return `--${verb}-rich-rule=rule${from} port port="${ports}" protocol="${protocol}" ${then}`
}

export type FirewalldGoal = { readonly zone: string; readonly rules: readonly FirewallRule[]; readonly runs: boolean }

/** Exit 0 when it runs, starts with the host, and lets in what it should in its zone. */
export const isFirewalldSet = ({ zone, rules }: FirewalldGoal): Command =>
  command({
    script: lines(
      must(sh`firewall-cmd --state > /dev/null`),
      must(sh`systemctl is-enabled --quiet -- firewalld.service`),
      must(sh`[ "$(firewall-cmd --permanent --zone=${zone} --get-target)" != ACCEPT ]`),
      ...rules.flatMap((rule) => [
        sh`firewall-cmd --zone=${zone} ${option(rule, 'query')} > /dev/null || { printf '%s\n' ${`firewalld has no rule for ${showRule(rule)}`} >&2; exit 1; }`,
        must(sh`firewall-cmd --permanent --zone=${zone} ${option(rule, 'query')} > /dev/null`),
      ]),
    ),
    shown: `ask firewalld for ${rules.map(showRule).join(', ')} in the zone ${zone}`,
    effect: 'read',
    category: 'system',
  })

export const firewalldZoneFile = (zone: string): string => `/etc/firewalld/zones/${zone}.xml`

/** Writes the rules down, those for SSH first, and only then has firewalld take them up or start. */
export const setFirewalld = ({ zone, rules, runs }: FirewalldGoal, backup: Backup): Command => {
  const tell = runs ? sh`firewall-cmd --permanent` : sh`firewall-offline-cmd`
  return command({
    script: strict(
      saveFile(firewalldZoneFile(zone), backup),
      ...rules.map((rule) => sh`${tell} --zone=${zone} ${option(rule, 'add')}`),
      sh`[ "$(${tell} --zone=${zone} --get-target)" != ACCEPT ] || ${tell} --zone=${zone} --set-target=default`,
      ...(runs ? [sh`firewall-cmd --reload`] : [sh`systemctl enable --now -- firewalld.service`]),
    ),
    shown: `firewalld: let in ${rules.map(showRule).join(', ')} in the zone ${zone}`,
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })
}

/** `before` is its unit as it was found: one that was not there goes with its package. */
export const firewalldAsItWas = (zone: string, before: Unit | undefined, backup: Backup): Command =>
  command({
    script: strict(
      restoreFile(firewalldZoneFile(zone), backup),
      before?.active === 'active' ? sh`firewall-cmd --reload` : unitAsItWas('firewalld.service', before),
    ),
    shown: 'restore the rules of firewalld as they were',
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })
