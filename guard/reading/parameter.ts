import type { ParameterExpansionPart, Word } from 'unbash'
import { baseName, type Arg } from './call.ts'
import { isDynamic, isLiteral, unknown } from './marks.ts'
import { assign, isSet, lookUp, type Scope } from './scope.ts'

/** `${name<operation>}` for the operations whose result can be known from literal operands; else unknown. */
export function operate(
  part: ParameterExpansionPart,
  scope: Scope,
  valuesOf: (word: Word) => readonly Arg[],
): readonly Arg[] {
  const { operation, parameter } = part
  const values = parameter === '@' || parameter === '*' ? [{ text: unknown }] : lookUp(scope, parameter)
  if (operation === undefined) return values
  switch (operation.type) {
    case 'Default':
      return byDefault(operation.operator, valuesOf(operation.operand), { scope, parameter, values })
    case 'Slice': {
      const [offset, length] = [
        Number(operation.offset.text),
        Number(operation.length?.text ?? Number.MAX_SAFE_INTEGER),
      ]
      return each(values, (text) => (offset >= 0 && length >= 0 ? text.slice(offset, offset + length) : null))
    }
    case 'Replace': {
      const [pattern, replacement] = [literal(operation.pattern), literal(operation.replacement)]
      if (pattern === null || replacement === null || pattern === '') return [{ text: unknown }]
      if (operation.operator === '//') return each(values, (text) => text.split(pattern).join(replacement))
      if (operation.operator !== '/') return [{ text: unknown }]
      return each(values, (text) => text.replace(pattern, () => replacement))
    }
    case 'Remove': {
      const cut = cuts[`${operation.operator}${operation.operand.text}`]
      // Of a path that is not known to its end, the part that is asked for may be.
      if (cut !== undefined) return values.map((value) => ({ text: isDynamic(value.text) ? unknown : cut(value.text) }))
      const piece = literal(operation.operand)
      if (piece === null) return [{ text: unknown }]
      return each(values, (text) => remove(text, piece, operation.operator.startsWith('#')))
    }
    case 'CaseModification': {
      if (operation.operand !== undefined || operation.operator.length === 1) return [{ text: unknown }]
      const upper = operation.operator === '^^'
      return each(values, (text) => (upper ? text.toUpperCase() : text.toLowerCase()))
    }
    case 'Names':
    case 'Transform':
    case 'Unknown':
      return [{ text: unknown }]
    default:
      return operation satisfies never
  }
}

type Default = { readonly scope: Scope; readonly parameter: string; readonly values: readonly Arg[] }

function byDefault(operator: string, operands: readonly Arg[], { scope, parameter, values }: Default): readonly Arg[] {
  const known = isSet(scope, parameter)
  const empty = values.every(({ text }) => text === '')
  if (operator.endsWith('+')) return known && !empty ? operands : [...operands, { text: '' }]
  if (known && !empty) return values
  if (operator.endsWith('?')) return values
  // Not set by the script: the surroundings may hold it, so both stay possible.
  const both = known ? operands : [{ text: unknown }, ...operands]
  if (operator.endsWith('=')) assign(scope, parameter, both, false)
  return both
}

/** The idioms for the last part of a path and for its directory. */
const cuts: Readonly<Record<string, (path: string) => string>> = {
  '##*/': baseName,
  '%/*': (path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path),
}

const literal = (word: Word): string | null =>
  (word.parts ?? []).some((part) => part.type !== 'Literal' && part.type !== 'SingleQuoted') ? null : word.value

const each = (values: readonly Arg[], change: (text: string) => string | null): readonly Arg[] =>
  values.map(({ text }) => ({ text: (isLiteral(text) ? change(text) : null) ?? unknown }))

function remove(text: string, piece: string, atStart: boolean): string {
  if (atStart) return text.startsWith(piece) ? text.slice(piece.length) : text
  return text.endsWith(piece) ? text.slice(0, text.length - piece.length) : text
}
