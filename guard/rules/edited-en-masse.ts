import type { Arg, Call } from '../reading/call.ts'
import { isGlob, readable, star } from '../reading/marks.ts'
import { readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'
import type { Match } from './rule.ts'

const inPlace = /^(-[a-zA-Z]*i\S*|--in-place\S*|inplace)$/
/** Where every file of a system, or of all its people, is meant. */
const wide =
  /^\/((etc|usr|boot|lib|opt|home|srv|root|bin|sbin|var(\/(lib|www|spool))?)(\/[\uE001]+)?)?\/?([\uE001]+[\w.]*)?$/
const settings = /^\/(etc|boot|usr\/lib\/systemd)(\/|$)/

/** `find /etc -exec sed -i`, `grep -rl x /etc | xargs sed -i`, `sed -i … /etc/*`: a change in as many files as there are. */
export function editedEnMasse(call: Call): Match | null {
  if (!call.args.some(({ text }) => inPlace.test(text))) return null
  const given = call.args.some(({ text }) => isOfMany(text)) ? filesOf(call).filter(isOfMany).map(fromRoot) : []
  const several = given.filter((path) => settings.test(path))
  const roots = [...given, ...rootsOf(call)].filter((path) => wide.test(path) || several.length > 1)
  return roots.length === 0
    ? null
    : {
        because: `It changes every file of ${roots.map(readable).slice(0, 3).join(', ')} in which it finds something.`,
        targets: roots.map(readable),
        ...(roots.some((path) => settings.test(path)) ? { risk: 'high' } : {}),
      }
}

const filesOf = (call: Call): readonly string[] =>
  readOptions(call.args, { short: 'e', long: ['expression'] }).rest.map(({ text }) => text)
const isOfMany = (path: string): boolean => path.startsWith('/') && isGlob(path)
const fromRoot = (path: string): string => resolvePath(path, '/')

const handing = new Set('xargs parallel find bfs fd fdfind'.split(' '))

/** The directories in which a list of files was looked for, with all that lies below them. */
function rootsOf(call: Call): readonly string[] {
  const { parent } = call
  const isHanded = call.repeated || (parent !== null && handing.has(parent.name))
  if (!isHanded && call.args.every(({ outputOf }) => outputOf === undefined)) return []
  const lists = [
    ...call.args.flatMap((arg) => arg.outputOf ?? []),
    ...(parent?.name === 'xargs' || parent?.name === 'parallel' ? [parent.stdin?.from ?? ''] : []),
    ...(call.repeated ? [call.stdin?.from ?? ''] : []),
  ]
  const found =
    parent !== null && /^(find|bfs|fd|fdfind)$/.test(parent.name) ? startsOf(parent.args, parent.cwds[0] ?? '') : []
  return [...found, ...lists.flatMap(listed)]
}

const startsOf = (args: readonly Arg[], cwd: string): readonly string[] => {
  const end = args.findIndex(({ text }) => /^[-(!]/.test(text))
  return args.slice(0, Math.max(0, end)).map(({ text }) => everythingIn(resolvePath(text, cwd)))
}

const everythingIn = (directory: string): string => `${directory === '/' ? '' : directory}/${star}`

const searches =
  /^\s*(?:sudo\s+)?(?:(?:find|bfs)\s+((?:\/\S*\s+)+)|(?:[efz]?grep|rg)\s(?:.*\s)?((?:\/\S*\s+)*\/\S*)\s*$)/
const recursively = /^\s*(?:sudo\s+)?(find|bfs|rg)\s|\s-\w*[rR]/

const longest = 500

function listed(source: string): readonly string[] {
  const first = source.split('|')[0]?.trim().slice(0, longest) ?? ''
  const [, ofFind, ofGrep] = recursively.test(first) ? (searches.exec(first) ?? []) : []
  return (ofFind ?? ofGrep ?? '')
    .split(/\s+/)
    .filter((root) => root.startsWith('/'))
    .map((root) => everythingIn(resolvePath(root.replaceAll(/["']/g, ''), '/')))
}
