import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootHost, images, isLabPossible, type LabHost } from '../../lab/index.ts'
import type { PlanDraft } from '../../schema/plan.ts'
import { SetupSettings } from '../../schema/setup.ts'
import { applyOn, fingerprint, planFor, undoOn } from '../support/apply-plan.ts'
import { expectRestored } from '../support/expect.ts'

const lab = await isLabPossible()
const key = (name: string, letter: string): string =>
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHrbj2vNjkyf1rUXoYN8OqwHb8s5RcrRQ6rq8AuAOWc${letter} ${name}`
const server = { app: { user: 'app', authentication: { method: 'agent' as const } } }
const minutes = 60_000

/** The plan for a host, which must be possible. */
async function plan(host: LabHost, operationId: string, settings: unknown): Promise<PlanDraft> {
  const answer = await planFor(host, { server, settings: SetupSettings.parse(settings) }, operationId)
  if (answer.kind === 'impossible') throw new Error(answer.problems.join('\n'))
  return answer.plan
}
const said = async (host: LabHost, script: string): Promise<string> => (await host.sh(script)).stdout

describe.skipIf(!lab.possible).each(images)('a setup on a fresh %s', (image) => {
  let host: LabHost
  let before: string[]
  let first: PlanDraft
  const settings = { authorizedKeys: [key('ann', 'I')], packages: ['curl', 'systemd'] }
  beforeAll(async () => {
    host = await bootHost({ name: 'setup-plan', image })
    before = await fingerprint(host)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('does every step', { timeout: 5 * minutes }, async () => {
    first = await plan(host, 'operation-1', settings)
    expect(await applyOn(host, first)).toEqual({
      states: {
        'package-lists': 'applied',
        user: 'applied',
        groups: 'applied',
        'authorized-keys': 'applied',
        directories: 'applied',
        sudo: 'applied',
        packages: 'applied',
        'verify.directory:/opt/app': 'unchanged',
        'verify.sudo': 'unchanged',
      },
      failed: null,
    })
    expect(await said(host, 'id -Gn app')).toBe('app sudo systemd-journal\n')
    expect(await said(host, 'stat -c "%a %U:%G %n" /home/app/.ssh /home/app/.ssh/* /opt/app')).toBe(
      '700 app:app /home/app/.ssh\n600 app:app /home/app/.ssh/authorized_keys\n755 app:app /opt/app\n',
    )
    expect(await said(host, 'runuser -u app -- sudo -n id -u; runuser -u app -- curl --version | cut -c 1-4')).toMatch(
      /^0\ncurl/,
    )
  })

  it('changes nothing the second time', async () => {
    const between = await fingerprint(host)
    const second = await plan(host, 'operation-2', settings)
    const { states } = await applyOn(host, second)
    expect(Object.values(states).filter((state) => state !== 'already so' && state !== 'unchanged')).toEqual([])
    expect(Object.keys(states)).toHaveLength(8)
    await expectRestored(host, between)
  })

  it('changes nothing either when the steps themselves are tried again', { timeout: 2 * minutes }, async () => {
    const between = await fingerprint(host)
    const { states, failed } = await applyOn(host, first)
    expect([...new Set(Object.values(states)), failed]).toEqual(['unchanged', null])
    await expectRestored(host, between)
  })

  it('is taken back to the last hash, twice over', { timeout: 2 * minutes }, async () => {
    await said(host, 'runuser -l app -c "systemd-run --user --quiet sleep 600" || true')
    expect(await undoOn(host, first)).toEqual([])
    await expectRestored(host, before)
    expect(await undoOn(host, first)).toEqual([])
    await expectRestored(host, before)
  })
})

describe.skipIf(!lab.possible)('a setup on a host that is in use', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await bootHost({ name: 'setup-plan-used' })
    await said(
      host,
      `useradd -m -s /bin/sh app && mkdir -m 755 ~app/.ssh
      printf '# ours\\n${key('bob', 'E')} caf\\351\\n# end' > ~app/.ssh/authorized_keys
      chown -R app:app ~app/.ssh; chmod 640 ~app/.ssh/authorized_keys
      mkdir -p '/srv/web site/bin'; printf x > '/srv/web site/page'; cp /bin/sleep '/srv/web site/bin/tool'
      chmod 4700 '/srv/web site/bin/tool'; ('/srv/web site/bin/tool' 600 > /dev/null 2>&1 &); ln -s /etc/shadow '/srv/web site/link'; chown daemon '/srv/web site/page'
      printf 'app ALL=(ALL) ALL\\n' > /etc/sudoers.d/drydock-app; chmod 440 /etc/sudoers.d/drydock-app`,
    )
  }, 10 * minutes)
  afterAll(() => host.stop())

  const settings = {
    authorizedKeys: [key('ann', 'I'), key('bob again', 'E')],
    packages: ['systemd'],
    directories: [{ path: '/srv/web site', recursive: true, mode: '750' }, { path: '/srv/new/deep' }],
    sudo: { kind: 'commands', commands: ['/usr/bin/systemctl restart web', '/bin/true'] },
    user: { groups: ['sudo', 'no-such-group'] },
  }

  it('keeps what is there, byte by byte, and is taken back to the last hash', { timeout: 2 * minutes }, async () => {
    const before = await fingerprint(host)
    const draft = await plan(host, 'operation-1', settings)
    expect(draft.warnings).toEqual([
      'app keeps its shell /bin/sh',
      'there is no group no-such-group on this host: app is not added to it',
    ])
    expect(await applyOn(host, draft)).toMatchObject({
      states: { user: 'already so', 'verify.sudo': 'unchanged' },
      failed: null,
    })

    expect(await said(host, 'base64 -w 0 ~app/.ssh/authorized_keys')).toBe(
      Buffer.from(`# ours\n${key('bob', 'E')} caf\xe9\n# end\n${key('ann', 'I')}\n`, 'latin1').toString('base64'),
    )
    expect(await said(host, 'cd /srv; find . -printf "%m %u:%g %P\\n" | sort -k 3')).toBe(
      [
        '755 root:root ',
        '755 root:root new',
        '755 app:app new/deep',
        '750 app:app web site',
        '750 app:app web site/bin',
        '750 app:app web site/bin/tool',
        '777 root:root web site/link',
        '640 app:app web site/page',
        '',
      ].join('\n'),
    )
    expect(await said(host, 'stat -c %U /etc/shadow')).toBe('root\n')
    expect((await host.sh('runuser -u app -- sudo -n /bin/true')).exitCode).toBe(0)
    expect((await host.sh('runuser -u app -- sudo -n /bin/id')).exitCode).not.toBe(0)

    const again = await plan(host, 'operation-2', settings)
    const { states } = await applyOn(host, again)
    expect(Object.values(states).filter((state) => state !== 'already so' && state !== 'unchanged')).toEqual([])

    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, before)
  })

  it('does not take its own work for the state before it, when a step is tried again', async () => {
    const before = await fingerprint(host)
    const draft = await plan(host, 'operation-3', settings)
    await applyOn(host, draft)
    await said(host, 'chmod 644 ~app/.ssh/authorized_keys; rm /etc/sudoers.d/drydock-app')
    expect((await applyOn(host, draft)).states).toMatchObject({ sudo: 'applied' })
    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, before)
  })

  it('leaves a directory that somebody has put something into', async () => {
    const draft = await plan(host, 'operation-4', { ...settings, directories: [{ path: '/srv/kept/here' }] })
    await applyOn(host, draft)
    await said(host, 'echo mine > /srv/kept/here/file')
    expect(await undoOn(host, draft)).toEqual([])
    expect(await said(host, 'cat /srv/kept/here/file')).toBe('mine\n')
  })

  it('refuses a link that has come in the way since the plan was made', async () => {
    const draft = await plan(host, 'operation-5', settings)
    await said(host, 'mv ~app/.ssh ~app/moved; ln -s /root ~app/.ssh')
    const { failed } = await applyOn(host, draft)
    expect(failed?.step.id).toBe('authorized-keys')
    expect(failed?.stderr).toContain('/home/app/.ssh is a symbolic link')
    expect(await undoOn(host, draft)).toEqual([])
    await said(host, 'rm ~app/.ssh; mv ~app/moved ~app/.ssh')
  })
})

