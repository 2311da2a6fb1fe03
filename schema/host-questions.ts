/** What the guard wants counted on the host itself before a person decides (spec GUARD-8, GUARD-27). */
export type HostQuestion =
  | { readonly kind: 'containers'; readonly which: 'running' | 'all' }
  | { readonly kind: 'services'; readonly pattern: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'datasets'; readonly root: string }
  | { readonly kind: 'sessions' }
  | { readonly kind: 'guests' }
  | { readonly kind: 'parity' }

/** What is below a path; counting stops at a limit, which `more` says. */
export type PathAnswer = { readonly files: number; readonly bytes: number | null; readonly more: boolean }

/** A parity operation of an Unraid array that is under way. */
export type ParityAnswer = {
  readonly running: boolean
  readonly percentage: number | null
  readonly remaining: string | null
}

/** What the host said. A field that is not there could not be counted, and an estimate stands in for it. */
export type HostAnswers = {
  readonly containers?: { readonly running?: readonly string[]; readonly all?: readonly string[] }
  readonly services?: Readonly<Record<string, readonly string[]>>
  readonly paths?: Readonly<Record<string, PathAnswer>>
  readonly datasets?: Readonly<Record<string, readonly string[]>>
  readonly sessions?: readonly string[]
  readonly guests?: readonly string[]
  readonly parity?: ParityAnswer
}
