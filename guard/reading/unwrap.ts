import { asWrapper, behind, isWrapper } from './behind.ts'
import { behindUnknown, keepsItsWords, takesTexts, textsInOptions } from './hidden.ts'
import type { Call } from './call.ts'
import { findCommands } from './find.ts'
import { fromStdin, isStdin, type Inner } from './inner.ts'
import { parallel, xargs } from './lists.ts'
import { cmake, foreign, foreignLanguages } from './foreign.ts'
import { git } from './git.ts'
import { crontab, daemon, editor, fleet, interpreter, runParts, tar, terminal } from './programs.ts'
import { transferClients, transfers } from './transfers.ts'
import { aliasText, evalTexts, setsUpShell, shell, trap } from './shell-texts.ts'
import { interpreterName, interpreters, shells } from './languages.ts'

/** How a program's words are read for what it runs in turn. */
export type Way = (call: Call) => readonly Inner[]

/** Programs whose words are read in a way of their own. */
const ownWays: readonly (readonly [names: string, way: Way])[] = [
  [[...shells].join(' '), shell],
  ['eval', evalTexts],
  ['source .', sourced],
  ['trap', trap],
  ['alias', (call) => call.args.flatMap(({ text }) => (text.includes('=') ? [aliasText(text)] : []))],
  ['xargs', xargs],
  ['parallel', parallel],
  ['find fd fdfind bfs', findCommands],
  ['at batch', (call) => fromStdin(call, 'child')],
  ['crontab', crontab],
  ['git', git],
  ['tar bsdtar', tar],
  ['run-parts', runParts],
  ['start-stop-daemon', daemon],
  ['tmux screen', terminal],
  [transferClients, transfers],
  ['vi vim nvim ex', editor],
  [foreignLanguages, foreign],
  ['cmake', cmake],
  ['ansible salt pdsh clush pssh parallel-ssh mussh', fleet],
]

const byName = new Map(ownWays.flatMap(([names, way]) => names.split(' ').map((name) => [name, way] as const)))

const isInterpreter = new Set(Object.keys(interpreters))

/** Whether a program is known for what it runs in turn: its own words do nothing else. */
export const runsOthers = (name: string): boolean =>
  byName.has(name) || isInterpreter.has(interpreterName(name)) || isWrapper(name)

/**
 * The way to everything that a program runs in turn: what stands behind sudo, `sh -c`, xargs, find, ssh and their like;
 * null where it runs none of its words.
 */
export function wayOf(name: string): Way | null {
  const own = byName.get(name)
  if (own !== undefined) return own
  if (isInterpreter.has(interpreterName(name))) return interpreter
  const texts = takesTexts.has(name) ? textsInOptions : null
  const words = isWrapper(name) ? behindWrapper : keepsItsWords(name) ? null : behindUnknown
  return texts === null || words === null ? (texts ?? words) : (call) => [...texts(call), ...words(call)]
}

function behindWrapper(call: Call): readonly Inner[] {
  const wrapped = asWrapper(call)
  return wrapped === null ? behindUnknown(call) : behind(call, wrapped.wrapper, wrapped.args)
}

function sourced(call: Call): readonly Inner[] {
  const [path, ...positional] = call.args
  if (path !== undefined && isStdin.test(path.text)) return fromStdin(call, 'child')
  return path === undefined || setsUpShell.test(path.outputOf ?? '')
    ? []
    : [{ kind: 'file', path, positional, shell: 'same' }]
}
