import { describe, expect, it } from 'vitest'
import { readJournal } from '../../../commands/journal.ts'
import { parseUnit, readUnit } from '../../../commands/systemd.ts'
import { inspectUnitFile, unitFile } from '../../../commands/unit-file.ts'
import { listUnits } from '../../../commands/unit-list.ts'
import { assess, assessPlan } from '../../../guard/index.ts'
import { planUnitAction } from '../../../plans/unit-action.ts'
import { planUnitDefinition } from '../../../plans/unit-definition.ts'
import { JournalSettings } from '../../../schema/journal.ts'
import { UnitActionSettings, UnitVerb } from '../../../schema/unit.ts'
import { UnitDefinitionSettings } from '../../../schema/unit-definition.ts'

const server = { name: 'web-1', deviceType: 'ubuntu', environment: 'staging', services: [] } as const
const found = (unit: string, changes = 'ActiveState=active\nUnitFileState=enabled\n') =>
  parseUnit(`Id=${unit}\nLoadState=loaded\n${changes}`)

function verdictOf(action: UnitVerb, unit: string, changes?: string): string {
  const settings = UnitActionSettings.parse({ service: unit, action, now: true })
  const answer = planUnitAction({ server: server.name, settings, found: found(unit, changes) })
  return answer.kind === 'plan' ? assessPlan(answer.plan, server).verdict : answer.kind
}

const definition = (command: readonly string[]) =>
  UnitDefinitionSettings.parse({ service: 'shop', definition: { description: 'The shop', command } })

function verdictOfDefinition(command: readonly string[]): string {
  const analysis = { faults: [], remarks: [] }
  const inspected = { unit: found('shop.service'), file: null, analysis }
  const operationId = '01970000-0000-7000-8000-000000000001'
  const answer = planUnitDefinition({ operationId, settings: definition(command), inspected })
  return answer.kind === 'plan' ? assessPlan(answer.plan, server).verdict : answer.kind
}

describe('the guard', () => {
  it.each(UnitVerb.options)('lets an ordinary service be told to %s', (action) => {
    for (const changes of [
      'ActiveState=active\nUnitFileState=enabled\n',
      'ActiveState=failed\nUnitFileState=disabled\n',
    ])
      expect(verdictOf(action, 'shop.service', changes)).toBe('allow')
  })

  it.each([
    ['stop', 'docker.service'],
    ['stop', 'ssh.service'],
    ['disable', 'ssh.service'],
    ['stop', 'systemd-networkd.service'],
    ['start', 'reboot.target'],
  ] as const)('asks before %s of %s, as of the command itself', (action, unit) => {
    const at = { device: server.deviceType, environment: server.environment, server }
    expect(assess({ command: `systemctl ${action} ${unit}`, ...at }).verdict).toBe('confirm')
    expect(verdictOf(action, unit, action === 'start' ? 'ActiveState=inactive\n' : undefined)).toBe('confirm')
  })

  it('lets a definition of an ordinary service be applied and taken back', () => {
    expect(verdictOfDefinition(['/usr/bin/node', 'server.js'])).toBe('allow')
  })

  it('asks before a definition whose command destroys', () => {
    expect(verdictOfDefinition(['/bin/sh', '-c', 'rm -rf /'])).toBe('confirm')
  })

  it('lets be read what is read, also the file of a unit that would destroy', () => {
    const file = unitFile('shop.service', definition(['/bin/sh', '-c', 'rm -rf /']).definition)
    const questions = [
      readUnit({ unit: 'shop.service' }),
      listUnits('service', 'system'),
      readJournal({ unit: 'shop.service' }, JournalSettings.parse({ follow: true })),
      inspectUnitFile('shop.service', file, '01970000-0000-7000-8000-000000000001'),
    ]
    const verdicts = questions.map(
      ({ script }) => assess({ command: script, device: 'generic', environment: 'production', server }).verdict,
    )
    expect(verdicts).toEqual(questions.map(() => 'allow'))
  })
})
