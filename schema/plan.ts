import type { Command, RunAs } from './command.ts'
import type { ServerRef } from './server.ts'

/** What a step does to one file: the dry run shows it as a diff. `null` is a file that is not there. */
export type FileChange = {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
  readonly mode?: string
  readonly owner?: string
}

/** One thing to bring about on one server, observed before and after. */
export type Step = {
  /** Stable: resume, audit and progress refer to it, such as `sshd.drop-in`. */
  readonly id: string
  /** A sentence an operator understands. */
  readonly title: string
  readonly as: RunAs
  /** Exit 0: already so; the step is `unchanged` and nothing is run. */
  readonly check?: Command
  readonly apply: readonly Command[]
  /** Must exit 0 after apply; the outcome is observed, never assumed. */
  readonly verify?: Command
  /** Registered before apply; restores the saved before-state, never removes what was there before us. */
  readonly undo?: readonly Command[]
  readonly file?: FileChange
  /** Before it is applied, `look` must hold again and again for so long, on durable timers. */
  readonly watch?: { readonly forMs: number; readonly everyMs: number; readonly look: Command }
  /** Before it is applied, a person must confirm it within this time. */
  readonly gate?: { readonly question: string; readonly phrase: string; readonly limitMs: number }
  /** A fact of the plan's making that makes the step needless; the reason is shown. */
  readonly alreadySo?: string
}

/** What a host puts back by itself; all of it is saved on the host before the first change. */
export type SavedState = {
  /** Absolute paths, with content, owner and mode; one that is not there is removed again. */
  readonly files: readonly string[]
  /** systemd units: whether they are enabled, and whether they run. */
  readonly units: readonly string[]
  /** The rulesets of IPv4 and IPv6. */
  readonly firewall: boolean
  /** Interfaces that are up, addresses and routes. */
  readonly network?: boolean
  /** Kernel parameters by sysctl name. */
  readonly kernelParameters: readonly string[]
  /** Units that read their files anew once those are back. */
  readonly reload: readonly string[]
}

/** The steps that stand around those of an automatic revert, in every plan that has one. */
export const armStep = 'auto-revert.arm'
export const disarmStep = 'auto-revert.disarm'

/** From before `fromStep` until a fresh log-in is proved after `untilStep`, the host restores itself after `timeoutMs`. */
export type AutoRevert = {
  readonly fromStep: string
  readonly untilStep: string
  readonly timeoutMs: number
  readonly save: SavedState
  /** Operations whose saved states nothing needs any more: they go when this one is disarmed. */
  readonly drop?: readonly string[]
}

/**
 * In what order and why one server is brought to a state: an immutable row in PostgreSQL. `hash` is the SHA-256 of
 * target and steps (not of facts that move by themselves); what was approved is what runs.
 */
export type Plan = {
  readonly id: string
  readonly operation: string
  readonly target: ServerRef
  readonly steps: readonly Step[]
  readonly warnings: readonly string[]
  readonly autoRevert?: AutoRevert
  /** Access that somebody has today and loses: a person must confirm it, however harmless the commands are. */
  readonly cuts?: readonly string[]
  readonly hash: string
}

/** A plan before it is stored: what the pure functions of `plans/` return. */
export type PlanDraft = Pick<Plan, 'steps' | 'warnings' | 'autoRevert' | 'cuts'>

/** What a history holds of a plan: nothing large, nothing secret. */
export type PlanOutline = {
  readonly id: string
  readonly hash: string
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly undoable: boolean
    readonly alreadySo: boolean
    readonly watch?: { readonly forMs: number; readonly everyMs: number }
    readonly isGated?: boolean
  }[]
  readonly warnings: readonly string[]
  /** Milliseconds after which the host restores itself, in a plan that has it armed. */
  readonly revertAfterMs?: number
}
