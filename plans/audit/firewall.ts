import { hasIpv6, iptables4, iptables6, nftRuleset, ufwStatus } from '../../commands/audit/firewall.ts'
import { unitFiles } from '../../commands/audit/units.ts'
import type { FilterChain } from '../../commands/iptables.ts'
import type { NftChain } from '../../commands/nft.ts'
import { nftTableUnits } from '../../commands/nft-table.ts'
import { type Area, cis, fail, type Judgement, listed, notApplicable, pass, passIf, type See, warn } from './check.ts'

type Way = 'input' | 'forward'

/** Everything that no rule lets through is dropped: by the policy, or by a last rule without a condition. */
const nftCloses = ({ policy, rules }: NftChain): boolean =>
  policy === 'drop' || /^(counter )?(drop|reject\b.*)( comment .*)?$/.test(rules.at(-1) ?? '')

const iptablesCloses = ({ policy, rules }: FilterChain): boolean =>
  policy === 'DROP' || /^-j (DROP|REJECT\b.*)$/.test(rules.at(-1) ?? '')

/** What closes a way for one address family, as the kernel has it; null where nothing does. */
function closedBy(see: See, family: 'ip' | 'ip6', way: Way): string | null {
  const chain = see(nftRuleset)?.find(
    (one) => one.hook === way && one.type === 'filter' && [family, 'inet'].includes(one.family) && nftCloses(one),
  )
  if (chain !== undefined) return `nft: table ${chain.family} ${chain.table}, chain ${chain.name}`
  const table = see(family === 'ip' ? iptables4 : iptables6)
  const filter = table?.find(({ name }) => name === way.toUpperCase())
  return filter !== undefined && iptablesCloses(filter)
    ? `${family === 'ip' ? 'iptables' : 'ip6tables'}: chain ${filter.name}`
    : null
}

const rules = [nftRuleset, iptables4, iptables6]

function judgeWay(see: See, family: 'ip' | 'ip6', way: Way): Judgement {
  const by = closedBy(see, family, way)
  if (by !== null) return pass(`${by} lets through only what a rule names`, 'closed')
  const asked = [
    ...(see(nftRuleset) === null ? [] : ['nft']),
    ...(see(iptables4) === null ? [] : ['iptables']),
    ...(see(iptables6) === null ? [] : ['ip6tables']),
  ]
  return fail(
    asked.length === 0 ? 'no firewall answers: neither nft nor iptables' : `no chain of ${asked.join(', ')} closes it`,
    'open',
  )
}

const tools = ['ufw.service', 'firewalld.service', 'nftables.service', 'netfilter-persistent.service']
/** Lockdown's own table is loaded by a unit of its own, beside nftables.service. */
const starters = [...tools, nftTableUnits[0]]

/** What may come in and through, in both address families, as the kernel itself has it. */
export const firewall: Area = {
  area: 'firewall',
  checks: [
    {
      id: 'firewall.ipv4',
      title: 'A firewall lets in over IPv4 only what a rule names',
      severity: 'high',
      setting: 'input over IPv4',
      wanted: 'closed',
      reads: rules,
      judge: (see) => judgeWay(see, 'ip', 'input'),
      remedy: 'Allow the SSH port and what this server is for, then let the firewall deny the rest.',
      fix: 'lockdown',
      reference: cis('4.2.7'),
    },
    {
      id: 'firewall.ipv6',
      title: 'A firewall lets in over IPv6 only what a rule names',
      severity: 'high',
      setting: 'input over IPv6',
      wanted: 'closed',
      reads: [...rules, hasIpv6],
      judge: (see) =>
        see(hasIpv6) ? judgeWay(see, 'ip6', 'input') : notApplicable('the host has no IPv6 address but its own ::1'),
      remedy: 'Give IPv6 the same rules as IPv4: for ufw IPV6=yes in /etc/default/ufw, for nftables a table inet.',
      fix: 'lockdown',
    },
    {
      id: 'firewall.forward',
      title: 'Nothing is passed on that no rule names',
      severity: 'medium',
      setting: 'forward over IPv4',
      wanted: 'closed',
      reads: rules,
      judge: (see) => judgeWay(see, 'ip', 'forward'),
      remedy:
        'Deny routed packets, for ufw with DEFAULT_FORWARD_POLICY="DROP", for nftables by the policy of the chain.',
      fix: 'lockdown',
    },
    {
      id: 'firewall.boot',
      title: 'The firewall is there after a reboot',
      severity: 'high',
      setting: 'units that load rules',
      wanted: 'one enabled',
      reads: [unitFiles],
      judge(see) {
        const units = see(unitFiles)
        if (units === null) return notApplicable('the host is not run by systemd')
        const enabled = starters.filter((unit) => units.get(unit) === 'enabled')
        return passIf(
          enabled.length > 0,
          enabled.length > 0 ? `enabled: ${enabled.join(', ')}` : `none is enabled of ${starters.join(', ')}`,
          enabled.join(', ') || 'none',
        )
      },
      remedy: 'Enable the unit of the firewall that is used, such as: systemctl enable ufw.',
      fix: 'lockdown',
      reference: cis('4.2.3'),
    },
    {
      id: 'firewall.one',
      title: 'One tool alone writes the rules',
      severity: 'medium',
      setting: 'units that load rules',
      wanted: 'not more than one enabled',
      reads: [unitFiles],
      judge(see) {
        const units = see(unitFiles)
        if (units === null) return notApplicable('the host is not run by systemd')
        const enabled = tools.filter((unit) => units.get(unit) === 'enabled')
        if (enabled.length === 0) return notApplicable('none of the usual ones is enabled')
        return enabled.length === 1
          ? pass(`enabled: ${enabled[0]}`, `${enabled[0]}`)
          : warn(`enabled beside each other:\n${listed(enabled)}`, enabled.join(', '))
      },
      remedy: 'Keep one of them and disable the others, so that none overwrites what another has written.',
    },
    {
      id: 'firewall.ufw-default',
      title: 'ufw denies what comes in by default',
      severity: 'high',
      setting: 'ufw default (incoming)',
      wanted: 'deny or reject',
      reads: [ufwStatus],
      judge(see) {
        const status = see(ufwStatus)
        if (status === null || !status.active) return notApplicable('ufw is not in use here')
        const incoming = status.defaults?.incoming ?? 'unknown'
        return passIf(/^(deny|reject)$/.test(incoming), `ufw status verbose: Default: ${incoming} (incoming)`, incoming)
      },
      remedy: 'Run: ufw default deny incoming, after the SSH port has been allowed.',
      fix: 'lockdown',
      reference: cis('4.2.7'),
    },
    {
      id: 'firewall.ufw-open',
      title: 'No rule of ufw opens every port to everybody',
      severity: 'high',
      setting: 'rules of ufw',
      wanted: 'none from Anywhere to Anywhere',
      reads: [ufwStatus],
      judge(see) {
        const status = see(ufwStatus)
        if (status === null || !status.active) return notApplicable('ufw is not in use here')
        const open = status.rules.filter(
          ({ to, action, from }) =>
            to.startsWith('Anywhere') && from.startsWith('Anywhere') && /^ALLOW( IN)?$/.test(action),
        )
        return open.length === 0
          ? pass(`${status.rules.length} rules, none of that kind`, 'none')
          : fail(listed(open.map(({ to, action, from }) => `${to} ${action} ${from}`)), `${open.length}`)
      },
      remedy: 'Delete the rule with: ufw delete allow from any to any, after naming the ports that are needed.',
    },
  ],
}
