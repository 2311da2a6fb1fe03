import type { Evidence } from '../guard/index.ts'
import { digestOf } from '../guard/index.ts'
import { limitMs } from '../schema/problem-policy.ts'
import type { Command, RunAs } from '../schema/command.ts'
import type { Cleared, OutputChunk, RunEnd } from '../schema/run.ts'
import type { Server } from '../schema/server.ts'
import type { ExecResult, Target } from '../ssh/index.ts'
import type { Intent, Operation, Run } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { guardRefused } from './failures.ts'
import { createOutputMask } from './masked-output.ts'
import { resolveSecret } from './secrets.ts'

/** Where a command belongs: what makes its run id, and what is written beside it. */
export type Place = {
  readonly operation: Operation
  readonly server: Server
  readonly stepId: string
  readonly commandIndex: number
  /** Counted from 1: one more only on purpose, where the try before it is known to be over. */
  readonly tries?: number
}

/** Made of operation, step, command and deliberate try, never of the activity's attempt: a retry attaches. */
export const runIdOf = ({ operation, stepId, commandIndex, tries = 1 }: Place): string =>
  `${operation.id}.${stepId.replaceAll(/[^A-Za-z0-9_-]/g, '-')}.${commandIndex}.${tries}`

/** Asks a host something that changes nothing: no intent, no run directory; it may be asked again. */
export async function ask(
  deps: Deps,
  o: {
    operation: Operation | null
    server: Server
    target: Target
    command: Command
    as: RunAs
    signal?: AbortSignal
    fresh?: boolean
  },
): Promise<ExecResult> {
  const cleared = clear(deps, { ...o, runId: '', evidence: { kind: 'question' } })
  return deps.ssh.read(o.target, cleared, {
    as: o.as,
    signal: o.signal,
    fresh: o.fresh,
    timeoutMs: timeoutOf(o.command),
    log: logFor(deps, o.operation),
  })
}

/** Proof of permission before PostgreSQL has bound it to the run. */
export type Permission =
  | { readonly kind: 'harmless' }
  | {
      readonly kind: 'undo'
      readonly planHash: string
      readonly undoDigests: readonly string[]
      /** Of the plan, where it asked: what takes it back was shown in it. */
      readonly approvalId: string | null
      readonly applied: readonly Command[]
    }
  | { readonly kind: 'auto_revert'; readonly digest: string }
  | {
      readonly kind: 'approval'
      readonly approvalId: string
      readonly subject: { readonly kind: 'command' | 'plan'; readonly digest: string }
      readonly planDigests?: readonly string[]
    }

/**
 * Runs one mutating command once, whatever dies: records the intent (and binds the approval to the run), passes the
 * guard's door, starts the run or attaches to it, and stores output and end.
 */
export async function execute(
  deps: Deps,
  o: Place & {
    target: Target
    command: Command
    as: RunAs
    permission: Permission
    signal: AbortSignal
    /** The lock was taken just now: it must be on disk before anything runs. */
    firm?: boolean
    /** False: it is followed where it was begun, and not begun any more. */
    mayStart?: boolean
    /** Begun as soon as the host works, which leaves us idle; who gives it awaits it. */
    beside?: () => Promise<void>
  },
): Promise<{ runId: string; end: RunEnd }> {
  const runId = runIdOf(o)
  const boot = await deps.ssh.boot(o.target)
  const intent = await deps.store.runs.intend({
    runId,
    operationId: o.operation.id,
    serverId: o.server.id,
    stepId: o.stepId,
    commandIndex: o.commandIndex,
    digest: digestOf(o.command),
    shown: o.command.shown,
    as: o.as,
    boot,
    outputLimitBytes: deps.settings.ssh.outputLimitBytes,
    firm: o.firm,
    tries: o.tries,
    approval: approvalIn(o.permission),
  })
  if (intent.kind === 'refused') throw guardRefused(intent.message)
  const known: Run | null = intent.kind === 'existing' ? intent.run : null
  if (known?.end && known.end.kind !== 'unknown') return { runId, end: known.end }

  const cleared = clear(deps, { ...o, runId, evidence: evidenceOf(o.permission, intent.bound) })
  const secrets = await resolveAll(deps, o.command)
  const mask = createOutputMask([...Object.values(secrets), ...passwordsOf(o.target)])
  const running = deps.ssh.run(o.target, cleared, {
    runId,
    as: o.as,
    boot: known?.boot ?? boot,
    mayStart: o.mayStart ?? true,
    secrets,
    timeoutMs: timeoutOf(o.command),
    offsets: known?.offsets ?? { stdout: 0, stderr: 0 },
    onOutput: (chunks: OutputChunk[]) => deps.store.runs.appendOutput(runId, mask.pass(chunks)),
    signal: o.signal,
    log: logFor(deps, o.operation),
  })
  o.beside?.().catch(() => undefined)
  const end = await running
  const rest = mask.rest()
  if (rest.length > 0) await deps.store.runs.appendOutput(runId, rest)
  return { runId, end }
}

function approvalIn(permission: Permission): Intent['approval'] {
  if (permission.kind === 'approval') return { id: permission.approvalId, subject: permission.subject }
  if (permission.kind !== 'undo' || permission.approvalId === null) return undefined
  return { id: permission.approvalId, subject: { kind: 'plan', digest: permission.planHash } }
}

const passwordsOf = ({ login }: Target): string[] => [
  ...(login.sudoPassword === undefined ? [] : [login.sudoPassword]),
  ...(login.secret.method === 'password' ? [login.secret.password] : []),
]

function evidenceOf(
  permission: Permission,
  bound: Extract<Evidence, { kind: 'approved' }>['bound'] | undefined,
): Evidence {
  switch (permission.kind) {
    case 'harmless':
      return { kind: 'harmless' }
    case 'auto_revert':
      return permission
    case 'undo':
      return {
        kind: 'undo',
        plan: { hash: permission.planHash, undoDigests: [...permission.undoDigests] },
        applied: permission.applied,
        bound,
      }
    case 'approval':
      if (bound === undefined) throw guardRefused('The approval could not be bound to this run.')
      return {
        kind: 'approved',
        bound,
        ...(permission.planDigests === undefined ? {} : { planDigests: [...permission.planDigests] }),
      }
    default:
      return permission satisfies never
  }
}

/** Passes the guard's door, or fails with its reason. */
export function clear(
  deps: Deps,
  o: { operation: Operation | null; server: Server; command: Command; runId: string; evidence: Evidence },
): Cleared {
  const answer = deps.door.clear({
    command: o.command,
    server: o.server,
    operationId: o.operation?.id ?? '',
    requester: o.operation?.requester ?? 'system',
    runId: o.runId,
    evidence: o.evidence,
  })
  if ('refused' in answer) throw guardRefused(answer.because)
  return answer
}

async function resolveAll(deps: Deps, command: Command): Promise<Record<string, string>> {
  const entries = Object.entries(command.secrets ?? {}).map(
    async ([name, ref]) => [name, await resolveSecret(deps, ref)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

/** A log whose lines name the operation. */
export const logFor = (deps: Deps, operation: Operation | null) =>
  operation === null ? deps.log : deps.log.child({ correlation_id: operation.correlationId, operation: operation.id })

/** The limit that the host enforces on a command, in milliseconds. */
export const timeoutOf = (command: Command): number => command.timeoutMs ?? limitMs(command.category)
