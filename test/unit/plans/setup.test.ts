import { describe, expect, it } from 'vitest'
import { setupQuestions } from '../../../plans/setup-wish.ts'
import { planSetup } from '../../../plans/setup.ts'
import type { PlanDraft, Step } from '../../../schema/plan.ts'
import { allThere, key, nothingThere, on, situation } from './situation.ts'

function planned(...changes: Parameters<typeof situation>): PlanDraft {
  const answer = planSetup(situation(...changes))
  if (answer.kind === 'impossible') throw new Error(answer.problems.join('\n'))
  return answer.plan
}
function problems(...changes: Parameters<typeof situation>): readonly string[] {
  const answer = planSetup(situation(...changes))
  return answer.kind === 'impossible' ? answer.problems : []
}
const step = (plan: PlanDraft, id: string): Step | undefined => plan.steps.find((candidate) => candidate.id === id)
const ids = (plan: PlanDraft): string[] => plan.steps.map(({ id }) => id)

describe('the setup of a fresh server', () => {
  const plan = planned()

  it('goes in the order of the runbook', () => {
    expect(plan.steps.map(({ id, as, title }) => `${as} ${id}: ${title}`)).toEqual([
      'root package-lists: Look up curl in the package lists',
      'root user: Create the user app',
      'root groups: Add app to sudo, systemd-journal',
      'root authorized-keys: Let one key log in as app',
      'root directories: Make /opt/app',
      'root sudo: Let app use sudo without a password, for everything',
      'root packages: Install curl',
      'app verify.directory:/opt/app: See that app can write to /opt/app',
      'app verify.sudo: See that app can use sudo',
    ])
    expect(plan.warnings).toEqual([])
  })

  it('can take back every step that changes the server, and looks at each before and after', () => {
    const changing = plan.steps.filter(({ id }) => id !== 'package-lists' && !id.startsWith('verify.'))
    for (const { undo, check, verify, alreadySo } of changing) {
      expect(undo?.length).toBeGreaterThan(0)
      expect(check?.effect).toBe('read')
      expect(verify?.effect).toBe('read')
      expect(alreadySo).toBeUndefined()
    }
  })

  it('shows the files it writes', () => {
    expect(step(plan, 'authorized-keys')?.file).toEqual({
      path: '/home/app/.ssh/authorized_keys',
      before: null,
      after: `${key}\n`,
      mode: '600',
      owner: 'app',
    })
    expect(step(plan, 'sudo')?.file).toMatchObject({ path: '/etc/sudoers.d/drydock-app', before: null, mode: '440' })
  })

  it('only looks, in its verification', () => {
    const verification = plan.steps.filter(({ id }) => id.startsWith('verify.'))
    expect(verification.map(({ apply, undo }) => [apply, undo])).toEqual([
      [[], undefined],
      [[], undefined],
    ])
  })
})

describe('the setup of a server that is set up', () => {
  const plan = planned({ inspected: allThere })

  it('finds everything already so', () => {
    expect(plan.steps.map(({ id, alreadySo }) => [id, alreadySo])).toEqual([
      ['user', 'app is there, with user id 1000'],
      ['groups', 'app is in sudo, systemd-journal'],
      ['authorized-keys', 'the keys are there'],
      ['directories', '/opt/app: there, with owner and mode'],
      ['sudo', '/etc/sudoers.d/drydock-app says so'],
      ['packages', 'curl, systemd: installed'],
      ['verify.directory:/opt/app', undefined],
      ['verify.sudo', undefined],
    ])
    expect(plan.warnings).toEqual([])
  })

  it.each([
    ['groups', { user: { ...allThere.user, groups: ['app', 'sudo'] } }],
    ['authorized-keys', { sshDirectory: { kind: 'directory', mode: '755', owner: 'app', group: 'app' } }],
    ['authorized-keys', { authorizedKeys: { ...allThere.authorizedKeys, content: '' } }],
    ['directories', { directories: nothingThere.directories }],
    ['sudo', { sudoers: { ...allThere.sudoers, content: 'app ALL=(ALL) ALL\n' } }],
    [
      'sudo',
      { sudoers: { ...allThere.sudoers, entry: { kind: 'regular file', mode: '644', owner: 'root', group: 'root' } } },
    ],
    ['packages', { packages: nothingThere.packages }],
  ])('does %s again when %j', (id, difference) => {
    const changed = planned({ inspected: Object.assign({}, allThere, difference) })
    expect(step(changed, id)?.alreadySo).toBeUndefined()
    expect(step(changed, 'user')?.alreadySo).toBeDefined()
  })
})

