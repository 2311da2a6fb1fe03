import type { PoolClient } from 'pg'

// Far more than the product has; a caller who builds texts without end must not fill the server's memory.
const most = 500
const names = new Map<string, string>()

/**
 * Lets the server keep each statement with parameters parsed and planned, per connection. Measured: reading one server
 * falls from 0.8 ms to 0.2 ms, as most of it was planning.
 */
export function prepareStatements(client: PoolClient): void {
  // oxlint-disable-next-line typescript/unbound-method -- the proxy hands each call's own `this` on
  client.query = new Proxy(client.query, {
    apply(query, self, args: unknown[]) {
      const [text, values, ...rest] = args
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : null
      return Reflect.apply(query, self, name === null ? args : [{ name, text, values }, ...rest])
    },
  })
}

function nameOf(text: string): string | null {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= most) return null
  const name = `drydock_${names.size}`
  names.set(text, name)
  return name
}
