import { z } from 'zod'
import type { Application } from './application.ts'
import type { AuditRequest, MonitoringRequest } from './audit.ts'
import type { DeploymentSettings } from './deployment.ts'
import type { Actor } from './identity.ts'
import { KeyRotationSettings } from './key-rotation.ts'
import { LockdownRevertSettings, LockdownSettings } from './lockdown.ts'
import { showCommand, showWhole } from './redaction.ts'
import type { OperationResult, OperationState, WaitReason } from './operation.ts'
import type { JournalRequest } from './journal.ts'
import { SecretRef } from './secret.ts'
import type { JumpHost, ServerRef } from './server.ts'
import type { DirectoryUploadSettings, TransferSettings, UploadSettings } from './transfer.ts'
import { AbsolutePath, SetupSettings } from './setup.ts'
import type { Signal } from './signal.ts'
import { Terminal } from './terminal.ts'
import { UnitActionSettings, type UnitScope } from './unit.ts'
import { UnitDefinitionSettings } from './unit-definition.ts'

/** What every operation's workflow is told. Small and free of secrets: it stays in the history. */
export type Start = {
  readonly operationId: string
  readonly requester: Actor
  readonly correlationId: string
  /** The operation that this one continues; see design.md section 3, "Resumption". */
  readonly resumes?: string
  readonly parent?: string
  /** Whether `confirm` with a phrase, sent by whoever reaches Temporal, counts as a decision. */
  readonly approvalFromTemporal: boolean
}

/** `undo` rolls back on failure; `keep` leaves what was applied, to be resumed at the failed step. */
export type OnFailure = 'undo' | 'keep'

export type SetupInput = Start & {
  readonly server: ServerRef
  readonly settings: SetupSettings
  readonly onFailure: OnFailure
}

export type LockdownInput = Start & { readonly server: ServerRef; readonly settings: LockdownSettings }

export type LockdownRevertInput = Start & { readonly server: ServerRef; readonly settings: LockdownRevertSettings }

export type KeyRotationInput = Start & { readonly server: ServerRef; readonly settings: KeyRotationSettings }

export type UnitActionInput = Start & { readonly server: ServerRef; readonly settings: UnitActionSettings }

export type UnitDefinitionInput = Start & { readonly server: ServerRef; readonly settings: UnitDefinitionSettings }

export type JournalInput = Start & { readonly server: ServerRef; readonly settings: JournalRequest }

export type DeploymentInput = Start & { readonly server: ServerRef; readonly settings: DeploymentSettings }

/** The text of the command is sealed in PostgreSQL; the history has what may be shown of it. */
export type CommandInput = Start & {
  readonly server: ServerRef
  readonly shown: string
  readonly harmless: boolean
  readonly timeoutMs?: number
}

export type TransferInput = Start & { readonly server: ServerRef; readonly settings: TransferSettings }

