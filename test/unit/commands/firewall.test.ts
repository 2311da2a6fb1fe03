import { describe, expect, it } from 'vitest'
import { parseFirewallFacts } from '../../../commands/firewall-facts.ts'
import { familyOf, includes, isOpen, showRule } from '../../../commands/firewall-rule.ts'
import { firewalldAsItWas, isFirewalldSet, parseFirewalld, setFirewalld } from '../../../commands/firewalld.ts'
import { containerTable, hostTable, isTableLoaded, loadTable, tableAsItWas } from '../../../commands/nft-table.ts'
import {
  hasRule,
  isLetIn,
  isMentioned,
  isTurnedAway,
  parseUfwRules,
  removableRules,
  strictDefaults,
} from '../../../commands/ufw-rules.ts'
import {
  addUfwRules,
  areUfwRulesWritten,
  enableUfw,
  isUfwEnabled,
  removeUfwRules,
  restoreUfwRules,
  ufwOffAgain,
} from '../../../commands/ufw-setup.ts'
import { FirewallRule } from '../../../schema/lockdown.ts'
import { backup, expectScript } from './script.ts'

const rule = (port: number, more: object = {}): FirewallRule => FirewallRule.parse({ port, ...more })
const office = rule(5432, { source: '10.0.0.0/8' })
const six = rule(8000, { toPort: 8010, protocol: 'udp', source: '2001:db8::/32' })
const denied = rule(25, { action: 'deny' })

describe('a rule', () => {
  it.each([
    [rule(80), '80/tcp', 'both'],
    [office, '5432/tcp from 10.0.0.0/8', 4],
    [six, '8000-8010/udp from 2001:db8::/32', 6],
    [denied, 'deny 25/tcp', 'both'],
  ])('%j reads as %s', (one, text, family) => {
    expect([showRule(one), familyOf(one)]).toEqual([text, family])
  })

  it.each([
    ['nothing', [], false],
    ['a rule', [rule(80)], true],
    ['a range', [rule(70, { toPort: 90 })], true],
    ['a rule for some', [rule(80, { source: '10.0.0.1' })], true],
    ['another protocol', [rule(80, { protocol: 'udp' })], false],
    ['a denial first', [rule(80, { action: 'deny' }), rule(80)], false],
    ['a denial for some first', [rule(80, { action: 'deny', source: '10.0.0.1' }), rule(80)], true],
  ])('opens a port by %s: %#', (_, rules, open) => {
    expect(isOpen(rules, 80, 'tcp')).toBe(open)
  })

  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['2001:db8::/32', '2001:db8::1', true],
    ['2001:db8::/32', '10.0.0.1', false],
    ['example.org', '10.0.0.1', false],
  ])('about %s is about %s: %s', (network, address, within) => {
    expect(includes(network, address)).toBe(within)
  })
})

const userRules = (...tuples: string[]) =>
  `*filter\n### RULES ###\n${tuples.map((tuple) => `\n### tuple ### ${tuple}\n-A ufw-user-input -j ACCEPT\n`).join('')}`
const four = (...tuples: string[]) => parseUfwRules(userRules(...tuples), 4)
const anywhere = 'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in'

