import { describe, expect, it } from 'vitest'
import { createDoor, digestOf, type Evidence, type Passage } from '../../../guard/index.ts'
import type { BoundApproval } from '../../../schema/approval.ts'
import type { Command } from '../../../schema/command.ts'
import type { Cleared } from '../../../schema/run.ts'

const command = (script: string, more: Partial<Command> = {}): Command => ({
  script,
  shown: script,
  effect: 'change',
  category: 'general',
  ...more,
})
const destructive = command('docker stop $(docker ps -q)')
const harmless = command('ls -la')

const bound: BoundApproval = {
  approvalId: 'approval-1',
  operationId: 'operation-1',
  serverId: 'server-1',
  subject: { kind: 'command', digest: digestOf(destructive) },
  requester: 'ann',
  runId: 'run-1',
}
const real = new WeakSet<BoundApproval>()
const door = createDoor({ isBound: (candidate) => real.has(candidate) })
const genuine = (fields: Partial<BoundApproval> = {}): BoundApproval => {
  const approval = { ...bound, ...fields }
  real.add(approval)
  return approval
}

const passage = (evidence: Evidence, more: Partial<Passage> = {}): Passage => ({
  command: destructive,
  server: { id: 'server-1', name: 'web-1', deviceType: 'generic', environment: 'unknown', services: [] },
  operationId: 'operation-1',
  requester: 'ann',
  runId: 'run-1',
  evidence,
  ...more,
})
const refusal = (asked: Passage): string => {
  const answer = door.clear(asked)
  return 'refused' in answer ? answer.refused : 'cleared'
}
function cleared(asked: Passage): Cleared {
  const answer = door.clear(asked)
  if ('refused' in answer) throw new Error(answer.because)
  return answer
}

