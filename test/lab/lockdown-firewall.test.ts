import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLabPossible, type LabHost } from '../../lab/index.ts'
import type { PlanDraft } from '../../schema/plan.ts'
import { bootPrepared, layIpv6, listen, plan, said, type Way } from '../support/apply-lockdown.ts'
import { applyOn, undoOn } from '../support/apply-plan.ts'
import { expectLogin, knock } from '../support/expect.ts'

const lab = await isLabPossible()
const minutes = 60_000
const onlyFirewall = { fail2ban: { enabled: false }, automaticUpdates: false, kernel: { enabled: false } }

async function mustApply(host: LabHost, draft: PlanDraft): Promise<Record<string, string>> {
  const { states, failed } = await applyOn(host, draft)
  expect(failed).toBeNull()
  return states
}

/** What becomes of knocking at ports, over IPv4 and IPv6. */
async function knocks(host: LabHost, six: Way, ...ports: number[]): Promise<Record<string, string>> {
  const answers = ports.flatMap((port) =>
    [host.address, six.host].map(async (address, index) => [
      `${port}/${index === 0 ? 4 : 6}`,
      await knock({ address, port }),
    ]),
  )
  return Object.fromEntries(await Promise.all(answers))
}

const ruleset = `flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif lo accept
    meta l4proto { 1, 58 } accept
    tcp dport { 22, 9000 } accept
  }
}`

/** A published port as container engines make one: behind a bridge, by a rewritten address, past the rules for the host. */
const container = `sysctl -q -w net.ipv4.ip_forward=1
ip link add docker0 type bridge; ip address add 172.17.0.1/16 dev docker0; ip link set docker0 up
systemd-run --quiet --unit=box unshare --net sleep infinity
until pid=$(systemctl show --property=MainPID --value box) && [ "$pid" != 0 ] && [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
ip link add box0 type veth peer name eth0 netns "$pid"; ip link set box0 master docker0 up
nsenter --target "$pid" --net sh -c 'ip address add 172.17.0.2/16 dev eth0; ip link set eth0 up; ip link set lo up; ip route add default via 172.17.0.1'
systemd-run --quiet --unit=box-web nsenter --target "$pid" --net systemd-socket-activate --listen=80 --accept true
nft -f - <<'END'
table ip engine {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    tcp dport { 80, 8080 } dnat to 172.17.0.2:80
  }
}
END
printf '#!/bin/sh\\necho 0.0.0.0:8080-\\>80/tcp, 0.0.0.0:80-\\>80/tcp\\n' > /usr/local/bin/docker; chmod 755 /usr/local/bin/docker`

