import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { Env } from './context.ts'
import { invalid, notJson, Refusal } from './problem.ts'

const deepest = 32

/**
 * Reads a JSON body once, strictly, before any schema looks at it: size, media type, UTF-8, syntax, depth, and no NUL
 * or lone surrogate, which PostgreSQL refuses.
 */
export const readBody = () =>
  createMiddleware<Env>(function readJson(c, next) {
    const maxSize = c.get('maxBodyBytes')
    const limited = bodyLimit({
      maxSize,
      onError: () => {
        throw tooLarge(maxSize)
      },
    })
    return limited(c, async () => {
      // Hono keeps the bytes; the route's own validator reads them from there.
      const bytes = await c.req.arrayBuffer()
      if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) throw notJson()
      const fault = faultIn(parse(bytes))
      if (fault) throw invalid(fault.field, fault.problem)
      await next()
    })
  })

function parse(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new Refusal(400, 'MALFORMED_REQUEST', 'The body is not valid JSON in UTF-8.', {
      details: error instanceof SyntaxError ? error.message : null,
      cause: error,
    })
  }
}

/** Walks without recursion: a body may be as deep as it is long. */
function faultIn(value: unknown): { field: string; problem: string } | null {
  const open: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }]
  for (let at = open.pop(); at; at = open.pop()) {
    const { value: current, path, depth } = at
    const field = path || 'body'
    if (depth > deepest) return { field, problem: `deeper than ${deepest} levels` }
    if (typeof current === 'string' && !isStorable(current))
      return { field, problem: 'holds a NUL or a lone surrogate' }
    if (typeof current !== 'object' || current === null) continue
    for (const [key, inner] of Object.entries(current)) {
      if (!isStorable(key)) return { field, problem: 'has a name that holds a NUL or a lone surrogate' }
      if (key === '__proto__') return { field, problem: 'has a field named __proto__' }
      open.push({ value: inner, path: path ? `${path}.${key}`.slice(0, 200) : key.slice(0, 100), depth: depth + 1 })
    }
  }
  return null
}

// In Unicode mode a surrogate matches only where it stands alone.
const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text)

const tooLarge = (maxBytes: number): Refusal =>
  new Refusal(413, 'PAYLOAD_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`, {
    suggestion: 'Send less, or raise api.maxBodyBytes.',
  })
