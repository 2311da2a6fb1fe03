import type { Script, SyntaxNode } from 'unbash'
import { baseName, type Arg } from './call.ts'
import { expandWord } from './expand.ts'
import { isLiteral, unknown } from './marks.ts'
import { printed } from './output.ts'
import type { Scope } from './scope.ts'

/** What a substitution prints: its text where that is known, `some` for one name or number, else unknown. */
export function outputOf(
  part: { readonly text: string; readonly script: Script | undefined },
  scope: Scope,
  depth: number,
): Arg {
  const source = part.text
    .replace(/^(\$\(|`|\$\{)|(\)|`|\})$/g, '')
    .trim()
    .replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => {
      const [only, ...others] = scope.variables.get(name) ?? []
      return only !== undefined && others.length === 0 && isLiteral(only.text) ? only.text : whole
    })
  const [statement, ...more] = part.script?.commands ?? []
  if (statement === undefined || more.length > 0 || depth > 8) return { text: unknown, outputOf: source }
  const output = outputOfNode(statement.command, scope, null, depth)
  return output === null ? { text: unknown, outputOf: source } : { text: output.replace(/\n+$/, '') }
}

/** The same of a node whose standard input may be known. */
export function outputOfNode(node: SyntaxNode, scope: Scope, stdin: string | null, depth = 0): string | null {
  if (node.type === 'Pipeline') {
    let text = stdin
    for (const command of node.commands) {
      text = outputOfNode(command, scope, text, depth)
      if (text === null) return null
    }
    return text
  }
  if (node.type === 'BraceGroup' || node.type === 'Subshell') {
    const outputs = node.body.commands.map((statement) => outputOfNode(statement.command, scope, stdin, depth))
    if (outputs.every((output) => output === null)) return null
    return outputs.map((output) => output ?? `${unknown}\n`).join('')
  }
  if (node.type === 'AndOr') {
    const outputs = node.commands.map((command) => outputOfNode(command, scope, stdin, depth))
    return outputs.find((output) => output !== null) ?? null
  }
  if (node.type !== 'Command' || node.name === undefined) return null
  const x = { scope, outputOf, depth: depth + 1 }
  const [program, ...first] = expandWord(node.name, x)
  const args = [...first, ...node.suffix.flatMap((word) => (word.type === 'Word' ? expandWord(word, x) : []))]
  return printed({ name: baseName(program?.text ?? ''), args, stdin: hereText(node, scope, depth) ?? stdin })
}

function hereText(node: Extract<SyntaxNode, { type: 'Command' }>, scope: Scope, depth: number): string | null {
  for (const redirect of node.redirects) {
    if (redirect.type === 'HereDoc') return redirect.body.text
    if (redirect.type === 'HereString' && redirect.target !== undefined)
      return expandWord(redirect.target, { scope, outputOf, depth: depth + 1 })
        .map((arg) => arg.text)
        .join(' ')
  }
  return null
}