describe('settings', () => {
  it('without keys, sudo, packages and directories leave those steps out', () => {
    const plan = planned({ settings: { authorizedKeys: [], sudo: { kind: 'none' }, packages: [], directories: [] } })
    expect(ids(plan)).toEqual(['user', 'groups'])
    expect(plan.warnings).toEqual(['no key is given for app: it can log in only with one that is on the host already'])
  })

  it('of a service account without log-in are verified as root', () => {
    const plan = planned({ settings: { user: { shell: '/usr/sbin/nologin', system: true } } })
    const last = plan.steps.at(-1)
    expect(last).toMatchObject({ id: 'verify.directory:/opt/app', as: 'root' })
    expect(last?.verify?.script).toBe(`runuser -u 'app' -- test -w '/opt/app' -a -x '/opt/app'`)
    expect(step(plan, 'user')?.apply[0]?.script).toContain(' --system ')
  })

  it('with another user than that of the log-in are not verified by logging in as it', () => {
    const plan = planned({ settings: { user: { name: 'batch' }, directories: [] } })
    expect(plan.steps.filter(({ as }) => as === 'app')).toEqual([])
  })

  it('bring sudo where it is missing, before its file is checked', () => {
    const plan = planned({
      inspected: {
        sudo: { installed: false, readsDropIns: false },
        packages: new Map([...nothingThere.packages, ['sudo', 'available']]),
      },
    })
    expect(ids(plan)).toContain('sudo.package')
    expect(ids(plan).indexOf('sudo.package')).toBe(ids(plan).indexOf('sudo') - 1)
    expect(step(plan, 'package-lists')?.title).toBe('Look up sudo, curl in the package lists')
  })

  it.each(['redhat', 'arch', 'suse'] as const)('call the group sudo wheel on %s', (family) => {
    const facts = on(family, 'dnf')
    expect(setupQuestions(situation({ facts })).groups).toContain('wheel')
    const plan = planned({ facts, inspected: { groups: new Set(['wheel', 'systemd-journal']) } })
    expect(step(plan, 'groups')?.title).toBe('Add app to wheel, systemd-journal')
  })

  it('merge keys into the file that is there', () => {
    const before = 'ssh-rsa AAAAB3 old@x'
    const plan = planned({
      inspected: { ...allThere, authorizedKeys: { entry: allThere.authorizedKeys?.entry ?? never(), content: before } },
    })
    expect(step(plan, 'authorized-keys')?.file).toMatchObject({ before, after: `${before}\n${key}\n` })
  })
})

describe('a warning', () => {
  const existing = allThere.user ?? never()
  it.each([
    ['there is no group docker on this host', { settings: { user: { groups: ['sudo', 'docker'] } } }],
    ['app keeps its shell /bin/zsh', { inspected: { ...allThere, user: { ...existing, shell: '/bin/zsh' } } }],
    [
      'app keeps its home /srv/app',
      {
        settings: { user: { home: '/home/other' } },
        inspected: { ...allThere, user: { ...existing, home: '/srv/app' } },
      },
    ],
    ['app is a system account (user id 33)', { inspected: { ...allThere, user: { ...existing, uid: 33 } } }],
    [
      '/home/app belongs to root with mode 777',
      { inspected: { home: { kind: 'directory', mode: '777', owner: 'root', group: 'root' } } },
    ],
    [
      "the group app is there already and becomes app's own",
      { inspected: { groups: new Set(['sudo', 'systemd-journal', 'app']) } },
    ],
    ['sshd looks for keys in /etc/ssh/keys/%u, not in the home', { inspected: { keyFiles: ['/etc/ssh/keys/%u'] } }],
    [
      'the key ann@home is there with options that restrict it',
      {
        inspected: {
          ...allThere,
          authorizedKeys: { entry: allThere.authorizedKeys?.entry ?? never(), content: `command="true" ${key}\n` },
        },
      },
    ],
  ])('says that %s', (text, changes) => {
    expect(planned(changes).warnings.join('\n')).toContain(text)
  })
})

describe('a setup is impossible', () => {
  const link = { kind: 'symbolic link', mode: '777', owner: 'root', group: 'root' }
  const directories = (entry: typeof link) =>
    new Map([['/opt/app', { entry, missingParents: [], differsInside: false }]])
  it.each([
    ['is not supported', { facts: on('unsupported', 'apt') }],
    ['has none of apt', { facts: on('debian', null) }],
    ['app is the administrator', { inspected: { ...allThere, user: { ...(allThere.user ?? never()), uid: 0 } } }],
    ['root is the administrator', { settings: { user: { name: 'root' } } }],
    [
      'the shell /bin/fish is not there',
      { settings: { user: { shell: '/bin/fish' } }, inspected: { shellExists: false } },
    ],
    [
      'its group 1000 has no name',
      { inspected: { ...allThere, user: { ...(allThere.user ?? never()), group: '1000' } } },
    ],
    ['app has no home /home/app', { inspected: { ...allThere, home: null } }],
    ['the home /home/app is a regular file', { inspected: { home: { ...link, kind: 'regular file' } } }],
    ['/home/app/.ssh is a symbolic link', { inspected: { sshDirectory: link } }],
    [
      '/home/app/.ssh/authorized_keys is a symbolic link',
      { inspected: { authorizedKeys: { entry: link, content: '' } } },
    ],
    ['/opt/app is a symbolic link', { inspected: { directories: directories(link) } }],
    ['/etc belongs to the system', { settings: { directories: [{ path: '/etc' }] } }],
    ['a name with {} cannot be', { settings: { directories: [{ path: '/srv/{}', recursive: true }] } }],
    ['/usr/bin/x belongs to the system', { settings: { directories: [{ path: '/usr/bin/x' }] } }],
    ['its owner web does not exist', { settings: { directories: [{ path: '/srv/x', owner: 'web', group: 'sudo' }] } }],
    ['its group web does not exist', { settings: { directories: [{ path: '/srv/x', group: 'web' }] } }],
    ['sudo cannot be allowed for "/bin/*"', { settings: { sudo: { kind: 'commands', commands: ['/bin/*'] } } }],
    ['does not include /etc/sudoers.d', { inspected: { sudo: { installed: true, readsDropIns: false } } }],
    ['no package curl in the lists', { inspected: { packages: new Map([['curl', 'absent']] as const) } }],
    ['curl is a virtual package', { inspected: { packages: new Map([['curl', 'virtual']] as const) } }],
  ])('when %s', (text, changes) => {
    const said = problems(changes)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(text)
  })

  it('for several reasons, and names them one by one', () => {
    const packages = new Map([
      ['curl', 'absent'],
      ['systemd', 'virtual'],
    ] as const)
    expect(problems({ inspected: { packages, shellExists: false } })).toHaveLength(3)
  })
})

function never(): never {
  throw new Error('the situation of a server that is set up has everything')
}
