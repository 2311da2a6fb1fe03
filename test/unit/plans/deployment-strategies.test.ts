import { describe, expect, it } from 'vitest'
import type { DeploymentFacts, UnitFacts } from '../../../commands/deployment-facts.ts'
import { assessPlan } from '../../../guard/index.ts'
import { planDeployment } from '../../../plans/deployment.ts'
import { releaseOf } from '../../../plans/deployment-wish.ts'
import { Application } from '../../../schema/application.ts'

const file = '[Service]\nExecStart=/srv/shop/instances/%i/web\n[Install]\nWantedBy=multi-user.target\n'
const application = (change: Record<string, unknown> = {}): Application =>
  Application.parse({
    name: 'shop',
    version: '2.0.0',
    artifact: { source: 'https://example.net/shop.tar.gz', sha256: 'a'.repeat(64) },
    units: [{ name: 'shop@', file }],
    instances: { green: 8082, blue: 8081 },
    proxy: { nginx: { site: 'server { listen 80; location / { proxy_pass http://shop; } }' } },
    health: [{ http: 'http://127.0.0.1:$PORT/health' }, { http: 'http://127.0.0.1/' }],
    strategy: { kind: 'blue-green' },
    ...change,
  })

const unit = (active: string): UnitFacts => ({
  load: 'loaded',
  active,
  enabled: active === 'active' ? 'enabled' : 'disabled',
  file: { entry: { kind: 'regular file', mode: '644', owner: 'root', group: 'root' }, content: file },
})
const tools = ['curl', 'tar', 'gzip', 'sha256sum', 'awk', 'realpath', 'runuser', 'systemctl', 'nginx']
const nothing: DeploymentFacts = {
  root: null,
  rootIsElsewhere: false,
  current: { kind: 'none' },
  releases: [],
  freeBytes: 50_000_000_000,
  freeInodes: 1_000_000,
  tools: new Set(tools),
  userGroup: 'app',
  units: new Map([
    ['shop@blue.service', unit('inactive')],
    ['shop@green.service', unit('inactive')],
  ]),
  instances: new Map(),
  proxy: { runs: true, file: null },
}
const servedBy = (...names: ('blue' | 'green')[]): DeploymentFacts => ({
  ...nothing,
  current: { kind: 'release', release: '1.0.0-aaaaaaaa' },
  units: new Map(
    (['blue', 'green'] as const).map((name) => [
      `shop@${name}.service`,
      unit(names.includes(name) ? 'active' : 'inactive'),
    ]),
  ),
  instances: new Map(names.map((name) => [name, '1.0.0-aaaaaaaa'])),
  proxy: {
    runs: true,
    file: names.map((name) => `    server 127.0.0.1:${name === 'blue' ? 8081 : 8082}; # ${name}\n`).join(''),
  },
})

function planned(change: Record<string, unknown>, facts: DeploymentFacts) {
  return planDeployment({
    operationId: '01970000-0000-7000-8000-000000000001',
    server: { name: 'web-1', user: 'app' },
    application: application(change),
    previous: application({ version: '1.0.0' }),
    history: ['1.0.0-aaaaaaaa'],
    facts,
  })
}

function plan(change: Record<string, unknown>, facts: DeploymentFacts) {
  const answer = planned(change, facts)
  if (answer.kind === 'impossible') throw new Error(answer.problems.join(' '))
  return answer.plan
}