describe('the door', () => {
  it('clears a harmless command, and only what it made itself counts as cleared', () => {
    const made = cleared(passage({ kind: 'harmless' }, { command: harmless }))
    expect(door.isCleared(made)).toBe(true)
    expect(made).toMatchObject({ digest: digestOf(harmless), serverId: 'server-1', clearedBecause: 'harmless' })
    expect(door.isCleared({ ...made })).toBe(false)
    expect(createDoor({ isBound: () => true }).isCleared(made)).toBe(false)
  })

  it('refuses a destructive command that claims to be harmless', () => {
    expect(refusal(passage({ kind: 'harmless' }))).toBe('needs_approval')
  })

  it('lets a question through again, and nothing else on the strength of it', () => {
    const question = command('find /srv -type f', { effect: 'read' })
    for (const _ of [1, 2])
      expect(cleared(passage({ kind: 'question' }, { command: question })).digest).toBe(digestOf(question))
    expect(refusal(passage({ kind: 'question' }, { command: { ...question, effect: 'change' } }))).toBe(
      'needs_approval',
    )
    const removal = command('find /srv -type f -delete', { effect: 'read' })
    for (const _ of [1, 2]) expect(refusal(passage({ kind: 'question' }, { command: removal }))).toBe('needs_approval')
  })

  it('clears what an approval is bound to', () => {
    expect(cleared(passage({ kind: 'approved', bound: genuine() })).clearedBecause).toBe('approval approval-1')
  })

  it.each([
    ['made up', 'approval_not_bound', passage({ kind: 'approved', bound })],
    [
      'of another operation',
      'other_operation',
      passage({ kind: 'approved', bound: genuine({ operationId: 'operation-2' }) }),
    ],
    ['of another server', 'other_server', passage({ kind: 'approved', bound: genuine({ serverId: 'server-2' }) })],
    [
      'asked for by somebody else',
      'other_requester',
      passage({ kind: 'approved', bound: genuine({ requester: 'bob' }) }),
    ],
    ['bound to another run', 'other_run', passage({ kind: 'approved', bound: genuine({ runId: 'run-2' }) })],
    [
      'of another command',
      'other_command',
      passage({ kind: 'approved', bound: genuine() }, { command: command('docker stop $(docker ps -q) ') }),
    ],
    [
      'of a plan without this command',
      'not_in_plan',
      passage({
        kind: 'approved',
        bound: genuine({ subject: { kind: 'plan', digest: 'a'.repeat(64) } }),
        planDigests: [digestOf(harmless)],
      }),
    ],
    [
      'of a plan whose commands are not given',
      'not_in_plan',
      passage({ kind: 'approved', bound: genuine({ subject: { kind: 'plan', digest: 'a'.repeat(64) } }) }),
    ],
  ] as const)('refuses an approval that is %s', (_, reason, asked) => {
    expect(refusal(asked)).toBe(reason)
  })

  it('clears a command of an approved plan', () => {
    const evidence: Evidence = {
      kind: 'approved',
      bound: genuine({ subject: { kind: 'plan', digest: 'a'.repeat(64) } }),
      planDigests: [digestOf(destructive)],
    }
    expect(refusal(passage(evidence))).toBe('cleared')
  })

  it('clears an undo that its plan lists and that is at most of medium risk', () => {
    const undo = command('userdel --remove -- app')
    const evidence: Evidence = { kind: 'undo', plan: { hash: 'a'.repeat(64), undoDigests: [digestOf(undo)] } }
    expect(refusal(passage(evidence, { command: undo }))).toBe('cleared')
    expect(refusal(passage(evidence, { command: command('userdel --remove -- root') }))).toBe('not_an_undo')
  })

  it('clears an undo that stops what its step has started, and nothing else', () => {
    const undo = command('systemctl stop -- fail2ban.service')
    const plan = { hash: 'a'.repeat(64), undoDigests: [digestOf(undo)] }
    const after = (applied: string) =>
      refusal(passage({ kind: 'undo', plan, applied: [command(applied)] }, { command: undo }))
    expect(after('systemctl restart -- fail2ban.service')).toBe('cleared')
    expect(after('systemctl restart -- ufw.service')).toBe('undo_too_dangerous')
  })

  it('refuses an undo that is itself dangerous, unless its plan was approved', () => {
    const plan = { hash: 'a'.repeat(64), undoDigests: [digestOf(destructive)] }
    const wipe = command('zpool destroy tank')
    const dangerous = { hash: plan.hash, undoDigests: [digestOf(wipe)] }
    expect(refusal(passage({ kind: 'undo', plan: dangerous }, { command: wipe }))).toBe('undo_too_dangerous')
    const ofPlan = genuine({ subject: { kind: 'plan', digest: plan.hash } })
    expect(refusal(passage({ kind: 'undo', plan: dangerous, bound: ofPlan }, { command: wipe }))).toBe('cleared')
    const ofOther = genuine({ subject: { kind: 'plan', digest: 'b'.repeat(64) } })
    expect(refusal(passage({ kind: 'undo', plan: dangerous, bound: ofOther }, { command: wipe }))).toBe('other_plan')
    expect(refusal(passage({ kind: 'undo', plan: dangerous, bound: { ...ofPlan } }, { command: wipe }))).toBe(
      'approval_not_bound',
    )
  })

  it('runs what it judged: changing the command afterwards changes nothing', () => {
    const shifting = { ...harmless }
    const made = cleared(passage({ kind: 'harmless' }, { command: shifting }))
    shifting.script = 'rm -rf /'
    expect(made.command.script).toBe('ls -la')
    expect(Object.isFrozen(made) && Object.isFrozen(made.command)).toBe(true)
  })

  it('reads a command once: one that answers differently each time gains nothing', () => {
    let asked = 0
    const sly: Command = {
      ...harmless,
      get script() {
        asked += 1
        return asked === 1 ? 'ls -la' : 'rm -rf /'
      },
    }
    expect(cleared(passage({ kind: 'harmless' }, { command: sly })).command.script).toBe('ls -la')
  })

  it('keeps references to secrets as they were judged', () => {
    const secrets: Record<string, { kind: 'command'; argv: string[] }> = {
      TOKEN: { kind: 'command', argv: ['pass', 'show', 'token'] },
    }
    const made = cleared(passage({ kind: 'harmless' }, { command: { ...harmless, secrets } }))
    secrets['TOKEN']?.argv.push('--all')
    expect(digestOf(made.command)).toBe(made.digest)
    expect(Object.isFrozen(made.command.secrets?.['TOKEN'])).toBe(true)
  })
})

describe('the digest of a command', () => {
  it('depends on script, effect and references to secrets, and on nothing else', () => {
    const digests = [
      command('ls'),
      command('ls '),
      command('ls', { effect: 'read' }),
      command('ls', { secrets: { A: { kind: 'env', variable: 'A' } } }),
      command('ls', { secrets: { B: { kind: 'env', variable: 'A' } } }),
      command('ls', { secrets: { A: { kind: 'stored', name: 'a' } } }),
      command('ls', { secrets: { A: { kind: 'stored', name: 'a', version: 2 } } }),
      command('ls', { secrets: { A: { kind: 'command', argv: ['a', 'b'] } } }),
      command('ls', { secrets: { A: { kind: 'command', argv: ['a b'] } } }),
    ].map(digestOf)
    expect(new Set(digests).size).toBe(digests.length)
    expect(digestOf(command('ls', { shown: 'other', timeoutMs: 5, category: 'files' }))).toBe(digests[0])
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it('does not depend on the order of the secrets', () => {
    const [a, b] = [{ kind: 'env', variable: 'A' } as const, { kind: 'env', variable: 'B' } as const]
    expect(digestOf(command('ls', { secrets: { a, b } }))).toBe(digestOf(command('ls', { secrets: { b, a } })))
  })
})
