import { isAtLeast, type Assessment } from '../schema/guard.ts'
import type { BoundApproval } from '../schema/approval.ts'
import type { Command } from '../schema/command.ts'
import type { Cleared, IsCleared } from '../schema/run.ts'
import type { DeviceType, Environment } from '../schema/server.ts'
import { assess } from './assess.ts'
import { digestOf } from './digest.ts'
import { createKnownDigests } from './known-digests.ts'

/**
 * Why a command may run. `undo` takes back what a recorded step of the operation itself applied; what is in the list
 * of a plan's undo digests and at most of medium risk needs no approval of its own.
 */
export type Evidence =
  | { readonly kind: 'harmless' }
  /** What the product itself asks of a host: a command that only reads, written for a POSIX shell whatever the device. */
  | { readonly kind: 'question' }
  | { readonly kind: 'approved'; readonly bound: BoundApproval; readonly planDigests?: readonly string[] }
  | {
      readonly kind: 'undo'
      readonly plan: { readonly hash: string; readonly undoDigests: readonly string[] }
      /** What the step that is taken back has run. */
      readonly applied?: readonly Command[]
      readonly bound?: BoundApproval
    }
  /** Arms or disarms an automatic revert: our own fixed text around quoted data. The digest is made of the plan anew, not taken from its steps. */
  | { readonly kind: 'auto_revert'; readonly digest: string }

export type RefusalReason =
  | 'needs_approval'
  | 'denied'
  | 'malformed'
  | 'approval_not_bound'
  | 'other_operation'
  | 'other_server'
  | 'other_requester'
  | 'other_run'
  | 'other_command'
  | 'other_plan'
  | 'not_in_plan'
  | 'not_an_undo'
  | 'undo_too_dangerous'
  | 'not_the_auto_revert'

/** A command that does not pass, and why, in a sentence. */
export type Refusal = { readonly refused: RefusalReason; readonly because: string }

export type Passage = {
  readonly command: Command
  readonly server: {
    readonly id: string
    readonly name: string
    readonly deviceType: DeviceType
    readonly environment: Environment
    readonly services: readonly string[]
  }
  readonly operationId: string
  readonly requester: string
  readonly runId: string
  readonly evidence: Evidence
}

export type Door = { readonly clear: (passage: Passage) => Cleared | Refusal; readonly isCleared: IsCleared }

/** What the product asks is asked of one host after the other: whether a text only reads depends on nothing else. */
const mostQuestions = 2_000

/** The one door to every host. `isBound` tells whether PostgreSQL has bound an approval to its run. */
export function createDoor({ isBound }: { readonly isBound: (candidate: BoundApproval) => boolean }): Door {
  const made = new WeakSet<Cleared>()
  const asked = createKnownDigests(mostQuestions)
  return {
    isCleared: (candidate) => made.has(candidate),
    clear(passage) {
      const command = frozenCopy(passage.command)
      if (command === null)
        return { refused: 'malformed', because: 'The command is no command: its script is not a text.' }
      const digest = digestOf(command)
      const known = passage.evidence.kind === 'question' && asked.has(digest)
      const answer = known ? 'a question' : judge(command, digest, passage, isBound)
      if (typeof answer !== 'string') return answer
      if (passage.evidence.kind === 'question') asked.add(digest)
      const cleared: Cleared = Object.freeze({ command, digest, serverId: passage.server.id, clearedBecause: answer })
      made.add(cleared)
      return cleared
    },
  }
}

/** What is judged is what is sent: nobody else holds this copy, and no getter answers twice. */
function frozenCopy(command: Command): Command | null {
  const { script, shown, effect, category, timeoutMs, secrets } = command
  if (typeof script !== 'string' || (effect !== 'read' && effect !== 'change')) return null
  const kept = secrets === undefined ? undefined : structuredClone(secrets)
  return Object.freeze({
    script,
    shown,
    effect,
    category,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(kept === undefined ? {} : { secrets: deepFreeze(kept) }),
  })
}

function deepFreeze(secrets: NonNullable<Command['secrets']>): NonNullable<Command['secrets']> {
  for (const ref of Object.values(secrets)) {
    if (ref.kind === 'command') Object.freeze(ref.argv)
    Object.freeze(ref)
  }
  return Object.freeze(secrets)
}

type Judge = (candidate: BoundApproval) => boolean

