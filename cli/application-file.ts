import { readFileSync } from 'node:fs'
import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { Application } from '../schema/application.ts'
import { usage } from './failure.ts'

/** One thing that is wrong with a file, and on which of its lines. */
export type Fault = { readonly line: number; readonly field: string; readonly problem: string }

export type ReadApplication =
  | { readonly kind: 'application'; readonly application: Application }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }

/** The application that a YAML text declares, or every fault in it by its line. */
export function parseApplication(text: string): ReadApplication {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true })
  if (document.errors.length > 0)
    return faults(
      document.errors.map(({ pos, message }) => ({
        line: counter.linePos(pos[0]).line,
        field: 'YAML',
        problem: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'cannot be read',
      })),
    )
  const parsed = Application.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (parsed.success) return { kind: 'application', application: parsed.data }
  const lineOf = (path: readonly PropertyKey[]): number => counter.linePos(offsetOf(document.contents, path)).line
  return faults(parsed.error.issues.flatMap((issue) => faultsOf(issue, lineOf)))
}

const faults = (found: readonly Fault[]): ReadApplication => ({
  kind: 'faults',
  faults: found.toSorted((a, b) => a.line - b.line),
})

function faultsOf(issue: z.core.$ZodIssue, lineOf: (path: readonly PropertyKey[]) => number): Fault[] {
  const fault = (path: readonly PropertyKey[], problem: string): Fault => ({
    line: lineOf(path),
    field: path.map(String).join('.') || 'the file',
    problem,
  })
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => fault([...issue.path, key], 'is no field here'))
  if (issue.code === 'invalid_key') return [fault(issue.path, issue.issues[0]?.message ?? issue.message)]
  if (issue.code === 'invalid_union')
    return [fault(issue.path, 'expected text, a number, true or false, or {secret: NAME}')]
  return [fault(issue.path, issue.message.replace(/^Invalid input: /, ''))]
}

/** Where in the text the deepest part of a path stands that is there. */
function offsetOf(contents: unknown, path: readonly PropertyKey[]): number {
  let at = contents
  let offset = startOf(contents)
  for (const part of path) {
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (pair === undefined) return offset
      offset = startOf(pair.key)
      at = pair.value
    } else if (isCollection(at)) {
      at = at.get(part, true)
      offset = isNode(at) ? startOf(at) : offset
    } else return offset
  }
  return offset
}

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0)

/** Reads the file that declares an application; what is wrong in it is told line by line. */
export function readApplicationFile(path: string): Application {
  const read = parseApplication(textOf(path))
  if (read.kind === 'application') return read.application
  const lines = read.faults.map(({ line, field, problem }) => `${path}:${line}: ${field}: ${problem}`)
  throw usage([`${path} declares no application:`, ...lines].join('\n'))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usage(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`)
  }
}