/** A variable's name; `DRYDOCK_` ones are the product's own. */
export const VariableName = z
  .string()
  .regex(/^(?!DRYDOCK_)[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'a variable name that does not start with DRYDOCK_')

/** A variable's value. */
export const EnvironmentValue = z.string().max(32_768)

// oxlint-disable-next-line no-control-regex -- the character itself is what is looked for, and what the API's document must name
const withoutNul = z.string().regex(/^[^\u0000]*$/, 'text without NUL characters')

/** What can run the text of a script. */
export const Interpreter = z.enum(['sh', 'bash', 'python3', 'perl', 'node'])

/** A script instead of a command line: the text goes to the interpreter, which must be on the server. */
export const Script = z.object({
  interpreter: Interpreter,
  args: z.array(withoutNul.max(4_096)).max(64).default([]),
})
export type Script = z.infer<typeof Script>

/** A command as it was typed, at most 64 KiB. It lies sealed in PostgreSQL; only activities open it. */
export const SealedCommand = z.object({
  command: z.string().min(1).max(65_536),
  script: Script.optional().describe('Take `command` as the text of a script for this interpreter'),
  stdin: withoutNul
    .max(65_536)
    .optional()
    .describe('What the command reads, ended by a line break; nothing unless told. A script reads nothing'),
  asRoot: z.boolean().default(false),
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
  cwd: AbsolutePath.optional(),
  env: z.record(VariableName, EnvironmentValue).default({}),
  secrets: z.record(VariableName, SecretRef).default({}),
  terminal: Terminal.optional().describe(
    'Run it at a terminal, which needs script(1) on the server: both of its streams come out as one, and nobody types there',
  ),
})
export type SealedCommand = z.infer<typeof SealedCommand>

/** What people, logs and histories see of a typed command: of a script, its interpreter and beginning. */
export const showTyped = ({ command, script }: Pick<SealedCommand, 'command' | 'script'>): string =>
  showCommand(script === undefined ? command : `${[script.interpreter, ...script.args].join(' ')}: ${command}`)

/** All that was asked for, for the person who decides on it. */
export const showAsked = (asked: SealedCommand): string =>
  [
    showWhole(asked.command),
    ...(asked.script === undefined
      ? []
      : [`as a script of ${[asked.script.interpreter, ...asked.script.args].join(' ')}`]),
    `as ${asked.asRoot ? 'root' : 'the application user'}${asked.cwd === undefined ? '' : `, in ${asked.cwd}`}`,
    ...Object.entries(asked.env).map(([name, value]) => showWhole(`with ${name}=${value}`)),
    ...Object.keys(asked.secrets).map((name) => `with ${name} from a secret`),
    ...(asked.terminal === undefined
      ? []
      : [
          `at a terminal (${asked.terminal.term}) of ${asked.terminal.columns} columns and ${asked.terminal.rows} rows`,
        ]),
    ...(asked.stdin === undefined ? [] : [`reading:\n${showWhole(asked.stdin)}`]),
  ].join('\n')

export type AuditInput = Start & { readonly server: ServerRef; readonly request: AuditRequest }

/** Workflow `monitoring`, id `monitoring/<server id>`: audits again and again until it is cancelled. */
export type MonitoringInput = Start & { readonly server: ServerRef; readonly request: MonitoringRequest }

/** What a dry run plans: it holds nothing and changes nothing. */
export type PreviewInput = Start & {
  readonly server: ServerRef
  readonly of:
    | { readonly kind: 'setup'; readonly settings: SetupSettings }
    | { readonly kind: 'transfer'; readonly settings: UploadSettings | DirectoryUploadSettings }
    | { readonly kind: 'lockdown'; readonly settings: LockdownSettings }
    | { readonly kind: 'lockdown_revert'; readonly settings: LockdownRevertSettings }
    | { readonly kind: 'key_rotation'; readonly settings: KeyRotationSettings }
    | { readonly kind: 'service_action'; readonly settings: UnitActionSettings }
    | { readonly kind: 'service_definition'; readonly settings: UnitDefinitionSettings }
    | { readonly kind: 'deployment' | 'rollback'; readonly settings: DeploymentSettings }
}

export type FleetInput = Start & {
  readonly servers: readonly ServerRef[]
  readonly batch: number
  readonly stopAfterFailures: number
  /** Of a deployment: so many servers first, and the others after them; or all of them at the same time. */
  readonly rollout?:
    | { readonly kind: 'canary'; readonly first: number; readonly isGated: boolean }
    | { readonly kind: 'together' }
  readonly work:
    | { readonly kind: 'setup'; readonly settings: SetupSettings }
    | { readonly kind: 'command'; readonly shown: string }
    | { readonly kind: 'audit'; readonly request: AuditRequest }
    | { readonly kind: 'deployment'; readonly settings: DeploymentSettings }
}

/** Workflow `connectionTest`, id `connection-test/<uuid>`: a short read that the API waits for. */
export type ConnectionTestInput = { readonly server: ServerRef; readonly correlationId: string }

/** Workflow `hostKeyScan`, id `host-key-scan/<uuid>`: the keys a host shows, without any log-in; the API waits for the `HostKey[]`. */
export type HostKeyScanInput = {
  readonly hostname: string
  readonly port: number
  readonly jump?: JumpHost
  readonly correlationId: string
}

/** Workflows `unitList` and `unitShow`, ids `service-list/<uuid>` and `service/<uuid>`: short reads that the API waits for. */
export type UnitListInput = {
  readonly server: ServerRef
  readonly type: string
  readonly scope: UnitScope
  readonly correlationId: string
}
export type UnitShowInput = Omit<UnitListInput, 'type'> & { readonly unit: string }

/** A look whether an application could be deployed; `running` is what brings it there now. */
export type PrerequisitesInput = {
  readonly server: ServerRef
  /** Without the values of its environment and the texts of its units. */
  readonly application: Application
  readonly running: { readonly id: string; readonly title: string } | null
  readonly correlationId: string
}

/** Body of `POST /v1/servers/{server}/setups`. */
export const SetupRequest = SetupSettings.extend({
  dry_run: z.boolean().default(false),
  on_failure: z.enum(['undo', 'keep']).default('undo'),
})
export type SetupRequest = z.infer<typeof SetupRequest>

/** Body of `POST /v1/servers/{server}/lockdowns`. */
export const LockdownRequest = LockdownSettings.extend({ dry_run: z.boolean().default(false) })
export type LockdownRequest = z.infer<typeof LockdownRequest>

/** Body of `POST /v1/servers/{server}/lockdown-reverts`. */
export const LockdownRevertRequest = LockdownRevertSettings.extend({ dry_run: z.boolean().default(false) })
export type LockdownRevertRequest = z.infer<typeof LockdownRevertRequest>

/** Body of `POST /v1/servers/{server}/key-rotations`. */
export const KeyRotationRequest = KeyRotationSettings.extend({ dryRun: z.boolean().default(false) })
export type KeyRotationRequest = z.infer<typeof KeyRotationRequest>

/** Body of `POST /v1/servers/{server}/service-actions`. */
export const UnitActionRequest = UnitActionSettings.extend({ dryRun: z.boolean().default(false) })
export type UnitActionRequest = z.infer<typeof UnitActionRequest>

/** Body of `POST /v1/servers/{server}/service-definitions`. */
export const UnitDefinitionRequest = UnitDefinitionSettings.extend({ dryRun: z.boolean().default(false) })
export type UnitDefinitionRequest = z.infer<typeof UnitDefinitionRequest>

/** Payload of the signal `confirm`: a stored decision's id from the API, or the phrase itself from Temporal's own tools. */
export type Confirm = { readonly operationId: string; readonly decisionId?: string; readonly phrase?: string }
export type Reject = { readonly operationId: string; readonly decisionId?: string; readonly reason?: string }
export type Cancel = { readonly operationId: string; readonly by: string }
/** Payload of the signal `sendSignal`: goes to the processes of the running command, and ends nothing by itself. */
export type SendSignal = { readonly operationId: string; readonly signal: Signal; readonly by: string }

/** Payload of the signals `arrived` and `proceed`: which child of a deployment to several servers, and where in it. */
export type Meeting = { readonly operationId: string; readonly at: string }

/** A decision message as a workflow keeps it: a hint to look at the store, never a proof. */
export type Message = {
  readonly kind: 'confirm' | 'reject'
  readonly decisionId?: string
  readonly phrase?: string
  readonly reason?: string
}

/** What an activity found when it looked behind a message: the stored decision. */
export type Verdict<T> =
  | { readonly kind: 'confirmed'; readonly value: T }
  | { readonly kind: 'wrong'; readonly attempts: number }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'ignored' }

/** The memo that a workflow upserts at each transition and the answer of its `status` query: the truth while it runs. */
export type LiveStatus = {
  readonly operationId: string
  readonly state: OperationState
  readonly reason: WaitReason | null
  readonly detail: string | null
  /** ISO time of the last transition. */
  readonly since: string
}

/** The answer of the `pendingConfirmation` query. */
export type PendingConfirmation = {
  readonly approvalId: string
  /** The command or the steps, at most 2,000 characters of it; the API has the whole. Older histories lack it. */
  readonly shown?: string
  readonly phrase: string
  readonly summary: string
  readonly risk: string
  readonly attempts: number
  readonly maxAttempts: number
  readonly expiresAt: string
}

export type LiveProgress = { readonly done: number; readonly total: number; readonly step: string | null }

export type { OperationResult }