/** The reason for which a command passes, or the refusal. */
function judge(command: Command, digest: string, passage: Passage, isBound: Judge): string | Refusal {
  const { evidence, server } = passage
  const assessment = assess({
    command: command.script,
    device: evidence.kind === 'question' ? 'generic' : server.deviceType,
    environment: server.environment,
    server,
  })
  if (assessment.verdict === 'deny') return refuse('denied', assessment.summary)
  switch (evidence.kind) {
    case 'question':
      return assessment.verdict === 'allow' && command.effect === 'read'
        ? 'a question'
        : refuse('needs_approval', `It is no question that changes nothing. ${assessment.summary}`)
    case 'harmless':
      return assessment.verdict === 'allow' ? 'harmless' : refuse('needs_approval', assessment.summary)
    case 'approved':
      return judgeApproved(digest, passage, evidence, isBound)
    case 'undo':
      return judgeUndo(command, digest, passage, evidence, isBound)
    case 'auto_revert':
      return judgeAutoRevert(digest, evidence, assessment)
    default:
      return evidence satisfies never
  }
}

const refuse = (refused: RefusalReason, because: string): Refusal => ({ refused, because })

function judgeApproved(
  digest: string,
  passage: Passage,
  evidence: Extract<Evidence, { kind: 'approved' }>,
  isBound: Judge,
): string | Refusal {
  const { bound, planDigests } = evidence
  const wrong = mismatch(bound, passage, isBound)
  if (wrong !== null) return wrong
  if (bound.subject.kind === 'command')
    return bound.subject.digest === digest
      ? `approval ${bound.approvalId}`
      : refuse('other_command', 'The approval is for another command than this one.')
  return planDigests?.includes(digest) === true
    ? `approval ${bound.approvalId} of the plan`
    : refuse('not_in_plan', 'The approval is for a plan in which this command does not stand.')
}

/** Every way in which an approval may not be this one's. */
function mismatch(bound: BoundApproval, passage: Passage, isBound: Judge): Refusal | null {
  if (!isBound(bound)) return refuse('approval_not_bound', 'The approval was not bound to a run by the store.')
  if (bound.operationId !== passage.operationId)
    return refuse('other_operation', 'The approval belongs to another operation.')
  if (bound.serverId !== passage.server.id) return refuse('other_server', 'The approval belongs to another server.')
  if (bound.requester !== passage.requester)
    return refuse('other_requester', 'The approval was asked for by somebody else.')
  if (bound.runId !== passage.runId) return refuse('other_run', 'The approval is bound to another run.')
  return null
}

function judgeUndo(
  command: Command,
  digest: string,
  passage: Passage,
  evidence: Extract<Evidence, { kind: 'undo' }>,
  isBound: Judge,
): string | Refusal {
  const { plan, applied, bound } = evidence
  if (!plan.undoDigests.includes(digest)) return refuse('not_an_undo', 'It stands in no undo of the plan.')
  if (bound !== undefined) {
    const wrong = mismatch(bound, passage, isBound)
    if (wrong !== null) return wrong
    if (bound.subject.kind !== 'plan' || bound.subject.digest !== plan.hash)
      return refuse('other_plan', 'The approval is for another plan.')
    return `undo of the approved plan ${plan.hash}`
  }
  const { risk, summary } = assessUndo(command, passage.server.deviceType, applied)
  return isAtLeast(risk, 'high')
    ? refuse('undo_too_dangerous', `Taking this back is itself dangerous. ${summary}`)
    : `undo of the plan ${plan.hash}`
}

/**
 * What a host that restores itself does, beside what is harmless: rules and files of the system that it saved take the
 * place of those it has, and a file that was not there, also one of sshd, goes again.
 */
const restoring: ReadonlySet<string> = new Set([
  'firewall_flush',
  'service_bulk_disable',
  'ssh_access_removal',
  'configuration_reset',
  'network_interface_down',
])

function judgeAutoRevert(
  digest: string,
  evidence: Extract<Evidence, { kind: 'auto_revert' }>,
  { findings, summary }: Assessment,
): string | Refusal {
  if (digest !== evidence.digest) return refuse('not_the_auto_revert', 'It is not the automatic revert of its plan.')
  return findings.every(({ action }) => restoring.has(action))
    ? 'the automatic revert of the plan'
    : refuse('not_the_auto_revert', `It would do more than restore. ${summary}`)
}

/**
 * An undo takes back what the operation itself brought: where the server stands makes that no worse, and what its step
 * has started may end again.
 */
export const assessUndo = (command: Command, device: DeviceType, applied: readonly Command[] = []): Assessment =>
  assess({
    command: command.script,
    device,
    environment: 'unknown',
    server: { name: 'this server', services: [] },
    takesBack: applied,
  })
