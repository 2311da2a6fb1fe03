import { z } from 'zod'
import { type Client, segment } from './client.ts'
import { Failure } from './failure.ts'

type Decision =
  | { decision: 'confirm'; phrase: string; acknowledged: readonly string[] }
  | { decision: 'reject'; reason?: string }

/** What became of an answer: decided, not this time, or not any more. */
export type Decided =
  | { readonly kind: 'confirmed' | 'rejected'; readonly message: string; readonly body: unknown }
  | { readonly kind: 'again'; readonly message: string; readonly failure: Failure }
  | { readonly kind: 'over'; readonly message: string; readonly failure?: Failure }

const DecisionAnswer = z.looseObject({ outcome: z.string(), message: z.string() })

/** Gives a person's answer to what waits; a refusal of the API that can be mended is asked again. */
export async function decide(client: Client, operationId: string, decision: Decision): Promise<Decided> {
  try {
    const body = await client.post(`/v1/operations/${segment(operationId)}/approval`, decision)
    const { outcome, message } = DecisionAnswer.parse(body)
    return { kind: outcome === 'confirmed' ? 'confirmed' : 'rejected', message, body }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const message = [error.message, ...error.suggestions].join(' ')
    if (/^(INVALID_CONFIRMATION|VALIDATION_FAILED)$/.test(error.code)) return { kind: 'again', message, failure: error }
    if (/^(MAX_ATTEMPTS_EXCEEDED|EXPIRED|CONFLICT|FORBIDDEN)$/.test(error.code))
      return { kind: 'over', message, failure: error }
    throw error
  }
}
