import type { ActionType } from '../../schema/guard.ts'
import { effectsOf } from '../effects/effects.ts'
import { writtenText } from '../rules/written-text.ts'
import type { Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import { broughtBy } from './sed-text.ts'
import { openings, type Opening } from './openings.ts'

export type Opened = { readonly because: string; readonly targets: readonly string[] }

const editors = /^(g?sed|perl|ruby|ed|ex|awk|gawk)$/
const inPlace = /^(-[a-zA-Z]*i|--in-place)/
const downloads = /^(curl|wget|lynx|fetch|aria2c)$|\b(curl|wget)\s/

/** What a call writes into the files by which a machine lets people in, that opens it wider; of one kind of act. */
export function opensFiles(call: Call, action: ActionType): Opened | null {
  const paths = writtenPaths(call)
  if (paths.length === 0) return null
  let text: string | null | undefined
  for (const opening of openings) {
    if (opening.action !== action) continue
    const hit = paths.filter(({ path, added }) => (added || opening.added !== true) && opening.path.test(path))
    if (hit.length === 0) continue
    text ??= textOf(call)
    if (opens(opening, text, call)) return { because: opening.because, targets: hit.map(({ path }) => readable(path)) }
  }
  return null
}

const opens = ({ text: opening, unless, unseen }: Opening, text: string, call: Call): boolean =>
  (opening.test(text) && unless?.test(text) !== true) || (unseen === true && comesFromAfar(call))

/** Whoever has the address of it decides what stands there. */
const comesFromAfar = (call: Call): boolean =>
  downloads.test(call.name) || (call.stdin !== null && call.stdin.read() === null && downloads.test(call.stdin.from))

type Written = { readonly path: string; readonly added: boolean }

/** Files that get a new text, or one more line. */
function writtenPaths(call: Call): readonly Written[] {
  const written = effectsOf(call).flatMap(({ path, how }) =>
    how === 'appends' || how === 'replaces' ? [{ path, added: how === 'appends' }] : [],
  )
  if (!editors.test(call.name) || !call.args.some(({ text }) => inPlace.test(text))) return written
  return [...written, ...call.args.flatMap(({ text }) => (text.startsWith('/') ? [{ path: text, added: true }] : []))]
}

const longest = 20_000

function textOf(call: Call): string {
  if (editors.test(call.name))
    return broughtBy(
      call.args
        .map(({ text }) => text)
        .join('\n')
        .slice(0, longest),
    )
  return (writtenText(call) ?? call.args.map(({ text }) => text).join(' ')).slice(0, longest)
}
