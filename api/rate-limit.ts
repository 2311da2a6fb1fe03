import { createMiddleware } from 'hono/factory'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressOf, bearerOf } from './authorise.ts'
import type { Env } from './context.ts'
import { Refusal } from './problem.ts'

/** So many requests a minute for each token, or for each address that shows none. */
export function rateLimit(requestsPerMinute: number) {
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 })
  return createMiddleware<Env>(async function limitRate(c, next) {
    const key = bearerOf(c) ?? addressOf(c) ?? 'nobody'
    try {
      await limiter.consume(key)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = Math.ceil(refused.msBeforeNext / 1000)
      throw new Refusal(429, 'RATE_LIMITED', `More than ${requestsPerMinute} requests in a minute.`, {
        suggestion: `Wait ${seconds} s.`,
        retryable: true,
        retry_after: seconds,
      })
    }
    await next()
  })
}
