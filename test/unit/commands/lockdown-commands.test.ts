import { describe, expect, it } from 'vitest'
import {
  areUpdatesAutomatic,
  automaticUpdatesOf,
  makeUpdatesAutomatic,
  updatesAsTheyWere,
  withKeys,
} from '../../../commands/automatic-updates.ts'
import { isWatching, jailKinds, jailsFile, unwatchJails, watchJails, type Jail } from '../../../commands/jails.ts'
import { parseKernelValues } from '../../../commands/kernel-parameters.ts'
import {
  asPrinted,
  dropIn,
  hardening,
  includeFirst,
  isHardened,
  reloadSshd,
  restoreSshdFile,
  writeDropIn,
  writeMain,
} from '../../../commands/sshd-drop-in.ts'
import { hasParameters, restoreParameters, setParameters, sysctlFile } from '../../../commands/sysctl.ts'
import { isThere, parseUnits, unitAsItWas } from '../../../commands/units.ts'
import { isOff, turnOff, turnOn, unitNamed } from '../../../commands/unneeded.ts'
import { LockdownSettings } from '../../../schema/lockdown.ts'
import { backup, expectScript } from './script.ts'

const unit = (active: string, enabled: string) => ({ id: 'x.service', load: 'loaded', active, enabled, listens: [] })

describe('the drop-in of sshd', () => {
  const { ssh } = LockdownSettings.parse({})
  const said = hardening(ssh, 'app')
  const file = dropIn('/etc/ssh/sshd_config.d/00-drydock.conf', said)
  const daemon = { unit: 'ssh.service', active: true, ports: [22] }
  const login = { client: '10.0.0.9', server: '10.0.0.1', port: 22 }
  const work = {
    file,
    main: '/etc/ssh/sshd_config',
    daemon,
    expected: [
      { login: { user: 'app', ...login }, settings: ['passwordauthentication no'] },
      { login: { user: 'root', ...login }, settings: ['permitrootlogin no'] },
    ],
  }

  it('refuses root and passwords whatever the settings are', () => {
    expect(said).toMatchInlineSnapshot(`
      [
        "PermitRootLogin no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitEmptyPasswords no",
        "HostbasedAuthentication no",
        "PubkeyAuthentication yes",
        "MaxAuthTries 4",
        "LoginGraceTime 30",
        "ClientAliveInterval 300",
        "ClientAliveCountMax 2",
        "AllowTcpForwarding no",
        "AllowStreamLocalForwarding no",
        "AllowAgentForwarding no",
        "X11Forwarding no",
        "PermitTunnel no",
        "PermitUserEnvironment no",
      ]
    `)
    const loose = hardening(
      LockdownSettings.parse({ ssh: { tcpForwarding: 'local', agentForwarding: true, allowUsers: ['ann', 'app'] } })
        .ssh,
      'app',
    )
    expect(loose.slice(0, 4)).toEqual(said.slice(0, 4))
    expect(loose).toContain('AllowTcpForwarding local')
    expect(loose.at(-1)).toBe('AllowUsers app ann')
  })

  it('is expected as sshd prints it', () => {
    expect(asPrinted(['PermitRootLogin no', 'Ciphers a,b', 'AllowUsers app'])).toEqual([
      'permitrootlogin no',
      'ciphers a,b',
    ])
  })

  it('is written after sshd has agreed', () => expectScript(writeDropIn(work, backup), 'sshd-write'))
  it('is asked for', () => expectScript(isHardened(work), 'sshd-check'))
  it('is read by a reload that is seen to end', () => expectScript(reloadSshd(daemon), 'sshd-reload'))
  it('is taken back', () => expectScript(restoreSshdFile(file.path, daemon, backup), 'sshd-restore'))

  it('needs no reload where a daemon is started for every connection', async () => {
    await expectScript(reloadSshd({ ...daemon, active: false, ports: [] }), 'sshd-reload-socket')
    await expectScript(
      restoreSshdFile(file.path, { ...daemon, active: false, ports: [] }, backup),
      'sshd-restore-socket',
    )
  })

  it('is read before the rest of the main file', async () => {
    const content = includeFirst('Port 22\n', file.path)
    expect(content).toBe(
      '# Added by Drydock, so that its file is read first.\nInclude /etc/ssh/sshd_config.d/00-drydock.conf\nPort 22\n',
    )
    await expectScript(writeMain({ ...file, path: '/etc/ssh/sshd_config', content }, backup), 'sshd-main')
  })
})

const kind = (name: string): Jail['kind'] => jailKinds.find(({ jail }) => jail === name) ?? never(name)

