import { describe, expect, it } from 'vitest'
import { parseUnit } from '../../../commands/systemd.ts'
import { unitFile, type UnitInspection } from '../../../commands/unit-file.ts'
import { planUnitDefinition } from '../../../plans/unit-definition.ts'
import { UnitDefinitionSettings } from '../../../schema/unit-definition.ts'

const settings = (more: object = {}) =>
  UnitDefinitionSettings.parse({
    service: 'web',
    definition: { description: 'The web', command: ['/usr/bin/node', 'server.js'] },
    ...more,
  })
const { content } = unitFile('web.service', settings().definition)
const entry = { kind: 'regular file', mode: '644', owner: 'root', group: 'root' }
const told = (changes: Record<string, string> = {}) =>
  parseUnit(
    Object.entries({ Id: 'web.service', LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead', ...changes })
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
const fresh: UnitInspection = { unit: told(), file: null, analysis: { faults: [], remarks: [] } }
const running = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', UnitFileState: 'enabled' }
const there: UnitInspection = { ...fresh, unit: told(running), file: { entry, content } }

const planOf = (wish: object, inspected: UnitInspection) =>
  planUnitDefinition({ operationId: '01970000-0000-7000-8000-000000000001', settings: settings(wish), inspected })
const planned = (wish: object, inspected: UnitInspection) => {
  const answer = planOf(wish, inspected)
  if (answer.kind === 'impossible') throw new Error(answer.problems.join(' '))
  return answer.plan
}
const stepsOf = (wish: object, inspected: UnitInspection) =>
  planned(wish, inspected).steps.map(({ id, alreadySo }) => (alreadySo === undefined ? id : `${id}: ${alreadySo}`))

describe('a definition of a service', () => {
  it.each([
    ['that is new', {}, fresh, ['unit.file', 'unit.enable', 'unit.start']],
    [
      'that is so already',
      {},
      there,
      ['unit.file: it is as it should be', 'unit.enable: it is enabled', 'unit.start: it is active (running)'],
    ],
    [
      'whose file has changed',
      {},
      { ...there, file: { entry, content: 'older' } },
      ['unit.file', 'unit.enable', 'unit.restart'],
    ],
    [
      'whose file anybody may write',
      {},
      { ...there, file: { entry: { ...entry, mode: '666' }, content } },
      ['unit.file', 'unit.enable', 'unit.restart'],
    ],
    [
      'whose file systemd has not read',
      {},
      { ...there, unit: told({ ...running, NeedDaemonReload: 'yes' }) },
      ['unit.file', 'unit.enable', 'unit.restart'],
    ],
    [
      'that does not run',
      {},
      { ...there, unit: told({ ...running, ActiveState: 'failed', SubState: 'failed' }) },
      ['unit.file: it is as it should be', 'unit.enable: it is enabled', 'unit.start'],
    ],
    [
      'that is to rest',
      { state: 'stopped', enabled: false },
      there,
      ['unit.file: it is as it should be', 'unit.disable', 'unit.stop'],
    ],
    ['that is to be left as it runs', { state: 'as_it_is', enabled: false }, fresh, ['unit.file']],
    [
      'that nothing starts',
      { definition: { ...settings().definition, wantedBy: [] } },
      fresh,
      ['unit.file', 'unit.start'],
    ],
  ])('%s', (_, wish, inspected, steps) => {
    expect(stepsOf(wish, inspected)).toEqual(steps)
  })

  it('shows how its file changes, and can be taken back', () => {
    const [file] = planned({}, { ...there, file: { entry, content: 'older' } }).steps
    expect(file).toMatchObject({
      file: { path: '/etc/systemd/system/web.service', before: 'older', after: content, mode: '644', owner: 'root' },
      undo: [{ shown: 'restore /etc/systemd/system/web.service as it was, and web.service with it' }],
    })
  })

  it('warns of what its file replaces, of what still changes it, and of what only shows after a restart', () => {
    const unit = told({
      ...running,
      FragmentPath: '/lib/systemd/system/web.service',
      DropInPaths: '/etc/systemd/system/web.service.d/a.conf',
    })
    const analysis = { faults: [], remarks: ['web.service:9: Special user nobody configured'] }
    expect(planned({ state: 'as_it_is' }, { unit, file: null, analysis }).warnings).toEqual([
      'systemd-analyze: web.service:9: Special user nobody configured.',
      '/etc/systemd/system/web.service takes the place of /lib/systemd/system/web.service.',
      '/etc/systemd/system/web.service.d/a.conf still change web.service.',
      'web.service runs by its old file until it is restarted.',
    ])
  })

  it.each([
    [
      'with a fault',
      { ...fresh, analysis: { faults: ['web.service: Command /a is not executable'], remarks: [] } },
      'systemd-analyze: web.service: Command /a is not executable.',
    ],
    ['without an analyser', { ...fresh, analysis: null }, 'systemd-analyze, which would check the file first'],
    [
      'that is masked',
      {
        ...fresh,
        unit: told({ LoadState: 'masked' }),
        file: { entry: { ...entry, kind: 'symbolic link' }, content: '' },
      },
      '/etc/systemd/system/web.service is a symbolic link: web.service is masked.',
    ],
  ])('%s is impossible', (_, inspected, problem) => {
    expect(planOf({}, inspected)).toEqual({ kind: 'impossible', problems: [expect.stringContaining(problem)] })
  })

  it.each(['web.socket', 'worker@.service', 'worker@1', '../web'])('of %s is none', (service) =>
    expect(UnitDefinitionSettings.safeParse({ ...settings(), service }).success).toBe(false),
  )
})
