import { ofLastCall, type Call } from '../reading/call.ts'
import { isLiteral } from '../reading/marks.ts'

const mostShown = 300

/** All words, of which a long one may be a whole file: its beginning tells. */
export const textOf = ofLastCall(({ args }) =>
  // Joined at once it is one string; put together piece by piece, each search would flatten it first.
  (args.length > mostShown ? args.slice(0, mostShown) : args)
    .map(({ text }) => (text.length > mostShown ? text.slice(0, mostShown) : text))
    .join(' '),
)

const mostWords = 8
const noValues: ReadonlySet<string> = new Set()

/** The words up to the first option behind one: what stands later names things. */
export function leading({ args }: Call, takesValue: ReadonlySet<string> = noValues): string[] {
  const words: string[] = []
  for (let at = 0; at < args.length && words.length < mostWords; at += 1) {
    const text = args[at]?.text ?? ''
    if (!text.startsWith('-') || text === '-') words.push(text)
    else if (words.length > 1 && !takesValue.has(text)) break
    else at += takesValue.has(text) ? 1 : 0
  }
  return words
}

const tries =
  /(^|\s)(--?dry-?run(=(client|server|true|all|yes|1))?|--dryrun|--help|--simulate|--noop|--no-?op|--no-?act|--what-?if|--check|--just-print)(\s|$)|(^|\s)(-h|-\?|help|--version)$|^(help|version)(\s|$)/i

/** Whether it is only asked what it would do, or how it is used. */
export const onlyTries = (call: Call, text: string): boolean =>
  tries.test(text) && call.args.every(({ text: word }) => isLiteral(word) || !word.startsWith('-'))