describe('jails', () => {
  const jails: Jail[] = [
    { kind: kind('sshd'), logs: [], ports: [22, 2222] },
    { kind: kind('nginx-http-auth'), logs: ['/var/log/nginx/error.log'], ports: [] },
  ]
  const rules = {
    retries: 5,
    findMs: 600_000,
    banMs: 3_600_000,
    neverBan: ['127.0.0.0/8', '::1', '10.0.0.9'],
    banByNft: true,
  }
  const file = jailsFile(jails, rules)

  it('stand in a file of ours', () =>
    expect(file.content).toMatchInlineSnapshot(`
      "# Written by Drydock.

      [sshd]
      enabled = true
      backend = systemd
      journalmatch = SYSLOG_IDENTIFIER=sshd _UID=0 + SYSLOG_IDENTIFIER=sshd-session _UID=0 + SYSLOG_IDENTIFIER=sshd-auth _UID=0
      failregex = ^(?:Connection (?:closed|reset)|Disconnected) (?:by|from) authenticating user <F-USER>\\S+|.*?</F-USER> <HOST>(?: port \\d+)?\\s+\\[preauth\\]\\s*$
                  %(known/failregex)s
      banaction = nftables[type=multiport]
      port = 22,2222
      maxretry = 5
      findtime = 600
      bantime = 3600
      ignoreip = 127.0.0.0/8 ::1 10.0.0.9

      [nginx-http-auth]
      enabled = true
      backend = auto
      logpath = /var/log/nginx/error.log
      banaction = nftables[type=multiport]
      maxretry = 5
      findtime = 600
      bantime = 3600
      ignoreip = 127.0.0.0/8 ::1 10.0.0.9
      "
    `))
  it('of sshd read a log file where there is one', () => {
    const { content } = jailsFile([{ kind: kind('sshd'), logs: ['/var/log/auth.log'], ports: [22] }], {
      ...rules,
      banByNft: false,
    })
    expect(content).toContain('backend = auto\nlogpath = /var/log/auth.log\nfailregex')
    expect(content).not.toMatch(/journalmatch|banaction/)
  })
  it('are tested and watched', () => expectScript(watchJails(file, jails, backup), 'jails-watch'))
  it('are asked for', () => expectScript(isWatching(file, jails), 'jails-check'))
  it('are taken back', async () => {
    await expectScript(unwatchJails(file.path, unit('active', 'enabled'), backup), 'jails-restore')
    await expectScript(unwatchJails(file.path, undefined, backup), 'jails-restore-package')
  })
})

describe('kernel parameters', () => {
  const parameters = [
    { name: 'net.ipv4.tcp_syncookies', value: '1' },
    { name: 'net.ipv4.conf.all.rp_filter', value: '2' },
  ]
  const file = sysctlFile(parameters)
  it('are set with what they were kept', () => expectScript(setParameters(file, parameters, backup), 'sysctl-set'))
  it('are compared', () => expectScript(hasParameters(file, parameters), 'sysctl-check'))
  it('are taken back', () => expectScript(restoreParameters(file.path, backup), 'sysctl-restore'))
  it('are read, with whether they can be set', () => {
    expect([...parseKernelValues('yes /proc/sys/net/ipv4/tcp_syncookies 1\nno /proc/sys/kernel/x 0\t3\n')]).toEqual([
      ['net.ipv4.tcp_syncookies', { value: '1', settable: true }],
      ['kernel.x', { value: '0 3', settable: false }],
    ])
  })
})

describe('automatic updates', () => {
  it.each(['apt', 'dnf', 'yum', 'zypper'] as const)('come by %s', async (tool) => {
    const updates = automaticUpdatesOf(tool) ?? never(tool)
    const work = {
      tool,
      files: updates.files(() => '[commands]\napply_updates = no\n[email]\nto = root\n'),
      timers: updates.timers,
    }
    await expectScript(makeUpdatesAutomatic(work, backup), `updates-${tool}`)
    await expectScript(areUpdatesAutomatic(work), `updates-${tool}-check`)
    const units = new Map(updates.timers.map((name) => [name, unit('inactive', 'disabled')]))
    await expectScript(
      updatesAsTheyWere(work, tool === 'zypper' ? new Map() : units, backup),
      `updates-${tool}-restore`,
    )
  })

  it('are not had where every update is one of all', () => expect(automaticUpdatesOf('pacman')).toBeNull())

  it.each([
    ['', '[commands]\na = 1\n'],
    ['[commands]\na=2\nb = 3\n[email]\na = 4\n', '[commands]\na = 1\nb = 3\n[email]\na = 4\n'],
    ['[email]\nx = 1', '[email]\nx = 1\n[commands]\na = 1\n'],
    ['[commands]\n# a = 2\n', '[commands]\na = 1\n# a = 2\n'],
  ])('keep the rest of %j', (before, after) => {
    expect(withKeys(before, 'commands', { a: '1' })).toBe(after)
  })
})

describe('units', () => {
  it('are read by every name that they have', () => {
    const units = parseUnits(
      'Names=ssh.service sshd.service\nId=ssh.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\nListen=[::]:22 (Stream)\nListen=0.0.0.0:2222 (Stream)\nId=ssh.socket\nNames=ssh.socket\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n',
    )
    expect(units.get('sshd.service')).toEqual({
      id: 'ssh.service',
      load: 'loaded',
      active: 'active',
      enabled: 'enabled',
      listens: [],
    })
    expect(units.get('ssh.socket')?.listens).toEqual([22, 2222])
    expect([isThere(units.get('ssh.service')), isThere(units.get('ssh.socket')), isThere(undefined)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it.each([
    [unit('active', 'enabled'), ":\nsystemctl restart -- 'x.service'"],
    [unit('inactive', 'disabled'), "systemctl disable -- 'x.service'\nsystemctl stop -- 'x.service'"],
    [undefined, ':'],
  ])('are as they were: %#', (before, script) => {
    expect(unitAsItWas('x.service', before).text).toBe(script)
  })

  it('that a server seldom needs are turned off and on', () => {
    expect([unitNamed('cups'), unitNamed('cups.socket')]).toEqual(['cups.service', 'cups.socket'])
    expect(
      [isOff('cups.service'), turnOff('cups.service'), turnOn('cups.service', unit('active', 'enabled'))].map(
        ({ script }) => script,
      ),
    ).toMatchInlineSnapshot(`
      [
        "! systemctl is-active --quiet -- 'cups.service' || exit 1
      ! systemctl is-enabled --quiet -- 'cups.service' 2> /dev/null || exit 1",
        "systemctl disable --now -- 'cups.service'",
        "set -e
      systemctl enable -- 'cups.service'
      :
      systemctl restart -- 'cups.service'",
      ]
    `)
  })
})

function never(name: string): never {
  throw new Error(`there is no ${name}`)
}
