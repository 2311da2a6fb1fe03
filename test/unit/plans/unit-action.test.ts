import { describe, expect, it } from 'vitest'
import { parseUnit } from '../../../commands/systemd.ts'
import { planUnitAction } from '../../../plans/unit-action.ts'
import { UnitActionSettings, wholeUnitName } from '../../../schema/unit.ts'
import { actionTitle } from '../../../schema/titles.ts'

const told = (changes: Record<string, string> = {}) =>
  parseUnit(
    Object.entries({
      Id: 'web.service',
      LoadState: 'loaded',
      ActiveState: 'active',
      SubState: 'running',
      UnitFileState: 'enabled',
      CanReload: 'yes',
      ...changes,
    })
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
const at = (wish: object, changes: Record<string, string> = {}) => ({
  server: 'web-1',
  settings: UnitActionSettings.parse({ service: 'web', ...wish }),
  found: told(changes),
})
const resting = { ActiveState: 'inactive', SubState: 'dead', UnitFileState: 'disabled' }

function planned(...args: Parameters<typeof at>) {
  const answer = planUnitAction(at(...args))
  if (answer.kind === 'impossible') throw new Error(answer.problems.join(' '))
  return answer.plan
}
const problemsOf = (...args: Parameters<typeof at>) => {
  const answer = planUnitAction(at(...args))
  return answer.kind === 'impossible' ? answer.problems : []
}

describe('a plan for a unit', () => {
  it.each([
    [{ action: 'start' }, resting, ['Start web.service and wait until it is up']],
    [{ action: 'stop' }, {}, ['Stop web.service and wait until it is down']],
    [{ action: 'restart' }, {}, ['Restart web.service and wait until it is up']],
    [{ action: 'restart' }, resting, ['Restart web.service, which does not run, and wait until it is up']],
    [{ action: 'reload' }, {}, ['Have web.service read its configuration anew, and wait until it is up']],
    [{ action: 'reload' }, { CanReload: 'no' }, ['Restart web.service, which cannot reload, and wait until it is up']],
    [{ action: 'reload' }, resting, ['Start web.service, which does not run, and wait until it is up']],
    [
      { action: 'enable', now: true },
      resting,
      ['Have web.service start with the host', 'Start web.service and wait until it is up'],
    ],
    [
      { action: 'disable', now: true },
      {},
      ['Have web.service not start with the host any more', 'Stop web.service and wait until it is down'],
    ],
  ])('%j has steps that say what is done', (wish, found, titles) => {
    const { steps } = planned(wish, found)
    expect(steps.map(({ title }) => title)).toEqual(titles)
    expect(steps.map(({ alreadySo }) => alreadySo)).toEqual(titles.map(() => undefined))
  })

  it.each([
    [{ action: 'start' }, {}, 'it is active (running)'],
    [{ action: 'stop' }, resting, 'it is inactive (dead)'],
    [{ action: 'stop' }, { ActiveState: 'failed', SubState: 'failed' }, 'it is failed (failed)'],
    [{ action: 'enable' }, {}, 'it is enabled'],
    [{ action: 'disable' }, resting, 'it is disabled'],
  ])('%j of one that is so already has nothing to do', (wish, found, because) => {
    expect(planned(wish, found).steps.map(({ alreadySo }) => alreadySo)).toEqual([because])
  })

  it('takes a unit that fails and starts again for neither started nor stopped', () => {
    const between = { ActiveState: 'activating', SubState: 'auto-restart' }
    expect(planned({ action: 'start' }, between).steps[0]?.alreadySo).toBeUndefined()
    expect(planned({ action: 'stop' }, between).steps[0]?.alreadySo).toBeUndefined()
  })

  it('is about the unit by its own name, as the user where told', () => {
    const { steps } = planned({ service: 'alias', action: 'restart', scope: 'user' })
    expect(steps).toMatchObject([{ as: 'app', apply: [{ script: expect.stringContaining("-- 'web.service'") }] }])
  })

  it('warns of what stops with it, what starts it again, and of files that systemd has not read', () => {
    const found = { RequiredBy: 'api.service graphical.target', TriggeredBy: 'web.socket', NeedDaemonReload: 'yes' }
    expect(planned({ action: 'stop' }, found).warnings).toEqual([
      'The files of web.service have changed since systemd read them.',
      'With web.service goes what needs it: api.service.',
      'web.socket can start web.service again.',
    ])
    expect(planned({ action: 'start' }, { ...found, NeedDaemonReload: 'no' }).warnings).toEqual([])
  })
})

describe('what cannot be done to a unit', () => {
  it.each([
    [{ action: 'start' }, { LoadState: 'not-found' }, 'there is no unit web.service on web-1.'],
    [{ action: 'restart' }, { LoadState: 'masked' }, 'web.service is masked, so that nothing can start it.'],
    [{ action: 'start' }, { LoadState: 'bad-setting' }, 'systemd cannot load web.service (bad-setting).'],
    [{ action: 'enable' }, { UnitFileState: 'static' }, 'web.service is static: '],
    [{ action: 'disable' }, { UnitFileState: '' }, 'web.service is without a file: '],
  ])('%j of %j', (wish, found, problem) => {
    expect(problemsOf(wish, found)).toEqual([expect.stringContaining(problem)])
  })

  it('is not the stop of one that is masked and runs', () =>
    expect(problemsOf({ action: 'stop' }, { LoadState: 'masked' })).toEqual([]))
})

it.each([
  ['nginx', 'nginx.service'],
  ['web.socket', 'web.socket'],
  ['my.app', 'my.app.service'],
  ['worker@2', 'worker@2.service'],
])('%s is the unit %s', (name, unit) => expect(wholeUnitName(name)).toBe(unit))

it('a title says what is done, to what, where', () =>
  expect(actionTitle(UnitActionSettings.parse({ service: 'web', action: 'enable', now: true }), 'web-1')).toBe(
    'Enable and start web on web-1',
  ))
