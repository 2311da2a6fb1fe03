import type { ActionType } from '../../schema/guard.ts'
import { effectsOf } from '../effects/effects.ts'
import { needleFor } from '../needles.ts'
import { writtenText } from '../rules/written-text.ts'
import { ofLastCall, type Call } from '../reading/call.ts'
import { isLiteral, readable, unknown } from '../reading/marks.ts'
import { broughtBy } from './sed-text.ts'
import { openings, type Opening } from './openings.ts'
import { shutting } from './shutting.ts'

export type Opened = { readonly because: string; readonly targets: readonly string[] }

const editors = new Set('sed gsed perl ruby ed ex awk gawk'.split(' '))
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

/** Most paths are none of these files, which one look tells. */
const mayOpen = needleFor([...openings, ...shutting].map(({ path }) => path))

/** Files that get a new text, or one more line, as far as an opening looks at them. */
const writtenPaths = ofLastCall((call): readonly Written[] => {
  const written: Written[] = []
  for (const { path, how } of effectsOf(call))
    if (how === 'appends' || how === 'replaces') written.push({ path, as: how === 'appends' ? 'added' : 'whole' })
  if (editors.has(call.name) && call.args.some(({ text }) => inPlace.test(text)))
    for (const { text } of call.args) if (text.startsWith('/')) written.push({ path: text, as: 'edited' })
  return written.filter(({ path }) => mayOpen?.test(path) !== false)
})

const longest = 20_000

function textOf(call: Call): string {
  if (editors.has(call.name))
    return broughtBy(
      call.args
        .map(({ text }) => text)
        .join('\n')
        .slice(0, longest),
    )
  return (writtenText(call) ?? call.args.map(({ text }) => text).join(' ')).slice(0, longest)
}
