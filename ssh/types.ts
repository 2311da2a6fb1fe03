import type { Logger } from 'pino'
import type { CommandCategory, RunAs } from '../schema/command.ts'
import type { CommandResult } from '../schema/operation.ts'
import type { ErrorType } from '../schema/problem.ts'
import type { Cleared, IsCleared, OutputChunk, OutputOffsets, RunEnd } from '../schema/run.ts'
import type { HostKey } from '../schema/server.ts'
import type { Settings } from '../schema/settings.ts'
import type { Signal } from '../schema/signal.ts'

/** How a log-in proves itself, resolved: the values themselves. */
export type LoginSecret =
  | { readonly method: 'key'; readonly privateKey: string | Buffer; readonly passphrase?: string }
  | { readonly method: 'agent'; readonly socket: string }
  | { readonly method: 'password'; readonly password: string }

export type ResolvedLogin = { readonly user: string; readonly secret: LoginSecret; readonly sudoPassword?: string }

export type ResolvedJump = {
  readonly hostname: string
  readonly port: number
  readonly login: ResolvedLogin
  readonly hostKey?: HostKey
}

/** One server and the one identity it is reached by. Lives in memory only: it holds secrets. */
export type Target = {
  readonly serverId: string
  readonly name: string
  readonly hostname: string
  readonly port: number
  /** Tried only where configured, when the port refuses or stays silent. */
  readonly alternatePort?: number
  /** Tried when the name does not resolve. */
  readonly lastKnownIp?: string
  readonly hostKeys: readonly HostKey[]
  readonly hostKeyPolicy: 'registered_only' | 'first_contact'
  readonly locked: boolean
  readonly login: ResolvedLogin
  readonly jump?: ResolvedJump
}

export type ReadOptions = {
  readonly as: RunAs
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly limitBytes?: number
  /** `true` never joins an equal read that is already under way. */
  readonly fresh?: boolean
  readonly log?: Logger
}

/** A command's end with what a caller needs to find it again in logs and pool figures. */
export type ExecResult = CommandResult & {
  readonly success: boolean
  readonly attempt: number
  readonly connectionId: string
}

export type StreamOptions = {
  readonly as: RunAs
  readonly signal?: AbortSignal
  readonly timeoutMs: number
  readonly log?: Logger
}

/** What a stream yields: numbered pieces of output, then one end. */
export type StreamEvent =
  | {
      readonly kind: 'output'
      readonly seq: number
      readonly at: Date
      readonly stream: 'stdout' | 'stderr'
      readonly bytes: Uint8Array
    }
  | {
      readonly kind: 'end'
      readonly seq: number
      readonly at: Date
      readonly exitCode: number | null
      readonly timedOut: boolean
    }

export type DurableRunOptions = {
  readonly runId: string
  readonly as: RunAs
  /** The boot identity that was recorded with the intent to run. */
  readonly boot: string
  readonly mayStart: boolean
  readonly secrets?: Readonly<Record<string, string>>
  /** Enforced on the host. */
  readonly timeoutMs: number
  /** Bytes of each stream that the caller has stored already. */
  readonly offsets: OutputOffsets
  /** Awaited before more is read; answers with what is stored now. */
  readonly onOutput: (chunks: OutputChunk[]) => Promise<OutputOffsets>
  /** Detaches; the run goes on. Killing is `kill`. */
  readonly signal?: AbortSignal
  readonly log?: Logger
}

/** How the bytes went: by the file transfer protocol, or through the cleared command where the host has none. */
export type TransferWay = 'sftp' | 'command'

type TransferOptions = {
  /** Where to go on: what is before it is there on both sides. */
  readonly offset: number
  readonly bytes: number
  /** How far nothing is missing, again and again. */
  readonly onConfirmed: (bytes: number) => void
  readonly signal?: AbortSignal
  readonly log?: Logger
}

/** `from` is a file of this machine, `to` one that is on the host already; the log-in itself must be allowed to write to it. */
export type SendOptions = TransferOptions & {
  readonly from: string
  readonly to: string
  /** A cleared command beside it that is told, line by line, how many bytes more are there. It may fail. */
  readonly along?: Cleared
}
/** `from` is a file of the host, `to` one of this machine that is there already. */
export type ReceiveOptions = TransferOptions & { readonly from: string; readonly to: string }

export type LoginTest = {
  readonly success: boolean
  readonly user: string
  readonly durationMs: number
  readonly errorType: ErrorType | null
  readonly message: string | null
  /** `null` where sudo was not asked for. */
  readonly sudo: boolean | null
}

/** What the pool does, for metrics. */
export type SshEvent =
  | {
      readonly kind: 'created' | 'reused' | 'evicted' | 'waited' | 'refused'
      readonly serverId: string
      readonly connectionId: string | null
    }
  | { readonly kind: 'closed'; readonly serverId: string; readonly connectionId: string; readonly because: string }
  | { readonly kind: 'failed'; readonly serverId: string; readonly type: ErrorType }
  | { readonly kind: 'host_key_learned'; readonly serverId: string; readonly hostKey: HostKey }
  | { readonly kind: 'breaker'; readonly serverId: string; readonly state: 'open' | 'closed' | 'probing' }

export type ConnectionReport = {
  readonly key: string
  readonly id: string
  readonly serverId: string
  readonly user: string
  readonly healthy: boolean
  readonly channels: number
  readonly lastUsed: Date
  readonly lastCheck: Date | null
  readonly useCount: number
  readonly responseMs: number | null
  readonly errorRate: number
  readonly ageMs: number
  readonly categories: readonly CommandCategory[]
}

/** The pool as it stands (spec API-9). */
export type PoolReport = {
  readonly total: number
  readonly healthy: number
  readonly unhealthy: number
  readonly idle: number
  readonly active: number
  readonly opening: number
  readonly waiting: number
  readonly meanResponseMs: number | null
  readonly errorRate: number
  readonly reuseRate: number | null
  readonly lastCleanUp: Date | null
  readonly connections: readonly ConnectionReport[]
}

export type SshOptions = {
  readonly isCleared: IsCleared
  readonly settings: Settings['ssh']
  readonly log: Logger
  readonly onEvent?: (event: SshEvent) => void
}

/** The one way to a host. Every wait in it has a limit, and every failure is an `SshError`. */
export type Ssh = {
  scanHostKeys(o: { hostname: string; port: number; jump?: ResolvedJump }): Promise<HostKey[]>
  read(target: Target, cleared: Cleared, o: ReadOptions): Promise<ExecResult>
  stream(target: Target, cleared: Cleared, o: StreamOptions): AsyncIterable<StreamEvent>
  run(target: Target, cleared: Cleared, o: DurableRunOptions): Promise<RunEnd>
  send(target: Target, cleared: Cleared, o: SendOptions): Promise<{ way: TransferWay }>
  receive(target: Target, cleared: Cleared, o: ReceiveOptions): Promise<{ way: TransferWay }>
  kill(target: Target, o: { runId: string; as: RunAs; log?: Logger }): Promise<'gone' | 'was_gone'>
  /** Answers how many processes took it. */
  signal(target: Target, o: { runId: string; as: RunAs; signal: Signal; log?: Logger }): Promise<{ processes: number }>
  sweep(target: Target, o: { runIds: readonly string[]; as: RunAs }): Promise<void>
  boot(target: Target): Promise<string>
  testLogin(target: Target, o: { fresh: true; sudo: boolean }): Promise<LoginTest>
  /** Ends every pooled connection to a server but this user's, each when its last command has ended. */
  evict(serverId: string, o: { except: string }): void
  pool(): PoolReport
  close(): Promise<void>
}
