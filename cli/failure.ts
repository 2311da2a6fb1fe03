import { exitCode, type ExitCode } from './exit-code.ts'

/** What an operator is told when something cannot be done: what failed, why, what to do next. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: string
  readonly exitCode: ExitCode
  readonly details: readonly string[]
  readonly suggestions: readonly string[]
  readonly correlationId: string | null
  readonly retryable: boolean
  /** What the API answered, where it did. */
  readonly answer: unknown

  constructor(o: {
    message: string
    code: string
    exitCode?: ExitCode
    details?: readonly string[]
    suggestions?: readonly string[]
    correlationId?: string | null
    retryable?: boolean
    answer?: unknown
    cause?: unknown
  }) {
    super(o.message, { cause: o.cause })
    this.code = o.code
    this.exitCode = o.exitCode ?? exitCode.failed
    this.details = o.details ?? []
    this.suggestions = o.suggestions ?? []
    this.correlationId = o.correlationId ?? null
    this.retryable = o.retryable ?? false
    this.answer = o.answer
  }
}

/** What was typed cannot be right: exit 2, and nothing was asked of any server. */
export const usage = (message: string, ...suggestions: string[]): Failure =>
  new Failure({ message, code: 'USAGE', exitCode: exitCode.usage, suggestions })

/** The failure as the JSON document that goes to standard error. */
export const failureDocument = (failure: Failure) => ({
  error: failure.message,
  code: failure.code,
  details: failure.details,
  suggestion: failure.suggestions.join(' ') || null,
  retryable: failure.retryable,
  correlation_id: failure.correlationId,
  exit_code: failure.exitCode,
})
