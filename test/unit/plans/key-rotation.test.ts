import { describe, expect, it } from 'vitest'
import { assessPlan } from '../../../guard/index.ts'
import { planKeyRotation } from '../../../plans/key-rotation.ts'
import { removeOldKeyStep } from '../../../schema/step-names.ts'
import { DeviceType, Environment } from '../../../schema/server.ts'
import { operationId } from './situation.ts'

const plan = planKeyRotation({
  operationId,
  server: 'web-1',
  account: { user: 'app', group: 'app', home: '/home/app' },
  newKey: 'ssh-ed25519 AAAAnew app',
  oldKeys: ['ssh-ed25519 AAAAold app'],
})
const [add, remove] = plan.steps
const text = (commands: readonly { script: string }[] = []) => commands.map(({ script }) => script).join('\n')

describe('the plan of a key rotation', () => {
  it('adds the new key, which can be taken back, before it removes the old one, which cannot', () => {
    expect(plan.steps.map(({ id }) => id)).toEqual(['authorized-keys.add', removeOldKeyStep])
    expect(add?.undo).toHaveLength(1)
    expect(remove?.undo).toBeUndefined()
  })

  it('never removes the old key where the new one is not in the file', () => {
    const script = text(remove?.apply)
    expect(script.indexOf('the new key is not in')).toBeGreaterThan(-1)
    expect(script.indexOf('the new key is not in')).toBeLessThan(script.indexOf('AAAAold'))
    expect(text(add?.apply)).not.toContain('AAAAold')
  })

  it('is harmless by what its commands do, on every kind of device', () => {
    for (const deviceType of DeviceType.options.filter((device) => device !== 'windows'))
      for (const environment of Environment.options) {
        const server = { id: 'server-1', name: 'web-1', deviceType, environment, services: [] }
        expect(assessPlan(plan, server).findings).toEqual([])
      }
  })
})
