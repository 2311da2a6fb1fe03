import { asWrapper, behind } from './behind.ts'
import { behindUnknown, textsInOptions } from './hidden.ts'
import type { Call } from './call.ts'
import { findCommands } from './find.ts'
import { fromStdin, isStdin, type Inner } from './inner.ts'
import { parallel, xargs } from './lists.ts'
import { git } from './git.ts'
import { crontab, daemon, editor, fleet, interpreter, runParts, tar, terminal } from './programs.ts'
import { aliasText, evalTexts, setsUpShell, shell, trap } from './shell-texts.ts'
import { interpreterName, interpreters, shells } from './languages.ts'

/** Everything that a call runs in turn: what stands behind sudo, `sh -c`, xargs, find, ssh and their like. */
export function unwrap(call: Call): readonly Inner[] {
  const { name } = call
  if (shells.has(name)) return shell(call)
  if (name === 'eval') return evalTexts(call)
  if (name === 'source' || name === '.') {
    const [path, ...positional] = call.args
    if (path !== undefined && isStdin.test(path.text)) return fromStdin(call, 'child')
    return path === undefined || setsUpShell.test(path.outputOf ?? '')
      ? []
      : [{ kind: 'file', path, positional, shell: 'same' }]
  }
  if (name === 'trap') return trap(call)
  if (name === 'alias') return call.args.flatMap(({ text }) => (text.includes('=') ? [aliasText(text)] : []))
  if (name === 'xargs') return xargs(call)
  if (name === 'parallel') return parallel(call)
  if (name === 'find' || name === 'fd' || name === 'fdfind' || name === 'bfs') return findCommands(call)
  if (name === 'at' || name === 'batch') return fromStdin(call, 'child')
  if (name === 'crontab') return crontab(call)
  if (name === 'git') return [...git(call), ...textsInOptions(call)]
  if (name === 'tar' || name === 'bsdtar') return tar(call)
  if (name === 'run-parts') return runParts(call)
  if (name === 'start-stop-daemon') return daemon(call)
  if (name === 'tmux' || name === 'screen') return terminal(call)
  if (name === 'vi' || name === 'vim' || name === 'nvim' || name === 'ex') return editor(call)
  if (name === 'ansible' || name === 'salt' || name === 'pdsh' || name === 'clush' || name === 'pssh')
    return fleet(call)
  if (interpreters[interpreterName(name)] !== undefined) return interpreter(call)
  const texts = textsInOptions(call)
  const wrapped = asWrapper(call)
  if (wrapped !== null) return [...texts, ...behind(call, wrapped.wrapper, wrapped.args)]
  return [...texts, ...behindUnknown(call)]
}