const fromSwitch = (change: Record<string, unknown>, facts: DeploymentFacts): string[] => {
  const ids = plan(change, facts).steps.map(({ id }) => id)
  return ids.slice(ids.indexOf('serving') + 1)
}
const upstreams = (change: Record<string, unknown>, facts: DeploymentFacts) =>
  plan(change, facts).steps.flatMap(({ id, file: changed }) =>
    id.startsWith('proxy.')
      ? [[id, [...(changed?.after ?? '').matchAll(/server 127.*# \w+/g)].map(([line]) => line)]]
      : [],
  )

const runs = (name: string): string[] => [
  `${name}.release`,
  `${name}.environment`,
  `${name}-0.enable`,
  `${name}-0.restart`,
  `${name}.health-0`,
  `${name}.health-1`,
]

describe('blue-green', () => {
  it('starts the idle instance, sends everybody there once it has settled, and stops the old one at the very end', () => {
    expect(fromSwitch({ hooks: { after: [{ run: './announce' }] } }, servedBy('blue'))).toEqual([
      'unit-0.file',
      ...runs('green'),
      'green.settle',
      'proxy.switch',
      'release.switch',
      'health-0',
      'settle',
      'hook.after-0',
      'blue-0.stop',
      'blue-0.disable',
      'releases.remove',
    ])
    expect(upstreams({}, servedBy('blue'))).toEqual([['proxy.switch', ['server 127.0.0.1:8082 max_fails=0; # green']]])
  })

  it('frees one instance first where both get requests', () => {
    expect(upstreams({}, servedBy('blue', 'green'))).toEqual([
      ['proxy.free', ['server 127.0.0.1:8081 max_fails=0; # blue']],
      ['proxy.switch', ['server 127.0.0.1:8082 max_fails=0; # green']],
    ])
  })

  it('brings the very first release into one instance', () => {
    expect(upstreams({}, nothing)).toEqual([['proxy.switch', ['server 127.0.0.1:8081 max_fails=0; # blue']]])
  })

  it('changes nothing that serves where the release does already', () => {
    const { steps } = plan({}, servedBy('green'))
    const text = steps.find(({ id }) => id === 'proxy.switch')?.file?.after ?? ''
    const release = releaseOf(application())
    const again = plan(
      {},
      {
        ...servedBy('blue'),
        current: { kind: 'release', release },
        releases: [release],
        instances: new Map([['blue', release]]),
        proxy: { runs: true, file: text },
      },
    )
    expect(again.steps.filter(({ alreadySo, check }) => alreadySo === undefined && check === undefined)).toEqual([])
  })
})

describe('rolling', () => {
  const strategy = { kind: 'rolling' }
  it('takes each instance out of the upstream while it restarts', () => {
    expect(upstreams({ strategy }, servedBy('blue', 'green'))).toEqual([
      ['proxy.without-blue', ['server 127.0.0.1:8082 max_fails=0; # green']],
      ['proxy.without-green', ['server 127.0.0.1:8081 max_fails=0; # blue']],
      ['proxy.switch', ['server 127.0.0.1:8081 max_fails=0; # blue', 'server 127.0.0.1:8082 max_fails=0; # green']],
    ])
  })

  it('begins with the instance that gets no requests, and touches no other before that has settled', () => {
    expect(fromSwitch({ strategy }, servedBy('blue'))).toEqual([
      'unit-0.file',
      ...runs('green'),
      'green.settle',
      'proxy.without-blue',
      ...runs('blue'),
      'proxy.switch',
      'release.switch',
      'health-0',
      'settle',
      'releases.remove',
    ])
  })
})

describe('canary', () => {
  const strategy = { kind: 'canary', share: 20, watch: '10m', gate: '1h' }
  it('sends a share to the new release, watches it, asks a person, and only then sends all', () => {
    const steps = plan({ strategy }, servedBy('blue'))
    expect(upstreams({ strategy }, servedBy('blue'))).toEqual([
      [
        'proxy.share',
        ['server 127.0.0.1:8082 weight=1 max_fails=0; # green', 'server 127.0.0.1:8081 weight=4 max_fails=0; # blue'],
      ],
      ['proxy.switch', ['server 127.0.0.1:8082 max_fails=0; # green']],
    ])
    const ids = fromSwitch({ strategy }, servedBy('blue'))
    expect(ids.slice(ids.indexOf('green.settle'), ids.indexOf('release.switch'))).toEqual([
      'green.settle',
      'proxy.share',
      'canary.watch',
      'canary.gate',
      'proxy.switch',
    ])
    expect(steps.steps.find(({ id }) => id === 'canary.watch')?.watch).toMatchObject({ forMs: 600_000, everyMs: 5_000 })
    expect(steps.steps.find(({ id }) => id === 'canary.gate')?.gate).toMatchObject({ limitMs: 3_600_000 })
  })

  it('has nothing to compare with where nothing served before', () => {
    expect(upstreams({ strategy }, nothing)).toEqual([['proxy.switch', ['server 127.0.0.1:8081 max_fails=0; # blue']]])
  })
})

it.each(['blue-green', 'canary', 'rolling', 'recreate'])(
  'asks nobody for %s: the guard finds nothing dangerous in it',
  (kind) => {
    const server = { name: 'web-1', deviceType: 'generic', environment: 'production', services: ['nginx'] } as const
    expect(assessPlan(plan({ strategy: { kind } }, servedBy('blue', 'green')), server)).toMatchObject({
      verdict: 'allow',
      findings: [],
    })
  },
)

it('shows what each step changes in the file of the proxy, from what it found', () => {
  const facts = servedBy('blue')
  const files = plan({ strategy: { kind: 'canary' } }, facts).steps.flatMap(({ id, file: changed }) =>
    id.startsWith('proxy.') ? [changed] : [],
  )
  expect(files.map((changed) => changed?.before)).toEqual([facts.proxy.file, files[0]?.after])
})

describe('refuses', () => {
  it.each([
    ['a proxy that does not run', { proxy: { runs: false, file: null } }, 'nginx does not run'],
    ['a proxy that is not there', { tools: new Set(tools.slice(0, -1)) }, 'It lacks nginx'],
    [
      'another port for an instance that gets requests',
      { proxy: { runs: true, file: '    server 127.0.0.1:9000; # blue\n' } },
      'blue gets requests at another port',
    ],
  ])('%s', (_, change, because) => {
    const answer = planned({}, { ...servedBy('blue'), ...change })
    expect(answer.kind === 'impossible' ? answer.problems.join(' ') : '').toContain(because)
  })

  it.each([
    ['instances without a template', { units: [{ name: 'shop' }] }],
    ['a template without instances', { instances: {}, proxy: undefined, strategy: {} }],
    ['blue-green without a proxy', { proxy: undefined }],
    ['a canary with neither a proxy nor several hosts', { proxy: undefined, strategy: { kind: 'canary' } }],
    ['one port for two', { instances: { blue: 1, green: 1 } }],
    ['a file elsewhere', { proxy: { nginx: { file: '/etc/passwd' } } }],
  ])('%s', (_, change) => {
    expect(() => application(change)).toThrow()
  })
})
