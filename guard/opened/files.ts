import type { ActionType } from '../../schema/guard.ts'
import { effectsOf } from '../effects/effects.ts'
import { writtenText } from '../rules/written-text.ts'
import { ofLastCall, type Call } from '../reading/call.ts'
import { isLiteral, readable, unknown } from '../reading/marks.ts'
import { broughtBy } from './sed-text.ts'
import { openings, type Opening } from './openings.ts'
import { shutting } from './shutting.ts'

export type Opened = { readonly because: string; readonly targets: readonly string[] }

const editors = /^(g?sed|perl|ruby|ed|ex|awk|gawk)$/
const byAction = new Map<ActionType, Opening[]>()
for (const opening of [...openings, ...shutting])
  byAction.set(opening.action, [...(byAction.get(opening.action) ?? []), opening])
const inPlace = /^(-[a-zA-Z]*i|--in-place)/
const downloads = /^(curl|wget|lynx|fetch|aria2c)$|\b(curl|wget)\s/

/** What a call writes into the files by which a machine lets people in, that opens it wider; of one kind of act. */
export function opensFiles(call: Call, action: ActionType): Opened | null {
  const paths = writtenPaths(call)
  if (paths.length === 0) return null
  let text: string | null | undefined
  for (const opening of byAction.get(action) ?? []) {
    const hit = paths.filter(
      ({ path, as }) =>
        (as !== 'whole' || opening.added !== true) &&
        (as === 'edited' || opening.edited !== true) &&
        (as === 'whole' || opening.whole !== true) &&
        opening.path.test(path),
    )
    if (hit.length === 0) continue
    text ??= textOf(call)
    if (opens(opening, text, call)) return { because: opening.because, targets: hit.map(({ path }) => readable(path)) }
  }
  return null
}

const opens = ({ text: opening, unless, unseen, whole }: Opening, text: string, call: Call): boolean =>
  (opening.test(text) && unless?.test(text) !== true && (whole !== true || isKnown(call))) ||
  (unseen === true && comesFromAfar(call))

/** Of a text that only the host knows, nobody can say what it lacks. */
const isKnown = (call: Call): boolean => isLiteral(writtenText(call) ?? unknown)

/** Whoever has the address of it decides what stands there. */
const comesFromAfar = (call: Call): boolean =>
  downloads.test(call.name) || (call.stdin !== null && call.stdin.read() === null && downloads.test(call.stdin.from))

type Written = { readonly path: string; readonly as: 'whole' | 'added' | 'edited' }

/** Files that get a new text, or one more line. */
const writtenPaths = ofLastCall((call): readonly Written[] => {
  const written = effectsOf(call).flatMap(({ path, how }) =>
    how === 'appends' || how === 'replaces' ? [{ path, as: how === 'appends' ? 'added' : 'whole' } as const] : [],
  )
  if (!editors.test(call.name) || !call.args.some(({ text }) => inPlace.test(text))) return written
  const edited = call.args.flatMap(({ text }) => (text.startsWith('/') ? [{ path: text, as: 'edited' } as const] : []))
  return [...written, ...edited]
})

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
