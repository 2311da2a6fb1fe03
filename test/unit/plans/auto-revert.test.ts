import { describe, expect, it } from 'vitest'
import { armRevert, putStateBack } from '../../../commands/auto-revert.ts'
import { assess, digestOf } from '../../../guard/index.ts'
import { commandOfRevert, underAutoRevert } from '../../../plans/auto-revert.ts'
import { planLockdownRevert } from '../../../plans/revert-lockdown.ts'
import type { Command } from '../../../schema/command.ts'
import { armStep, disarmStep, type Plan, type PlanDraft, type SavedState, type Step } from '../../../schema/plan.ts'
import { answer, sshdFile, unit } from './lockdown-situation.ts'

const run = (script: string): Command => ({ script, shown: script, effect: 'change', category: 'general' })
const step = (id: string, more: Partial<Step> = {}): Step => ({ id, title: id, as: 'root', apply: [run(id)], ...more })
const save: SavedState = {
  files: ['/etc/a'],
  units: ['a.service'],
  firewall: true,
  kernelParameters: [],
  reload: ['ssh.service'],
}
const draft = (steps: readonly Step[]): PlanDraft => ({
  steps,
  warnings: [],
  autoRevert: { fromStep: 'b', untilStep: 'c', timeoutMs: 9_000, save, drop: ['op-0'] },
})
const digest = (command: Command | null | undefined) => command && digestOf(command)
const ids = ({ steps }: Pick<PlanDraft, 'steps'>) => steps.map(({ id }) => id)

describe('a plan under an automatic revert', () => {
  const plan = underAutoRevert(draft([step('a'), step('b'), step('c'), step('d')]), 'op-1')

  it('arms before its first step that may cut access, and disarms after the last', () => {
    expect(ids(plan)).toEqual(['a', armStep, 'b', 'c', disarmStep, 'd'])
  })

  it('changes nothing between them unless it is armed', () => {
    const scripts = plan.steps.map(({ apply }) => apply[0]?.script ?? '')
    const gate = "if [ ! -e '/var/lib/drydock/reverts/op-1/armed' ]"
    expect(scripts.map((script) => script.startsWith(gate))).toEqual([false, false, true, true, false, false])
  })

  it('is armed, disarmed and taken back by the commands that the door knows', () => {
    const at = { operation: 'op-1', autoRevert: plan.autoRevert }
    const [, arm, , , disarm] = plan.steps
    expect(digest(commandOfRevert(at, armStep, 'apply'))).toBe(digest(arm?.apply[0]))
    expect(digest(commandOfRevert(at, armStep, 'undo'))).toBe(digest(arm?.undo?.[0]))
    expect(digest(commandOfRevert(at, disarmStep, 'apply'))).toBe(digest(disarm?.apply[0]))
    expect(commandOfRevert(at, 'b', 'apply')).toBeNull()
  })

  it('arms nothing where all checks of what it guards hold', () => {
    const checked = underAutoRevert(
      draft([step('b', { check: run('is b') }), step('c', { check: run('is c') })]),
      'op-1',
    )
    expect(checked.steps[0]?.check?.script).toBe('(\nis b\n) && (\nis c\n)')
    expect(plan.steps[1]?.check).toBeUndefined()
  })

  it('has no need of it where everything is so already', () => {
    const so = { alreadySo: 'it is' }
    expect(ids(underAutoRevert(draft([step('a'), step('b', so), step('c', so)]), 'op-1'))).toEqual(['a', 'b', 'c'])
  })

  it('is as it was where it asks for none, and wrong where it names steps that it does not have', () => {
    const plain = { steps: [step('a')], warnings: [] }
    expect(underAutoRevert(plain, 'op-1')).toBe(plain)
    expect(() => underAutoRevert(draft([step('a')]), 'op-1')).toThrow('names steps that it does not have')
  })
})

const lockdown = (operation: string, files: readonly string[]): Plan => ({
  id: `plan-${operation}`,
  operation,
  target: { id: 'server-1', name: 'web-1' },
  hash: 'h',
  ...underAutoRevert(
    {
      steps: [step('packages', { undo: [run(`remove for ${operation}`)] }), step('b'), step('c')],
      warnings: [],
      autoRevert: { fromStep: 'b', untilStep: 'c', timeoutMs: 9_000, save: { ...save, files } },
    },
    operation,
  ),
})

describe('the way back from lockdowns', () => {
  const plan = planLockdownRevert([lockdown('new', ['/etc/b']), lockdown('old', ['/etc/a'])], {
    operationId: 'back',
    timeoutMs: 5_000,
  })

  it('puts back what each has saved, newest first, and only then takes away what they installed', () => {
    expect(ids(plan)).toEqual(['restore.new', 'restore.old', 'take-back.new.packages', 'take-back.old.packages'])
  })

  it('is itself guarded, with all that any of them touched', () => {
    expect(plan.autoRevert).toMatchObject({ fromStep: 'restore.new', untilStep: 'restore.old', timeoutMs: 5_000 })
    expect(plan.autoRevert?.save.files).toEqual(['/etc/b', '/etc/a'])
  })
})

const twice = (names: readonly string[]) => names.flatMap((name) => [name, `${name}-2`])

describe('the text that arms the automatic revert of a lockdown', () => {
  const operationId = '01970000-0000-7000-8000-000000000001'
  const disable = Array.from({ length: 50 }, (_, index) => `service-with-a-long-name-${index}.service`)
  const largest = answer({
    settings: { services: { disable } },
    inspected: { units: new Map(disable.map((name) => [name, unit('active')])) },
    sshd: { main: sshdFile('/etc/ssh/sshd_config', 'UsePAM yes\n') },
    firewall: { containers: { engine: 'docker', published: [] } },
  }).plan.autoRevert

  it('is one that the guard reads to its end, also where it turns off all that it may, and were there twice as much', () => {
    if (largest === undefined) throw new Error('nothing is armed')
    const { files, units, kernelParameters } = largest.save
    const doubled: SavedState = {
      ...largest.save,
      files: twice(files),
      units: twice(units),
      kernelParameters: twice(kernelParameters),
    }
    const revert = { ...largest, operationId, save: doubled }
    for (const command of [armRevert(revert), putStateBack(revert)]) {
      const server = { name: 'web-1', services: [] }
      const { findings } = assess({ command: command.script, device: 'ubuntu', environment: 'production', server })
      expect(findings.filter(({ action }) => action === 'opaque')).toEqual([])
    }
    expect(armRevert({ ...largest, operationId }).script.length).toBeLessThan(65_536 / 2)
  })
})
