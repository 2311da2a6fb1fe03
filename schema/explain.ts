import type { ErrorType, Problem } from './problem.ts'
import { isRetryable, problemPolicy } from './problem-policy.ts'

/**
 * Builds the one form in which a failure is told: what failed, where, why, what to do next. `because` and `details` are
 * redacted by whoever has them.
 */
export function explain(o: {
  type: ErrorType
  /** What was being done, such as "Installing packages". */
  doing: string
  host: { name: string; hostname?: string; port?: number }
  because: string
  details?: string | null
  code?: Problem['code']
}): Problem {
  const policy = problemPolicy[o.type]
  const [next] = policy.suggestions
  return {
    type: o.type,
    code: o.code ?? policy.code,
    severity: policy.severity,
    message: [
      `${o.doing} failed: ${placeOf(o.host)} ${policy.says}${o.because ? ` (${trimmed(o.because)})` : ''}.`,
      next,
    ]
      .filter(Boolean)
      .join(' '),
    details: o.details ?? null,
    suggestions: [...policy.suggestions],
    retryable: isRetryable(o.type),
  }
}

function placeOf(host: { name: string; hostname?: string; port?: number }): string {
  if (host.hostname === undefined) return host.name
  const address = host.hostname.includes(':') ? `[${host.hostname}]` : host.hostname
  return `${host.name} (${address}${host.port === undefined ? '' : `:${host.port}`})`
}

const trimmed = (text: string): string => text.trim().replace(/[.\s]+$/, '')
