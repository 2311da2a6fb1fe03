import type { ErrorType } from '../schema/problem.ts'

/** What ssh/ throws: `type` says the situation, `because` the reason in words that hold no secret. */
export class SshError extends Error {
  override readonly name = 'SshError'
  readonly type: ErrorType
  readonly host: string
  readonly because: string

  constructor(o: { type: ErrorType; host: string; because: string; cause?: unknown }) {
    super(`${o.host}: ${o.because}`, { cause: o.cause })
    this.type = o.type
    this.host = o.host
    this.because = o.because
  }
}
