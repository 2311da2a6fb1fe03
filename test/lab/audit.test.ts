import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Audit } from '../../schema/audit.ts'
import { images, type LabHost } from '../../lab/index.ts'
import { install, type Installation } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const minute = 60_000

/** Every file below these, with mode, owner and content. */
const everythingIn = async (host: LabHost): Promise<string> => {
  const { stdout } = await host.sh(
    `cd /; { find etc usr/lib/systemd root home var/lib/apt var/lib/dpkg var/cache/apt boot -xdev -printf '%p %m %u %g %l\\n'; find etc root home var/lib/apt var/lib/dpkg -xdev -type f -print0 | xargs -0 sha256sum; sha256sum var/cache/apt/*.bin; } 2>/dev/null | sort | sha256sum`,
  )
  return stdout.trim()
}

const eventually = (holds: () => Promise<void>): Promise<void> => vi.waitFor(holds, { timeout: 30_000, interval: 200 })

type Found = { audit: Audit; found: (id: string) => Audit['auditResult'][number] | undefined }

async function auditBy(drydock: Installation, server: string, body: object = {}): Promise<Found> {
  const { id, state, result } = await drydock.finish('POST', `/v1/servers/${server}/audits`, body)
  expect({ state, message: result?.message }).toMatchObject({ state: 'succeeded' })
  const registered = await drydock.store.servers.get(server)
  const audit = await drydock.store.audits.get({ serverId: registered?.id ?? '', id })
  if (audit === null) throw new Error('the audit was not stored')
  return { audit: Audit.parse(audit), found: (check) => audit.auditResult.find((one) => one.id === check) }
}

describe.each(images)('an audit of a fresh %s', (image) => {
  const host = useHost({ name: `audit-${image}`, image })
  let drydock: Installation
  let server: string
  beforeAll(async () => {
    drydock = await install()
    await drydock.startWorker()
    server = (await drydock.register(host())).name
  }, 5 * minute)
  afterAll(() => drydock?.close())

  it('finds what is weak, with evidence for every check', { timeout: minute }, async () => {
    const { audit, found } = await auditBy(drydock, server)
    expect(audit.auditResult.length).toBeGreaterThan(80)
    for (const { id, evidence } of audit.auditResult) expect(evidence, id).not.toBe('')
    expect(audit.auditResult.filter(({ skipped }) => skipped === 'unreadable' || skipped === 'needs_root')).toEqual([])
    expect(audit).toMatchObject({ privilege: 'root', riskLevel: 'high', complianceStatus: 'non_compliant' })
    expect(audit.securityScore).toBeGreaterThan(40)
    expect(audit.securityScore).toBeLessThan(70)
    expect(found('ssh.password-authentication')).toMatchObject({
      status: 'fail',
      evidence: 'sshd -T: passwordauthentication yes',
    })
    expect(found('firewall.ipv4')).toMatchObject({ status: 'fail' })
    expect(found('users.key-files')).toMatchObject({
      status: 'pass',
      evidence: expect.stringContaining('/root/.ssh/authorized_keys'),
    })
    expect(audit.recommendations[0]).toMatchObject({ risk: 'high', fix: { command: `drydock lockdown ${server}` } })
  })

  it('of a host that has not changed is the same, and leaves it so', { timeout: 2 * minute }, async () => {
    const before = await everythingIn(host())
    const [first, second] = [await auditBy(drydock, server), await auditBy(drydock, server)]
    expect(second.audit.auditResult).toEqual(first.audit.auditResult)
    expect(second.audit.securityScore).toBe(first.audit.securityScore)
    expect(await everythingIn(host())).toBe(before)
    expect(before).toMatch(/^[0-9a-f]{64}/)
  })

  it('tells in the history what has come and gone since', { timeout: minute }, async () => {
    await auditBy(drydock, server)
    await host().sh('echo "toor:x:0:0::/nonexistent:/bin/sh" >> /etc/passwd')
    const worse = await auditBy(drydock, server)
    expect(worse.audit).toMatchObject({ riskLevel: 'critical', securityScore: 39 })
    await host().sh("sed -i '/^toor/d' /etc/passwd")
    await auditBy(drydock, server)
    const registered = await drydock.store.servers.get(server)
    const items = await drydock.store.audits.list({ serverId: registered?.id ?? '', limit: 3 })
    expect(items.map((one) => [one.newlyFailed, one.noLongerFailed])).toEqual([
      [[], ['users.uid-zero', 'users.duplicate-ids']],
      [['users.uid-zero', 'users.duplicate-ids'], []],
      [[], []],
    ])
    expect(items[0]?.scoreChange).toBe(-(items[1]?.scoreChange ?? 0))
  })

  it('reads as a report, and as an assessment of rules', async () => {
    const { audit } = await auditBy(drydock, server, { areas: ['ssh'], off: ['ssh.x11'] })
    expect(new Set(audit.auditResult.map(({ area }) => area))).toEqual(new Set(['ssh']))
    const report = await drydock.read(`/v1/servers/${server}/audits/${audit.id}?format=markdown`)
    expect(report).toMatch(new RegExp(`^# Security audit of ${server}\n`))
    expect(report).toContain('### FAIL Nobody logs in over SSH with a password')
    expect(report).toContain('### SKIPPED No screens are forwarded')
    const { body } = await drydock.ask('GET', `/v1/servers/${server}/assessment`, undefined, 'viewer')
    expect(body.compliance_status).toMatchObject({ 'ssh.password-authentication': 'fail', 'ssh.strict-modes': 'pass' })
  })

  it('of a profile that is not there says which there are', async () => {
    const { state, result } = await drydock.finish('POST', `/v1/servers/${server}/audits`, { profile: 'nope' })
    expect({ state, message: result?.message }).toEqual({
      state: 'failed',
      message: expect.stringContaining('There is no profile nope: baseline, access, cis-debian-12.'),
    })
  })
})

