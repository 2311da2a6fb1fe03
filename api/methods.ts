import type { Api } from './context.ts'

/** Which methods a path takes, read from the declared routes on first use. */
export function methodsOf(app: Api): { of(path: string): string[] } {
  let patterns: { matches: RegExp; method: string }[] | null = null

  const read = () =>
    app.routes
      .filter((declared) => !declared.path.includes('*') && declared.method !== 'ALL')
      .map(({ path, method }) => ({
        matches: new RegExp(`^${path.split('/').map(segment).join('/')}$`),
        method: method.toUpperCase(),
      }))

  return {
    of(path) {
      patterns ??= read()
      const methods = new Set(patterns.filter(({ matches }) => matches.test(path)).map(({ method }) => method))
      if (methods.has('GET')) methods.add('HEAD')
      return [...methods].toSorted()
    },
  }
}

const segment = (part: string): string =>
  part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
