import { describe, expect, it } from 'vitest'
import type { DeploymentFacts, UnitFacts } from '../../../commands/deployment-facts.ts'
import { assessPlan } from '../../../guard/index.ts'
import { planDeployment } from '../../../plans/deployment.ts'
import { releaseOf, type DeploymentSituation } from '../../../plans/deployment-wish.ts'
import { Application } from '../../../schema/application.ts'

const unit: UnitFacts = { load: 'loaded', active: 'active', enabled: 'enabled', file: null }
const facts: DeploymentFacts = {
  root: null,
  rootIsElsewhere: false,
  current: { kind: 'none' },
  releases: [],
  freeBytes: 50_000_000_000,
  freeInodes: 1_000_000,
  tools: new Set(['curl', 'wget', 'tar', 'gzip', 'unzip', 'sha256sum', 'awk', 'realpath', 'runuser', 'systemctl']),
  userGroup: 'app',
  units: new Map([
    ['web.service', unit],
    ['worker.service', unit],
  ]),
  instances: new Map(),
  proxy: { runs: true, file: null },
}

const application = (change: Record<string, unknown> = {}): Application =>
  Application.parse({
    name: 'shop',
    version: '2.0.0',
    artifact: { source: 'https://example.net/shop.tar.gz?token=1', sha256: 'a'.repeat(64) },
    units: [{ name: 'web', health: [{ tcp: 8080 }] }, { name: 'worker' }],
    environment: { PORT: 8080, PASSWORD: { secret: 'db', version: 3 } },
    health: [{ http: 'http://127.0.0.1:8080/' }],
    hooks: { before: [{ run: './migrate' }], after: [{ run: './announce' }] },
    ...change,
  })

function plan(change: Record<string, unknown> = {}, more: Partial<DeploymentSituation> = {}) {
  const planned = planDeployment({
    operationId: '01970000-0000-7000-8000-000000000001',
    server: { name: 'web-1', user: 'app' },
    application: application(change),
    previous: null,
    history: [],
    facts,
    ...more,
  })
  if (planned.kind === 'impossible') throw new Error(planned.problems.join(' '))
  return planned.plan
}

const stepsOf = (...o: Parameters<typeof plan>): string[] => plan(...o).steps.map(({ id }) => id)
const problemsOf = (change: Partial<DeploymentFacts>, of: Record<string, unknown> = {}): readonly string[] => {
  const planned = planDeployment({
    operationId: '1',
    server: { name: 'web-1', user: 'app' },
    application: application(of),
    previous: null,
    history: [],
    facts: { ...facts, ...change },
  })
  return planned.kind === 'impossible' ? planned.problems : []
}

const beside = [
  'root',
  'artifact.fetch',
  'artifact.verify',
  'artifact.inspect',
  'release.unpack',
  'environment',
  'hook.before-0',
]

it('brings everything there before it touches what serves, and rolls one unit after the other', () => {
  expect(stepsOf()).toEqual([
    ...beside,
    'serving',
    'release.switch',
    'unit-0.restart',
    'unit-0.health-0',
    'unit-1.restart',
    'health-0',
    'settle',
    'hook.after-0',
    'releases.remove',
  ])
})

it('stops all units before the switch where none may run beside the other version', () => {
  expect(stepsOf({ strategy: { kind: 'recreate' } }).slice(beside.length, -5)).toEqual([
    'serving',
    'unit-1.stop',
    'unit-0.stop',
    'release.switch',
    'unit-0.restart',
    'unit-0.health-0',
  ])
})

it('asks nobody: the guard finds nothing dangerous in it, nor in taking it back', () => {
  const file = '[Service]\nExecStart=/srv/shop/current/web\n[Install]\nWantedBy=multi-user.target\n'
  const whole = plan(
    { units: [{ name: 'web', file }], shared: ['public/uploads'], keep: 2, strategy: { kind: 'recreate' } },
    { history: ['3', '2', '1'], facts: { ...facts, releases: ['1', '2', '3'] }, previous: application() },
  )
  const server = { name: 'web-1', deviceType: 'generic', environment: 'production', services: [] } as const
  expect(assessPlan(whole, server)).toMatchObject({ verdict: 'allow', findings: [] })
})

it('asks a person where a hook destroys', () => {
  const server = { name: 'web-1', deviceType: 'generic', environment: 'production', services: [] } as const
  const whole = plan({ hooks: { before: [{ run: 'dropdb shop', as: 'root' }] } })
  expect(assessPlan(whole, server).verdict).toBe('confirm')
})

it('calls the same content the same release, and tells another environment by another name', () => {
  const name = releaseOf(application())
  expect(name).toMatch(/^2\.0\.0-[0-9a-f]{8}$/)
  expect(releaseOf(application({ settle: '1m', keep: 9, health: [], strategy: { kind: 'recreate' } }))).toBe(name)
  expect(releaseOf(application({ environment: { PORT: 8081 } }))).not.toBe(name)
  expect(releaseOf(application({ environment: { PORT: 8080, PASSWORD: { secret: 'db', version: 4 } } }))).not.toBe(name)
})

it('has nothing to do where the release serves already', () => {
  const release = releaseOf(application())
  const steps = plan({}, { facts: { ...facts, current: { kind: 'release', release }, releases: [release] } }).steps
  expect(steps.filter(({ alreadySo, check }) => alreadySo === undefined && check === undefined)).toEqual([])
})

it('shows secrets by their names alone, and gives their values to nothing but the environment of commands', () => {
  const text = JSON.stringify(plan())
  expect(text).toContain('PASSWORD=<secret db version 3>')
  expect(text).not.toContain('token=1"')
  const write = plan().steps.find(({ id }) => id === 'environment')?.apply[0]
  expect(write?.secrets).toEqual({ ENVIRONMENT_PASSWORD: { kind: 'stored', name: 'db', version: 3 } })
})

it('keeps the newest releases, what serves among them, and removes none that it does not know', () => {
  const history = ['5', '4', '3', '2', '1']
  const known = {
    ...facts,
    releases: ['1', '3', '4', '5', 'by-hand'],
    current: { kind: 'release', release: '5' },
  } as const
  const step = plan({ keep: 3 }, { history, facts: known }).steps.at(-1)
  expect(step?.title).toBe('Remove the archive and 3, 1')
})

describe('refuses', () => {
  it.each([
    ['a root behind a link', { rootIsElsewhere: true }, 'leads through a symbolic link'],
    ['a current that is no link', { current: { kind: 'other' } as const }, 'nobody knows what serves'],
    ['a full disk', { freeBytes: 1_000 }, 'There is no room'],
    [
      'missing tools',
      { tools: new Set(['systemctl', 'sha256sum', 'awk', 'realpath']) },
      'It lacks curl or wget, tar, gzip, curl.',
    ],
    ['a unit that is not there', { units: new Map() }, 'There is no unit web.service'],
    ['a user that is not there', { userGroup: null }, 'There is no user app.'],
  ])('%s', (_, change, because) => {
    expect(problemsOf(change).join(' ')).toContain(because)
  })
})