describe('without root', () => {
  const host = useHost({ name: 'audit-app' })
  let drydock: Installation
  let server: { id: string; name: string }
  beforeAll(async () => {
    drydock = await install({ audit: { monitoring: { normalMs: 4_000, elevatedMs: 2_000 } } })
    await drydock.startWorker()
    server = await drydock.register(host())
    await host().sh(
      'useradd -m -s /bin/bash app; mkdir -p /home/app/.ssh; cp /root/.ssh/authorized_keys /home/app/.ssh/; chown -R app: /home/app; chmod 700 /home/app/.ssh',
    )
    await drydock.store.servers.setFlags(server.id, { setupComplete: true, securityLocked: true })
  }, 5 * minute)
  afterAll(() => drydock?.close())

  it('it judges what a user may see, and names what it may not', { timeout: minute }, async () => {
    const { audit, found } = await auditBy(drydock, server.name)
    expect(audit.privilege).toBe('user')
    expect(found('ssh.root-login')).toMatchObject({ status: 'skipped', skipped: 'needs_root' })
    expect(found('users.uid-zero')).toMatchObject({ status: 'pass' })
    expect(found('updates.security')).toMatchObject({ status: 'pass' })
    expect(audit.auditResult.filter(({ skipped }) => skipped === 'unreadable')).toEqual([])
  })

  it('and with sudo it sees all', { timeout: minute }, async () => {
    await host().sh("echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app; chmod 440 /etc/sudoers.d/app")
    const { audit, found } = await auditBy(drydock, server.name)
    expect(audit.privilege).toBe('root')
    expect(found('users.sudo-nopasswd')).toMatchObject({
      status: 'warn',
      evidence: expect.stringContaining('/etc/sudoers.d/app'),
    })
  })

  it('it is made of many servers at once, an audit for each', { timeout: minute }, async () => {
    const asked = { kind: 'audit', selector: { servers: [server.name] }, input: { areas: ['logs'] } }
    const { id, state } = await drydock.finish('POST', '/v1/fleet-operations', asked)
    expect(state).toBe('succeeded')
    const [child] = await drydock.store.operations.list({ parent: id, limit: 10 })
    expect(child).toMatchObject({
      kind: 'audit',
      state: 'succeeded',
      result: { message: expect.stringContaining('Score') },
    })
    expect(await drydock.store.audits.get({ serverId: server.id, id: child?.id ?? '' })).toMatchObject({
      areas: ['logs'],
    })
  })

  it('monitoring looks again by itself, sooner and with an alert once something is critical', {
    timeout: 2 * minute,
  }, async () => {
    const path = `/v1/servers/${server.name}/monitoring`
    const stands = async (): Promise<Record<string, unknown>> =>
      (await drydock.ask('GET', path, undefined, 'viewer')).body
    expect(await stands()).toMatchObject({ monitoring_level: 'off', next_audit: null })
    expect((await drydock.ask('POST', path, {}, 'operator')).status).toBe(202)
    expect((await drydock.ask('POST', path, {}, 'operator')).status).toBe(409)
    await eventually(async () =>
      expect(await stands()).toMatchObject({ monitoring_level: 'normal', critical_issues: [] }),
    )

    await host().sh('echo "toor:x:0:0::/nonexistent:/bin/sh" >> /etc/passwd')
    await eventually(async () =>
      expect(await stands()).toMatchObject({
        monitoring_level: 'elevated',
        critical_issues: [{ id: 'users.uid-zero' }],
        security_alerts: [{ id: 'users.uid-zero', severity: 'critical' }],
      }),
    )
    const told = () => drydock.store.audit.list({ filters: { action: 'audit.alert' }, limit: 10 })
    const rounds = async () => (await drydock.store.audits.list({ serverId: server.id, limit: 200 })).length
    const before = await rounds()
    await eventually(async () => expect(await rounds()).toBeGreaterThan(before + 1))
    // Each is told once: what is critical, and what else no longer holds to the profile.
    const said = (await told()).map(({ parameters }) => [parameters.event, parameters.checks])
    expect(said).toHaveLength(2)
    expect(said).toEqual(
      expect.arrayContaining([
        ['critical_issues', ['users.uid-zero']],
        ['drift', ['users.duplicate-ids']],
      ]),
    )

    expect((await drydock.ask('DELETE', path, undefined, 'operator')).status).toBe(202)
    await eventually(async () => expect(await stands()).toMatchObject({ monitoring_level: 'off' }))
    expect((await drydock.ask('DELETE', path, undefined, 'operator')).status).toBe(404)
  })
})