describe("ufw's own rules", () => {
  it('are read from its tuples, with comments and applications', () => {
    expect(
      four(
        `${anywhere} comment=53534820`,
        'limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 OpenSSH - in',
        'deny any any 0.0.0.0/0 any 1.2.3.4 in_eth0',
      ),
    ).toMatchObject([
      { action: 'allow', protocol: 'tcp', ports: '22', from: '0.0.0.0/0', direction: 'in' },
      { action: 'limit', ports: '22', direction: 'in' },
      { action: 'deny', ports: 'any', from: '1.2.3.4', direction: 'in_eth0' },
    ])
  })

  it.each([
    ['nothing', [], false, false],
    ['the rule', [anywhere], true, false],
    ['a denial before it', ['deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 in', anywhere], false, true],
    ['a denial behind it', [anywhere, 'deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 in'], true, true],
    ['a denial of others', ['deny any any 0.0.0.0/0 any 1.2.3.4 in', anywhere], true, false],
    ['a denial of our network', ['deny any any 0.0.0.0/0 any 10.0.0.0/8 in', anywhere], false, true],
    ['a limit, which would count us', ['limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in'], false, true],
    ['a rule for several ports', ['allow tcp 20:25 0.0.0.0/0 any 0.0.0.0/0 in'], true, false],
    ['a rule for one interface', ['allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in_eth0'], false, false],
  ])('let us in by %s: %#', (_, tuples, letIn, away) => {
    const lines = four(...tuples)
    expect([isLetIn(lines, 4, 22, '10.0.0.9'), isTurnedAway(lines, 22, '10.0.0.9')]).toEqual([letIn, away])
  })

  it('have a rule for both families or not at all', () => {
    const v6 = parseUfwRules(userRules('allow tcp 80 ::/0 any ::/0 in'), 6)
    const v4 = four('allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in', 'allow tcp 5432 0.0.0.0/0 any 10.0.0.0/8 in')
    expect(hasRule([...v4, ...v6], rule(80))).toBe(true)
    expect(hasRule(v4, rule(80))).toBe(false)
    expect(hasRule(v4, office)).toBe(true)
    expect(isMentioned(v4, 5432, 'tcp')).toBe(true)
    expect(isMentioned(v4, 5433, 'tcp')).toBe(false)
  })

  it('of others are deleted by their words, each once, and ours stay', () => {
    const lines = [
      ...four(
        'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in',
        'allow any 8080 0.0.0.0/0 any 0.0.0.0/0 in',
        'deny any any 0.0.0.0/0 any 1.2.3.4 in',
      ),
      ...parseUfwRules(userRules('allow any 8080 ::/0 any ::/0 in'), 6),
    ]
    expect(removableRules(lines, [rule(22)])).toEqual([
      ['allow', 'from', 'any', 'to', 'any', 'port', '8080'],
      ['deny', 'from', '1.2.3.4', 'to', 'any'],
    ])
  })

  it.each([
    ['IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n', 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n'],
    ['IPV6=no\nDEFAULT_INPUT_POLICY="ACCEPT"\nX=1\n', 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nX=1\n'],
    ['DEFAULT_INPUT_POLICY="REJECT"\n', 'DEFAULT_INPUT_POLICY="REJECT"\nIPV6=yes\n'],
  ])('are strict by %j', (before, after) => {
    expect(strictDefaults(before)).toBe(after)
  })

  it('are added behind others', () => expectScript(addUfwRules([rule(80), office, six], 'last', backup), 'ufw-add'))
  it('are put first', () => expectScript(addUfwRules([rule(22), rule(2222)], 'first', backup), 'ufw-add-first'))
  it('are looked for', () => expectScript(areUfwRulesWritten([rule(80), office], 'last'), 'ufw-check'))
  it('are looked for at the top', () => expectScript(areUfwRulesWritten([rule(22)], 'first'), 'ufw-check-first'))
  it('are taken back', () => expectScript(restoreUfwRules(backup), 'ufw-restore'))
  it('of others are removed', async () => {
    const { check, apply } = removeUfwRules([['allow', 'from', 'any', 'to', 'any', 'port', '8080']], backup)
    await expectScript(check, 'ufw-others-check')
    await expectScript(apply, 'ufw-others-remove')
  })
  it('come into force with SSH among them', () => expectScript(enableUfw({ sshPorts: [22, 2222] }, backup), 'ufw-on'))
  it('are in force', () => expectScript(isUfwEnabled({ sshPorts: [22] }), 'ufw-on-check'))
  it('leave the kernel again', () => {
    const before = { id: 'ufw.service', load: 'loaded', active: 'inactive', enabled: 'disabled', listens: [] }
    return expectScript(ufwOffAgain(before, backup), 'ufw-off')
  })
})

describe('a table of nftables', () => {
  const rules = [rule(22), rule(80), office, six, denied]
  it('of the host drops what it does not name, over both families', () => {
    expect(`${hostTable(rules).files[0]?.content}`).toMatchInlineSnapshot(`
      "# Written by Drydock.
      table inet drydock_host
      delete table inet drydock_host
      table inet drydock_host {
        chain input {
          type filter hook input priority filter + 5; policy drop;
          iif "lo" accept
          ct state established,related accept
          ct state invalid drop
          meta l4proto { 1, 58 } accept
          udp sport 67 udp dport 68 accept
          udp dport 546 accept
          iifname "docker*" accept
          iifname "br-*" accept
          iifname "podman*" accept
          iifname "cni*" accept
          tcp dport 22 accept
          tcp dport 80 accept
          ip saddr 10.0.0.0/8 tcp dport 5432 accept
          ip6 saddr 2001:db8::/32 udp dport 8000-8010 accept
          tcp dport 25 drop
        }
      }
      "
    `)
  })
  it('of containers counts the published port, and leaves their own traffic alone', () => {
    expect(`${containerTable([rule(80), office]).files[0]?.content}`).toMatchInlineSnapshot(`
          "# Written by Drydock.
          table inet drydock_containers
          delete table inet drydock_containers
          table inet drydock_containers {
            chain forward {
              type filter hook forward priority filter - 5; policy accept;
              ct state established,related accept
              iifname "docker*" accept
              iifname "br-*" accept
              iifname "podman*" accept
              iifname "cni*" accept
              oifname "docker*" ct status dnat jump published
              oifname "br-*" ct status dnat jump published
              oifname "podman*" ct status dnat jump published
              oifname "cni*" ct status dnat jump published
            }
            chain published {
              meta l4proto tcp ct original proto-dst 80 accept
              ip saddr 10.0.0.0/8 meta l4proto tcp ct original proto-dst 5432 accept
              drop
            }
          }
          "
        `)
  })
  it('is loaded after nft has tested it', () => expectScript(loadTable(hostTable(rules), backup), 'nft-load'))
  it('is looked for', () => expectScript(isTableLoaded(containerTable([])), 'nft-check'))
  it('is taken away', () => expectScript(tableAsItWas(hostTable([]), false, backup), 'nft-away'))
  it('is loaded as it was', () => expectScript(tableAsItWas(hostTable([]), true, backup), 'nft-back'))
})

describe('firewalld', () => {
  const goal = { zone: 'public', rules: [rule(22), rule(80), office, six, denied], runs: true }
  it('is told while it runs', () => expectScript(setFirewalld(goal, backup), 'firewalld-set'))
  it('is told before it starts', () => expectScript(setFirewalld({ ...goal, runs: false }, backup), 'firewalld-start'))
  it('is asked', () => expectScript(isFirewalldSet(goal), 'firewalld-check'))
  it('is as it was', async () => {
    const unit = { id: 'firewalld.service', load: 'loaded', enabled: 'enabled', listens: [] }
    await expectScript(firewalldAsItWas('public', { ...unit, active: 'active' }, backup), 'firewalld-back')
    await expectScript(firewalldAsItWas('public', undefined, backup), 'firewalld-gone')
  })
  it('says its zone, ports and rules', () => {
    expect(
      parseFirewalld(
        'running\nzone dmz\ntarget default\nport 22/tcp\nport 22/tcp\nport 80/tcp\nrich rule family="ipv4"\n',
      ),
    ).toEqual({
      running: true,
      zone: 'dmz',
      ports: ['22/tcp', '80/tcp'],
      richRules: ['rule family="ipv4"'],
      target: 'default',
    })
  })
})

const facts = (sections: Record<string, string>) => parseFirewallFacts(new Map(Object.entries(sections)))

describe('what is found of firewalls', () => {
  it('is nothing on a bare host', () => {
    expect(facts({ 'firewall-tools': '' })).toEqual({
      ufw: null,
      firewalld: null,
      nft: false,
      persistentRules: false,
      opened: [],
      dropsByDefault: false,
      containers: { engine: null, published: [] },
    })
  })

  it('is what others let in by nftables, and not what we do', () => {
    const ruleset = `table ip filter {
\tchain INPUT {
\t\ttype filter hook input priority filter; policy drop;
\t\ttcp dport { 80, 8000-8010 } ct state new accept
\t\tip saddr 10.0.0.0/8 tcp dport 5432 counter packets 3 bytes 4 accept
\t\tudp dport 53 drop
\t}
}
table inet drydock_host {
\tchain input {
\t\ttype filter hook input priority filter + 5; policy drop;
\t\ttcp dport 9999 accept
\t}
}
`
    const found = facts({
      'firewall-tools': '/usr/sbin/nft\n',
      'firewall-persistent': 'disabled\nactive\n',
      'nft-ruleset': ruleset,
    })
    expect(found).toMatchObject({ nft: true, persistentRules: true, dropsByDefault: true })
    expect(found.opened.map(showRule)).toEqual(['80/tcp', '8000-8010/tcp', '5432/tcp from 10.0.0.0/8'])
  })

  it('is what containers publish to others than the host itself', () => {
    const found = facts({
      'firewall-tools': '/usr/bin/docker\n',
      'published-docker':
        '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\n127.0.0.1:5432->5432/tcp\n0.0.0.0:9000-9001->9000-9001/udp, 7000/tcp\n',
    })
    expect(found.containers.engine).toBe('docker')
    expect(found.containers.published.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual([
      '8080/tcp',
      '9000/udp',
      '9001/udp',
    ])
  })
})
