import { describe, expect, it } from 'vitest'
import { assessPlan, createDoor, digestOf } from '../../../guard/index.ts'
import { armRevert } from '../../../commands/auto-revert.ts'
import { planSetup } from '../../../plans/setup.ts'
import { readFacts } from '../../../commands/facts.ts'
import type { Command } from '../../../schema/command.ts'
import { DeviceType, Environment } from '../../../schema/server.ts'
import type { Step } from '../../../schema/plan.ts'
import { allThere, on, situation } from '../plans/situation.ts'

const server = {
  id: 'server-1',
  name: 'web-1',
  deviceType: 'ubuntu',
  environment: 'unknown',
  services: ['nginx'],
} as const
const step = (apply: string, undo?: string): Step => ({
  id: 's',
  title: 'A step',
  as: 'root',
  apply: [command(apply)],
  ...(undo === undefined ? {} : { undo: [command(undo)] }),
})
const command = (script: string): Command => ({ script, shown: script, effect: 'change', category: 'general' })

function setupOf(...changes: Parameters<typeof situation>): readonly Step[] {
  const answer = planSetup(situation(...changes))
  if (answer.kind === 'impossible') throw new Error('impossible')
  return answer.plan.steps
}
const setups = {
  'a fresh Debian': setupOf(),
  'a server that is set up': setupOf({ inspected: allThere }),
  Fedora: setupOf({ facts: on('redhat', 'dnf') }),
  Arch: setupOf({ facts: on('arch', 'pacman') }),
  openSUSE: setupOf({ facts: on('suse', 'zypper') }),
}

describe('the rating of a plan', () => {
  it.each(Object.entries(setups))(
    'lets the setup of %s pass on every kind of device, in production too',
    (_, steps) => {
      for (const deviceType of DeviceType.options.filter((device) => device !== 'windows'))
        for (const environment of Environment.options)
          expect(assessPlan({ steps }, { ...server, deviceType, environment }).findings).toEqual([])
    },
    60_000,
  )

  it('asks once for all of it, by the name of the server', () => {
    const plan = { steps: [step('zpool destroy tank'), step('reboot'), step('ls')] }
    const answer = assessPlan(plan, server)
    expect(answer).toMatchObject({
      verdict: 'confirm',
      risk: 'critical',
      phrase: 'yes, apply the plan to web-1',
    })
    expect(answer.findings.map(({ action }) => action)).toEqual(['zfs_pool_destroy', 'system_reboot'])
    expect(answer.summary).toContain('3 steps')
  })

  it('asks where taking it back would be dangerous, and not where that is at most of medium risk', () => {
    expect(assessPlan({ steps: [step('ls', 'rm -rf /etc')] }, server).verdict).toBe('confirm')
    expect(assessPlan({ steps: [step('useradd app', 'userdel -r app')] }, server).verdict).toBe('allow')
  })

  it.each([
    [
      'systemctl enable -- fail2ban.service; systemctl restart -- fail2ban.service',
      'systemctl disable -- fail2ban.service; systemctl stop -- fail2ban.service',
      'allow',
    ],
    ['systemctl enable --now -- firewalld', 'systemctl disable --now firewalld.service', 'allow'],
    ['systemctl start docker', 'systemctl stop docker', 'allow'],
    ['systemctl enable ufw', 'systemctl disable ufw; /lib/ufw/ufw-init force-stop', 'allow'],
    ['systemctl enable fail2ban', 'systemctl stop fail2ban', 'confirm'],
    ['systemctl restart ufw', 'systemctl stop fail2ban', 'confirm'],
    ['systemctl restart fail2ban', 'systemctl stop fail2ban ufw', 'confirm'],
    ['systemctl restart fail2ban', 'systemctl stop fail2ban; nft flush ruleset', 'confirm'],
    ['systemctl restart fail2ban', "systemctl stop 'fail2ban*'", 'confirm'],
    ['docker exec web systemctl restart fail2ban', 'systemctl stop fail2ban', 'confirm'],
    ['systemctl stop fail2ban', 'systemctl restart fail2ban', 'confirm'],
  ])('lets end again what the step itself has started: %s, then %s', (apply, undo, verdict) => {
    expect(assessPlan({ steps: [step(apply, undo)] }, server).verdict).toBe(verdict)
  })

  it('looks at checks and verifications as well', () => {
    const sly: Step = { ...step('ls'), check: command('reboot') }
    expect(assessPlan({ steps: [sly] }, server).verdict).toBe('confirm')
  })
})

describe('a plan that takes access away from somebody', () => {
  const cuts = ['ann logs in by password today, and could not any more.']

  it('asks, however harmless its commands are, and says who loses what', () => {
    const answer = assessPlan({ steps: [step('ls')], cuts }, server)
    expect(answer).toMatchObject({ verdict: 'confirm', risk: 'medium', phrase: 'yes, apply the plan to web-1' })
    expect(answer.summary).toContain('ann logs in by password')
    expect(answer.warnings).toEqual(cuts)
  })

  it('does not ask where it takes none', () => {
    expect(assessPlan({ steps: [step('ls')], cuts: [] }, server).verdict).toBe('allow')
  })
})

describe('the door for our own work', () => {
  const door = createDoor({ isBound: () => false })
  const passage = { server, operationId: 'o', requester: 'ann', runId: 'r' }

  it.each(Object.entries(setups))('lets the setup of %s through as harmless, and its undo as an undo', (_, steps) => {
    const undo = steps.flatMap((one) => one.undo ?? [])
    const plan = { hash: 'a'.repeat(64), undoDigests: undo.map(digestOf) }
    for (const one of steps.flatMap(({ check, apply, verify }) => [check, ...apply, verify]))
      if (one !== undefined)
        expect(door.clear({ ...passage, command: one, evidence: { kind: 'harmless' } })).toHaveProperty(
          'clearedBecause',
          'harmless',
        )
    for (const one of undo)
      expect(door.clear({ ...passage, command: one, evidence: { kind: 'undo', plan } })).toHaveProperty(
        'digest',
        digestOf(one),
      )
  })

  it('lets facts be read', () => {
    expect(door.clear({ ...passage, command: readFacts(), evidence: { kind: 'harmless' } })).toHaveProperty(
      'clearedBecause',
    )
  })
})

describe('the door for an automatic revert', () => {
  const door = createDoor({ isBound: () => false })
  const save = { files: ['/etc/motd'], units: [], firewall: true, kernelParameters: [], reload: ['ssh.service'] }
  const arming = armRevert({ operationId: 'o', timeoutMs: 120_000, save })
  const clear = (one: Command, digest = digestOf(one)) =>
    door.clear({
      server,
      operationId: 'o',
      requester: 'ann',
      runId: 'r',
      command: one,
      evidence: { kind: 'auto_revert', digest },
    })

  it('opens for the text that the plan gives, and for no other', () => {
    expect(clear(arming)).toHaveProperty('clearedBecause', 'the automatic revert of the plan')
    expect(clear(command(`${arming.script}\ntrue`), digestOf(arming))).toMatchObject({ refused: 'not_the_auto_revert' })
  })

  it('does not open for what does more than restore', () => {
    expect(clear(command(`${arming.script}\nrm -rf /home`))).toMatchObject({ refused: 'not_the_auto_revert' })
  })

  it('stays shut to the same text without that proof', () => {
    const answer = door.clear({
      server,
      operationId: 'o',
      requester: 'ann',
      runId: 'r',
      command: arming,
      evidence: { kind: 'harmless' },
    })
    expect(answer).toMatchObject({ refused: 'needs_approval' })
  })
})