describe.skipIf(!lab.possible)('a host with rules of its own in nftables and a container', () => {
  let host: LabHost
  let six: Way
  let draft: PlanDraft
  beforeAll(async () => {
    host = await bootPrepared('lockdown-nftables', 'trixie', ['nftables'])
    six = await layIpv6(host)
    await said(
      host,
      `printf '%s\\n' '${ruleset}' > /etc/nftables.conf; systemctl enable --now nftables; ${listen(9000)}; ${listen(9001)}`,
    )
    await said(host, container)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('says which published port is closed', { timeout: 2 * minutes }, async () => {
    await expect
      .poll(() => knocks(host, six, 9000, 9001, 8080, 80), { timeout: 20_000 })
      .toMatchObject({
        '9000/4': 'open',
        '9000/6': 'open',
        '9001/4': 'silent',
        '8080/4': 'open',
        '80/4': 'open',
      })
    draft = await plan(host, 'operation-1', { settings: onlyFirewall })
    expect(draft.cuts).toEqual(['8080/tcp is published by a container and is closed'])
    expect(draft.steps.map(({ id }) => id)).toEqual([
      'packages',
      'firewall.host',
      'firewall.containers',
      'sshd.drop-in',
    ])
  })

  it('keeps what its rules let in, and lets a container publish only what is allowed', {
    timeout: 2 * minutes,
  }, async () => {
    expect(await mustApply(host, draft)).toMatchObject({ 'firewall.host': 'applied', 'firewall.containers': 'applied' })
    const after = {
      '9000/4': 'open',
      '9000/6': 'open',
      '9001/4': 'silent',
      '9001/6': 'silent',
      '8080/4': 'silent',
      '80/4': 'open',
    }
    expect(await knocks(host, six, 9000, 9001, 8080, 80)).toMatchObject(after)
    await said(host, 'systemctl reload nftables')
    expect(await said(host, 'nft list tables')).toMatch(/inet filter[^]*inet drydock_\w+\n[^]*inet drydock_\w+\n/)
    expect(await expectLogin({ ...host, user: 'app' })).toBe('app\n')
    const again = await plan(host, 'operation-2', { settings: onlyFirewall })
    expect([...new Set(Object.values(await mustApply(host, again)))]).toEqual(['already so'])
  })

  it('has the rules again after it has booted, with those of the host', { timeout: 2 * minutes }, async () => {
    await host.reboot()
    expect(await said(host, 'nft list tables')).toMatch(/inet filter[^]*inet drydock_(host|containers)/)
    expect(await expectLogin({ ...host, user: 'app' })).toBe('app\n')
  })

  it('has its own rules alone when that is taken back', async () => {
    expect(await undoOn(host, draft)).toEqual([])
    expect(await said(host, 'nft list tables')).toBe('table inet filter\n')
    expect(await said(host, 'ls /etc/drydock /etc/systemd/system 2>&1 | grep -i drydock')).toContain('No such file')
    expect(await expectLogin({ ...host, user: 'root' })).toBe('root\n')
  })
})

describe.skipIf(!lab.possible)('a host with firewalld', () => {
  let host: LabHost
  let six: Way
  beforeAll(async () => {
    host = await bootPrepared('lockdown-firewalld', 'bookworm', ['firewalld', 'netbase'])
    six = await layIpv6(host)
    await said(
      host,
      `timeout 30 sh -c 'until firewall-cmd --state; do sleep 0.2; done'
      firewall-cmd --permanent --add-port=9000/tcp; firewall-cmd --reload`,
    )
    await said(host, `${listen(9000)}; ${listen(9001)}; ${listen(80)}`)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('keeps its rules and gets ours, which last over a restart and can be taken back', {
    timeout: 3 * minutes,
  }, async () => {
    const before = await said(host, 'firewall-cmd --list-all')
    const draft = await plan(host, 'operation-1', { settings: onlyFirewall })
    expect(draft.steps.map(({ id }) => id)).toContain('firewall.firewalld')
    await mustApply(host, draft)
    const open = { '22/4': 'open', '22/6': 'open', '80/4': 'open', '80/6': 'open', '9000/4': 'open' }
    expect(await knocks(host, six, 22, 80, 9000)).toMatchObject(open)
    await said(host, 'systemctl restart firewalld')
    // It answers for some moments before it has its rules in the kernel.
    await expect
      .poll(() => knocks(host, six, 9001), { timeout: 20_000 })
      .toMatchObject({ '9001/4': 'refused', '9001/6': 'refused' })
    expect(await knocks(host, six, 22, 80, 9000)).toMatchObject(open)
    const again = await plan(host, 'operation-2', { settings: onlyFirewall })
    expect([...new Set(Object.values(await mustApply(host, again)))].toSorted()).toEqual(['already so', 'unchanged'])
    expect(await undoOn(host, draft)).toEqual([])
    expect(await said(host, 'firewall-cmd --list-all')).toBe(before)
  })
})

describe.skipIf(!lab.possible)('a host with rules of ufw', () => {
  let host: LabHost
  let six: Way
  beforeAll(async () => {
    host = await bootPrepared('lockdown-ufw', 'trixie', ['ufw'])
    six = await layIpv6(host)
    await said(host, `ufw deny 22/tcp; ufw allow 9000/tcp; ${listen(9000)}; ${listen(9001)}`)
    await said(
      host,
      `sed -i 's/^IPV6=.*/IPV6=no/; s/^DEFAULT_INPUT_POLICY=.*/DEFAULT_INPUT_POLICY="ACCEPT"/' /etc/default/ufw`,
    )
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('lets SSH in before a denial that is there, over both families, and keeps the rest', {
    timeout: 3 * minutes,
  }, async () => {
    const before = await said(
      host,
      'cat /etc/ufw/user.rules /etc/ufw/user6.rules /etc/default/ufw /etc/ufw/ufw.conf | sha256sum',
    )
    const draft = await plan(host, 'operation-1', { settings: onlyFirewall })
    expect(draft.cuts).toEqual(['9001/tcp is in use by systemd-socket- and is closed'])
    await mustApply(host, draft)
    expect(await knocks(host, six, 22, 9000, 9001)).toMatchObject({
      '22/4': 'open',
      '22/6': 'open',
      '9000/4': 'open',
      '9001/4': 'silent',
      '9001/6': 'silent',
    })
    expect(await expectLogin({ ...host, user: 'app' })).toBe('app\n')
    const again = await plan(host, 'operation-2', { settings: onlyFirewall })
    expect([...new Set(Object.values(await mustApply(host, again)))]).toEqual(['already so'])
    expect(await undoOn(host, draft)).toEqual([])
    expect(
      await said(host, 'cat /etc/ufw/user.rules /etc/ufw/user6.rules /etc/default/ufw /etc/ufw/ufw.conf | sha256sum'),
    ).toBe(before)
    expect((await knocks(host, six, 9001))['9001/4']).toBe('open')
  })
})
