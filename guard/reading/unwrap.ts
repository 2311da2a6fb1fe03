import { asWrapper, behind, isWrapper } from './behind.ts'
import { behindUnknown, textsInOptions } from './hidden.ts'
import type { Call } from './call.ts'
import { findCommands } from './find.ts'
import { fromStdin, isStdin, type Inner } from './inner.ts'
import { parallel, xargs } from './lists.ts'
import { git } from './git.ts'
import { crontab, daemon, editor, fleet, interpreter, runParts, tar, terminal } from './programs.ts'
import { aliasText, evalTexts, setsUpShell, shell, trap } from './shell-texts.ts'
import { interpreterName, interpreters, shells } from './languages.ts'

type Unwrap = (call: Call) => readonly Inner[]

/** Programs whose words are read in a way of their own. */
const ownWays: readonly (readonly [names: string, unwrap: Unwrap])[] = [
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
  ['git', (call) => [...git(call), ...textsInOptions(call)]],
  ['tar bsdtar', tar],
  ['run-parts', runParts],
  ['start-stop-daemon', daemon],
  ['tmux screen', terminal],
  ['vi vim nvim ex', editor],
  ['ansible salt pdsh clush pssh parallel-ssh mussh', fleet],
]

const byName = new Map(ownWays.flatMap(([names, way]) => names.split(' ').map((name) => [name, way] as const)))

const isInterpreter = new Set(Object.keys(interpreters))

/** Whether a program is known for what it runs in turn: its own words do nothing else. */
export const runsOthers = (name: string): boolean =>
  byName.has(name) || isInterpreter.has(interpreterName(name)) || isWrapper(name)

/** Everything that a call runs in turn: what stands behind sudo, `sh -c`, xargs, find, ssh and their like. */
export function unwrap(call: Call): readonly Inner[] {
  const own = byName.get(call.name)
  if (own !== undefined) return own(call)
  if (isInterpreter.has(interpreterName(call.name))) return interpreter(call)
  const texts = textsInOptions(call)
  const wrapped = asWrapper(call)
  const inner = wrapped === null ? behindUnknown(call) : behind(call, wrapped.wrapper, wrapped.args)
  return texts.length === 0 ? inner : [...texts, ...inner]
}

function sourced(call: Call): readonly Inner[] {
  const [path, ...positional] = call.args
  if (path !== undefined && isStdin.test(path.text)) return fromStdin(call, 'child')
  return path === undefined || setsUpShell.test(path.outputOf ?? '')
    ? []
    : [{ kind: 'file', path, positional, shell: 'same' }]
}
