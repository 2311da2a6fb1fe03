import { createMiddleware } from 'hono/factory'
import type { Env } from './context.ts'
import { invalid, Refusal } from './problem.ts'

const deepest = 32

/**
 * Reads a JSON body once, strictly, before any schema looks at it: size, media type, UTF-8, syntax, depth, and no NUL
 * or lone surrogate, which PostgreSQL refuses.
 */
export const readBody = () =>
  createMiddleware<Env>(async function readJson(c, next) {
    const maxBytes = c.get('maxBodyBytes')
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    const bytes = await readAtMost(c.req.raw, maxBytes)
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
      throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON.', {
        suggestion: 'Send the header "Content-Type: application/json".',
      })
    }
    const value = parse(bytes)
    const fault = faultIn(value)
    if (fault) throw invalid(fault.field, fault.problem)
    c.req.bodyCache.text = JSON.stringify(value)
    await next()
  })

async function readAtMost(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parse(bytes: Uint8Array): unknown {
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
