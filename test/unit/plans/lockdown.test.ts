import { describe, expect, it } from 'vitest'
import { assessPlan } from '../../../guard/index.ts'
import { ufwFiles } from '../../../commands/ufw-rules.ts'
import { DeviceType, Environment } from '../../../schema/server.ts'
import { on } from './situation.ts'
import {
  unit,
  sshdFile,
  hardened,
  hostKey,
  lockdownSituation,
  answer,
  planned,
  step,
  ids,
  tcp,
  ufwOf,
} from './lockdown-situation.ts'

describe('the lockdown of a prepared server', () => {
  const plan = planned()

  it('goes in the order of the runbook, with sshd last', () => {
    expect(plan.steps.map(({ id, title }) => `${id}: ${title}`)).toEqual([
      'package-lists: Look up ufw, fail2ban, python3-systemd, nftables, unattended-upgrades in the package lists',
      'packages: Install ufw, fail2ban, python3-systemd, nftables, unattended-upgrades',
      'updates: Install security updates automatically',
      'fail2ban: Ban who fails to log in 5 times: sshd',
      'firewall.ssh: Let SSH in: 22/tcp',
      'firewall.rules: Let in 80/tcp, 443/tcp',
      'firewall.on: Turn ufw on, now and at every boot',
      'kernel: Set 25 kernel parameters that protect the network and the memory',
      'sshd.drop-in: Refuse root and passwords over SSH, and harden what is left',
    ])
    expect(plan.warnings).toEqual([])
  })

  it('looks at each step before and after, and can take each back that changes the server', () => {
    for (const { id, as, check, verify, undo } of plan.steps) {
      expect([id, as, check?.effect, verify?.effect]).toEqual([id, 'root', 'read', 'read'])
      if (id !== 'package-lists') expect(undo?.length).toBeGreaterThan(0)
    }
  })

  it('has the host restore all that it touches, after the packages are there', () => {
    expect(plan.autoRevert).toMatchObject({
      fromStep: 'updates',
      untilStep: 'sshd.drop-in',
      timeoutMs: 120_000,
      save: {
        files: [
          '/etc/apt/apt.conf.d/99drydock-upgrades',
          '/etc/fail2ban/jail.d/drydock.local',
          '/etc/sysctl.d/99-zz-drydock.conf',
          '/etc/ssh/sshd_config.d/00-drydock.conf',
          '/etc/ufw/user.rules',
          '/etc/ufw/user6.rules',
          '/etc/ufw/ufw.conf',
          '/etc/default/ufw',
        ],
        units: ['ssh.service', 'fail2ban.service', 'ufw.service', 'apt-daily.timer', 'apt-daily-upgrade.timer'],
        firewall: true,
        reload: ['ssh.service'],
      },
    })
    expect(plan.autoRevert?.save.kernelParameters).toContain('net.ipv4.tcp_syncookies')
  })

  it('never bans where we come from', () => {
    expect(step(plan, 'fail2ban').file?.after).toContain('\nignoreip = 127.0.0.0/8 ::1 10.0.0.9\n')
    const jump = { hostname: '192.0.2.7', port: 22, login: lockdownSituation().server.app }
    const given = {
      settings: { fail2ban: { neverBan: ['10.1.0.0/16'] } },
      server: { jump },
      inspected: { neverBanned: ['198.51.100.1'] },
    }
    expect(step(planned(given), 'fail2ban').file?.after).toContain(' 10.0.0.9 192.0.2.7 10.1.0.0/16 198.51.100.1\n')
  })

  it('is needless where its settings say so', () => {
    const off = {
      firewall: { enabled: false },
      fail2ban: { enabled: false },
      automaticUpdates: false,
      kernel: { enabled: false },
    }
    expect(ids(planned({ settings: off }))).toEqual(['sshd.drop-in'])
    expect(planned({ settings: off }).warnings).toEqual(['no firewall is set: every port that is in use stays open'])
  })

  it('asks nobody about what it runs, on any kind of device, in production too', () => {
    const server = { name: 'web-1', services: ['nginx'] }
    for (const deviceType of DeviceType.options.filter((device) => device !== 'windows'))
      for (const environment of Environment.options)
        expect(assessPlan(plan, { ...server, deviceType, environment }).findings).toEqual([])
  }, 60_000)

  it.each([
    ['fail2ban.service', undefined],
    ['firewalld.service', on('redhat', 'dnf')],
    ['ufw.service', undefined],
    ['apt-daily.timer', undefined],
  ])('asks nobody either where %s is there and stopped, which it starts', (name, facts) => {
    const server = { name: 'web-1', services: [], deviceType: 'ubuntu', environment: 'production' } as const
    for (const enabled of ['enabled', 'disabled']) {
      const units = new Map([[name, unit('inactive', enabled)]])
      const stopped = planned({
        ...(facts === undefined ? {} : { facts }),
        inspected: { units },
        firewall: { ufw: name === 'ufw.service' ? ufwOf() : null },
      })
      expect(assessPlan(stopped, server).findings).toEqual([])
    }
  })

  it('asks nobody either where ufw is there already, with files of its own', () => {
    const entry = { kind: 'regular file', mode: '644', owner: 'root', group: 'root' }
    const files = new Map([[ufwFiles.defaults, { entry, content: 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n' }]])
    const there = planned({ inspected: { files }, firewall: { ufw: ufwOf() } })
    expect(ids(there)).toEqual(expect.arrayContaining(['firewall.defaults', 'firewall.ssh', 'firewall.on']))
    const server = { name: 'web-1', services: [], deviceType: 'generic', environment: 'production' } as const
    expect(assessPlan(there, server).findings).toEqual([])
  })
})

describe('sshd', () => {
  it('keeps the port that it has, which the firewall lets in', () => {
    const at = { connection: { client: '10.0.0.9', server: '10.0.0.1', port: 2222 } }
    const moved = new Map([...hardened, ['listenaddress', ['[::]:2222', '0.0.0.0:2222']]])
    const plan = planned({
      sshd: { ...at, afterwards: { app: moved, root: moved } },
      inspected: { listening: [{ ...tcp(2222, 'sshd') }] },
    })
    expect(step(plan, 'firewall.ssh').title).toBe('Let SSH in: 2222/tcp')
    expect(step(plan, 'firewall.rules').title).toBe('Let in 22/tcp, 80/tcp, 443/tcp')
    expect(step(plan, 'fail2ban').file?.after).toContain('\nport = 2222\n')
  })

  it("is let in on the port of systemd's socket, and is not waited for there", () => {
    const plan = planned({
      sshd: { socketPorts: [2200], connection: null },
      inspected: { listening: [tcp(2200, 'systemd')] },
    })
    expect(step(plan, 'firewall.ssh').title).toBe('Let SSH in: 2200/tcp')
    expect(step(plan, 'sshd.drop-in').verify?.script).not.toContain('sport')
  })

  it('never punishes where we come from, where sshd knows how to, and leaves out whom others have left out', () => {
    const exempt = new Map([...hardened, ['persourcepenaltyexemptlist', ['198.51.100.0/24']]])
    const others = sshdFile('/etc/ssh/sshd_config.d/50-ours.conf', 'PerSourcePenaltyExemptList 198.51.100.0/24')
    const settings = { fail2ban: { neverBan: ['192.0.2.4', '10.1.0.0/16'] } }
    const said = (sshd: object) => step(planned({ settings, sshd }), 'sshd.drop-in').file?.after
    expect(said({ now: { app: exempt, root: exempt }, included: [others] })).toContain(
      '\nPerSourcePenaltyExemptList 198.51.100.0/24,10.0.0.9,192.0.2.4\n',
    )
    expect(said({})).not.toContain('PerSource')
  })

  it('reads our file first, whatever sorts before it', () => {
    const plan = planned({
      sshd: { included: [sshdFile('/etc/ssh/sshd_config.d/00-cloud.conf', 'PermitRootLogin yes')] },
    })
    expect(step(plan, 'sshd.drop-in').file?.path).toBe('/etc/ssh/sshd_config.d/0-drydock.conf')
    expect(ids(plan)).not.toContain('sshd.include')
  })

  it.each([
    ['no Include', 'PermitRootLogin yes\n'],
    ['an Include behind what it is to undo', 'PermitRootLogin yes\nInclude /etc/ssh/sshd_config.d/*.conf\n'],
  ])('reads our file first where the main file has %s', (_, content) => {
    const plan = planned({ sshd: { main: sshdFile('/etc/ssh/sshd_config', content) } })
    expect(step(plan, 'sshd.include').file).toMatchObject({
      path: '/etc/ssh/sshd_config',
      before: content,
      after: `# Added by Drydock, so that its file is read first.\nInclude /etc/ssh/sshd_config.d/00-drydock.conf\n${content}`,
      mode: '644',
    })
    expect(plan.autoRevert?.save.files).toContain('/etc/ssh/sshd_config')
  })

  it('keeps a weak host key that alone is pinned, and says so', () => {
    const plan = planned({ server: { hostKeys: [hostKey('ecdsa-sha2-nistp256')] } })
    expect(step(plan, 'sshd.drop-in').file?.after).toContain('\nHostKeyAlgorithms ssh-ed25519,ecdsa-sha2-nistp256\n')
    expect(plan.warnings.join()).toContain('ecdsa-sha2-nistp256 stays in use, because the server is known by it')
  })

  it('keeps its algorithms where that is asked for', () => {
    const plan = planned({ settings: { ssh: { algorithms: 'as_they_are' } } })
    expect(step(plan, 'sshd.drop-in').file?.after).not.toMatch(/Algorithms|Ciphers|MACs/)
  })
})

describe('the firewall', () => {
  it.each([
    [{}, ['firewall.ssh', 'firewall.rules', 'firewall.on']],
    [{ ufw: ufwOf() }, ['firewall.ssh', 'firewall.rules', 'firewall.on']],
    [
      { firewalld: { running: true, zone: 'dmz', ports: [], richRules: [], target: 'default' }, ufw: ufwOf() },
      ['firewall.firewalld'],
    ],
    [
      { firewalld: { running: false, zone: 'public', ports: [], richRules: [], target: 'default' } },
      ['firewall.firewalld'],
    ],
    [{ persistentRules: true, nft: true }, ['firewall.host']],
    [{ persistentRules: true, ufw: { ...ufwOf(), active: true } }, ['firewall.ssh', 'firewall.rules', 'firewall.on']],
  ])('is the one that is there: %#', (firewall, steps) => {
    expect(ids(planned({ firewall })).filter((id) => id.startsWith('firewall.'))).toEqual(steps)
  })

  it('lets SSH in before a denial that is there', () => {
    const denying = planned({ firewall: { ufw: ufwOf('deny tcp 22', 'allow tcp 22') } })
    expect(step(denying, 'firewall.ssh').apply[0]?.shown).toContain('ufw allow proto tcp')
    expect(step(denying, 'firewall.ssh').apply[0]?.script).toContain('ufw prepend')
    expect(
      step(planned({ firewall: { ufw: ufwOf('deny any any 1.2.3.4') } }), 'firewall.ssh').apply[0]?.script,
    ).not.toContain('ufw prepend')
  })

  it('finds what it wants already there', () => {
    const ufw = { ...ufwOf('allow tcp 22', 'allow tcp 80', 'allow tcp 443'), active: true }
    const plan = planned({ firewall: { ufw }, inspected: { units: new Map([['ufw.service', unit('active')]]) } })
    for (const id of ['firewall.ssh', 'firewall.rules', 'firewall.on']) expect(step(plan, id).alreadySo).toBeDefined()
  })

  it('removes the rules of others only where that is asked for', () => {
    const ufw = ufwOf('allow tcp 9000', 'allow tcp 80')
    expect(ids(planned({ firewall: { ufw } }))).not.toContain('firewall.others')
    const plan = planned({ firewall: { ufw }, settings: { firewall: { existing: 'replace' } } })
    expect(step(plan, 'firewall.others').title).toContain('allow proto tcp from any to any port 9000')
    expect(ids(plan).indexOf('firewall.others')).toBeGreaterThan(ids(plan).indexOf('firewall.ssh'))
  })

  it('keeps what rules of nftables let in', () => {
    const firewall = {
      persistentRules: true,
      nft: true,
      opened: [{ port: 9000, protocol: 'tcp', action: 'allow', source: 'any' }] as const,
    }
    expect(step(planned({ firewall }), 'firewall.host').file?.after).toContain('tcp dport 9000 accept')
    const replaced = planned({ firewall, settings: { firewall: { existing: 'replace' } } })
    expect(step(replaced, 'firewall.host').file?.after).not.toContain('9000')
  })

  it('holds published ports of containers to the rules, unless told otherwise', () => {
    const containers = {
      engine: 'docker',
      published: [
        { port: 8080, protocol: 'tcp' },
        { port: 80, protocol: 'tcp' },
      ],
    } as const
    const { plan, cuts } = answer({ firewall: { containers } })
    expect(cuts).toEqual(['8080/tcp is published by a container and is closed'])
    expect(step(plan, 'firewall.containers').file?.after).toContain('meta l4proto tcp ct original proto-dst 80 accept')
    expect(plan.autoRevert?.save.units).toContain('drydock-containers.service')
    const left = answer({ firewall: { containers }, settings: { firewall: { containers: 'leave' } } })
    expect(left.cuts).toEqual([])
    expect(left.plan.warnings).toEqual(['ports that docker publishes pass by the firewall'])
  })
})

describe('other families', () => {
  it.each([
    ['redhat', 'dnf', ['firewalld', 'fail2ban', 'dnf-automatic'], 'firewall.firewalld'],
    ['redhat', 'yum', ['firewalld', 'fail2ban', 'yum-cron'], 'firewall.firewalld'],
    ['suse', 'zypper', ['firewalld', 'fail2ban'], 'firewall.firewalld'],
    ['arch', 'pacman', ['nftables', 'fail2ban'], 'firewall.host'],
  ] as const)('%s with %s installs what it calls these things', (family, tool, packages, firewall) => {
    const plan = planned({ facts: on(family, tool), sshd: { unit: 'sshd.service' } })
    expect(step(plan, 'packages').title).toBe(`Install ${packages.join(', ')}`)
    expect(ids(plan)).toContain(firewall)
    expect(ids(plan).includes('updates')).toBe(tool !== 'pacman')
    expect(step(plan, 'sshd.drop-in').apply[1]?.script).toContain("systemctl reload -- 'sshd.service'")
    expect(
      assessPlan(plan, { name: 'web-1', deviceType: 'generic', environment: 'production', services: [] }).findings,
    ).toEqual([])
  })
})

it('jails are for services that are there, with their logs', () => {
  const units = new Map([['nginx.service', unit('active')]])
  const jails = (logs: string[]) => step(planned({ inspected: { units, logs: new Set(logs) } }), 'fail2ban').title
  expect(jails(['/var/log/nginx/error.log', '/var/log/nginx/access.log'])).toContain(
    'sshd, nginx-http-auth, nginx-botsearch',
  )
  expect(jails([])).toMatch(/: sshd$/)
})
