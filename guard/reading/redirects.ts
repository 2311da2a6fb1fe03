import type { Redirection } from 'unbash'
import type { Arg, Redirect, Stdin } from './call.ts'
import { expandParts, expandWord, type Expansion } from './expand.ts'
import { isLiteral } from './marks.ts'
import type { Context } from './reader.ts'
import { outputOf } from './substitution.ts'

export const expansionIn = (context: Context): Expansion => ({ scope: context.scope, outputOf, depth: 0 })

/** Redirections of a compound command are those of everything in it. */
export function withRedirects(nodes: readonly Redirection[], context: Context): Context {
  if (nodes.length === 0) return context
  const { redirects, stdin } = readRedirects(nodes, context)
  return {
    ...context,
    redirects: [...context.redirects, ...redirects],
    stdin: stdin === undefined ? context.stdin : stdin,
  }
}

function readRedirects(
  nodes: readonly Redirection[],
  context: Context,
): { redirects: Redirect[]; stdin: Stdin | null | undefined } {
  const x = expansionIn(context)
  const redirects: Redirect[] = []
  let stdin: Stdin | null | undefined
  for (const node of nodes) {
    if (node.type === 'HereDoc') {
      const { parts, text } = node.body
      stdin = known(
        node.delimiter?.quoted === true || parts === undefined ? [{ text }] : expandParts(parts, x),
        'a here-document',
      )
    } else if (node.type === 'HereString') {
      stdin = known(node.target === undefined ? [] : expandWord(node.target, x), 'a here-string')
    } else if (node.target !== undefined) {
      const targets = expandWord(node.target, x)
      redirects.push(...targets.map((target) => ({ operator: node.operator, target })))
      if (node.operator === '<') stdin = fromFile(targets)
    }
  }
  return { redirects, stdin }
}

const known = (values: readonly Arg[], from: string): Stdin => ({
  read: () => values.map((value) => value.text).join(' '),
  from,
  source: () => null,
})

/** A file that is read: a script on the host is as any program on it; what a substitution prints is not. */
function fromFile(targets: readonly Arg[]): Stdin | null {
  const [target] = targets
  if (target?.outputOf === undefined && target !== undefined && isLiteral(target.text)) return null
  return { read: () => target?.content ?? null, from: target?.outputOf ?? 'a file', source: () => null }
}