describe.skipIf(!lab.possible)('a setup that cannot be', () => {
  let host: LabHost
  let before: string[]
  beforeAll(async () => {
    host = await bootHost({ name: 'setup-plan-fails' })
    before = await fingerprint(host)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('for a package that does not exist ends before it has changed anything, and names it', {
    timeout: 2 * minutes,
  }, async () => {
    const settings = { packages: ['curl', 'no-such-package', 'nor-this-one'] }
    const { states, failed } = await applyOn(host, await plan(host, 'operation-1', settings))
    expect(states).toEqual({ 'package-lists': 'failed' })
    expect(failed?.stderr).toMatch(/no package no-such-package .*\n.*no package nor-this-one/)
    await expectRestored(host, before)
  })

  it('is said at once when the lists are fresh', async () => {
    const request = { server, settings: SetupSettings.parse({ packages: ['no-such-package', 'awk'] }) }
    expect(await planFor(host, request, 'operation-2')).toEqual({
      kind: 'impossible',
      problems: [
        "no package no-such-package in the lists, which are fresh: check its name and the host's package sources",
        'awk is a virtual package: name one of those that provide it',
      ],
    })
  })

  it('for a package whose installation fails is taken back whole', { timeout: 2 * minutes }, async () => {
    await said(
      host,
      `mkdir -p /srv/broken/DEBIAN && cd /srv && printf 'Package: broken\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@example.org>\\nDepends: tree\\nDescription: fails\\n' > broken/DEBIAN/control
      printf '#!/bin/sh\\nexit 1\\n' > broken/DEBIAN/postinst && chmod 755 broken/DEBIAN/postinst
      dpkg-deb --build broken && dpkg-scanpackages . > Packages 2>/dev/null || { printf 'Package: broken\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@example.org>\\nDepends: tree\\nDescription: fails\\nFilename: ./broken.deb\\nSize: %s\\nSHA256: %s\\n' "$(stat -c %s broken.deb)" "$(sha256sum broken.deb | cut -d ' ' -f 1)" > Packages; }
      echo 'deb [trusted=yes] file:/srv ./' > /etc/apt/sources.list.d/broken.list; apt-get -q update`,
    )
    const withSource = await fingerprint(host)
    const draft = await plan(host, 'operation-3', { packages: ['broken'], authorizedKeys: [key('ann', 'I')] })
    const { failed, states } = await applyOn(host, draft)
    expect(failed?.step.id).toBe('packages')
    expect(states).toMatchObject({ user: 'applied', sudo: 'applied' })
    expect(await said(host, `dpkg-query -W -f '\${db:Status-Status}' tree`)).toBe('installed')
    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, withSource)
  })

  it('keeps a package that something else has come to need', { timeout: 2 * minutes }, async () => {
    const draft = await plan(host, 'operation-4', { packages: ['libonig5', 'tree'] })
    expect((await applyOn(host, draft)).failed).toBeNull()
    await said(host, 'DEBIAN_FRONTEND=noninteractive apt-get -q -y install jq')
    expect(await undoOn(host, draft)).toEqual([expect.stringContaining('libonig5')])
    expect(await said(host, `dpkg-query -W -f '\${Package}:\${db:Status-Status} ' jq libonig5; command -v tree`)).toBe(
      'jq:installed libonig5:installed ',
    )
  })
})

/** Takes apt's lock of the package lists for some seconds: fcntl(2), which no shell can. */
const holdLists = `perl -MFcntl -e 'open F, "+>>", "/var/lib/apt/lists/lock"; $lock = pack "s s l! l! i", F_WRLCK, 0, 0, 0, 0; fcntl F, F_SETLK, $lock or die; open H, ">", "/tmp/held"; close H; sleep 6'`

describe.skipIf(!lab.possible)('a setup on a host without sudo', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await bootHost({ name: 'setup-plan-bare' })
    await said(host, 'SUDO_FORCE_REMOVE=yes dpkg --purge sudo')
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('brings it, waits for others who install, and takes back only its own', { timeout: 5 * minutes }, async () => {
    const before = await fingerprint(host)
    const draft = await plan(host, 'operation-1', { packages: ['zip'], authorizedKeys: [key('ann', 'I')] })
    // Holds the lock of the lists, and dpkg's lock for some seconds, as an unattended upgrade would, and installs something meanwhile.
    await said(
      host,
      `apt-get -q -y -o DPkg::Pre-Invoke::='sleep 8' install tree > /tmp/other.log 2>&1 &
      until pgrep -x sleep > /dev/null; do sleep 0.1; done
      ${holdLists} > /tmp/lists.log 2>&1 &
      until [ -e /tmp/held ]; do sleep 0.1; done`,
    )
    expect(await applyOn(host, draft)).toMatchObject({
      states: { 'sudo.package': 'applied', sudo: 'applied', packages: 'applied', 'verify.sudo': 'unchanged' },
      failed: null,
    })
    expect(await said(host, 'command -v tree zip sudo')).toContain('/usr/bin/tree')
    expect(await undoOn(host, draft)).toEqual([])
    expect(await said(host, 'command -v tree; command -v zip; command -v sudo')).toBe('/usr/bin/tree\n')
    await said(host, 'dpkg --purge tree')
    await expectRestored(host, before)
  })
})
