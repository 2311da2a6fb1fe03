import { z } from 'zod'
import { exitCode, type ExitCode } from './exit-code.ts'
import { Failure } from './failure.ts'

/** The one form of the API's errors, as far as it is shown. */
const ProblemBody = z.looseObject({
  error: z.string(),
  code: z.string(),
  details: z.string().nullish(),
  suggestion: z.string().nullish(),
  retryable: z.boolean().default(false),
  correlation_id: z.string().nullish(),
  issues: z.array(z.object({ field: z.string(), problem: z.string() })).default([]),
})

/** What the API refused or could not do, in its own words. */
export async function apiFailure(response: Response): Promise<Failure> {
  const text = await response.text()
  const parsed = ProblemBody.safeParse(jsonOf(text))
  if (!parsed.success) return notOurs(response, text)
  const { error, code, details, suggestion, retryable, correlation_id, issues } = parsed.data
  return new Failure({
    message: error,
    code,
    exitCode: exitCodeOfProblem(code),
    details: [...(details ? [details] : []), ...issues.map(({ field, problem }) => `${field}: ${problem}`)].filter(
      (line) => line !== error,
    ),
    suggestions: suggestion ? [suggestion] : [],
    correlationId: correlation_id ?? null,
    retryable,
    answer: parsed.data,
  })
}

function exitCodeOfProblem(code: string): ExitCode {
  switch (code) {
    case 'VALIDATION_FAILED':
    case 'MALFORMED_REQUEST':
      return exitCode.usage
    case 'FORBIDDEN':
    case 'DESTRUCTIVE_ACTION_BLOCKED':
    case 'INVALID_CONFIRMATION':
    case 'MAX_ATTEMPTS_EXCEEDED':
    case 'EXPIRED':
      return exitCode.refused
    case 'OUTCOME_UNKNOWN':
      return exitCode.unknown
    default:
      return exitCode.failed
  }
}

const notOurs = (response: Response, text: string): Failure =>
  new Failure({
    message: `${response.url} answered ${response.status}, and not as a Drydock API does.`,
    code: 'NOT_DRYDOCK',
    details: text ? [text.slice(0, 200)] : [],
    suggestions: ['Check DRYDOCK_URL: another program may listen there.'],
  })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
