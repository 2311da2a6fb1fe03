import { structuredPatch } from 'diff'
import type { Palette } from './colour.ts'

export type FileDiff = {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
  readonly mode?: string | null | undefined
  readonly owner?: string | null | undefined
}

const context = 3
const timeoutMs = 2_000
/** A diff of more lines is cut: nobody reads it in a terminal, and `--json` has it whole. */
const mostLines = 400

/** What a plan does to one file, in the unified form that `diff -u` prints. */
export function diffLines(file: FileDiff, paint: Palette): string[] {
  const { path, before, after } = file
  const aside = [file.mode ? `mode ${file.mode}` : '', file.owner ? `owner ${file.owner}` : '']
    .filter(Boolean)
    .join(', ')
  const head = [
    paint.bold(`--- ${before === null ? '/dev/null' : path}`),
    paint.bold(`+++ ${after === null ? '/dev/null' : path}${aside ? `  (${aside})` : ''}`),
  ]
  const patch = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, {
    context,
    timeout: timeoutMs,
  })
  if (patch === undefined) return [...head, paint.yellow('too different to be shown in time')]
  const body = patch.hunks.flatMap((hunk) => [
    paint.cyan(`@@ -${rangeOf(hunk.oldStart, hunk.oldLines)} +${rangeOf(hunk.newStart, hunk.newLines)} @@`),
    ...hunk.lines.map((line) => coloured(line, paint)),
  ])
  if (body.length === 0) return [...head, paint.dim('(the content stays as it is)')]
  const hidden = body.length - mostLines
  return [...head, ...body.slice(0, mostLines), ...(hidden > 0 ? [paint.dim(`… and ${hidden} more lines`)] : [])]
}

/** An empty range starts one line earlier, in the unified form as GNU diff writes it. */
const rangeOf = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`

function coloured(line: string, paint: Palette): string {
  // A host's file may hold control characters; a terminal must not obey them.
  const safe = line.replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '�') // oxlint-disable-line no-control-regex -- they are what is replaced
  if (safe.startsWith('+')) return paint.green(safe)
  if (safe.startsWith('-')) return paint.red(safe)
  return safe
}
