import { byName } from '../reading/by-name.ts'
import type { Call } from '../reading/call.ts'
import { saying } from '../reading/hidden.ts'
import { isLiteral } from '../reading/marks.ts'
import { runsOthers } from '../reading/unwrap.ts'
import type { ClosedMatch } from './closed.ts'
import { isTame } from './tame.ts'
import { takingOption, toneOf } from './verbs.ts'
import { leading, onlyTries, textOf } from './words.ts'

const few = 3
/** Files, addresses and settings are no verbs. */
const noVerb = /[/=@\\$]|\.(\w{1,4}|service|socket|timer|target|json|yaml|html)$/
const maybe = new RegExp(
  'del|destroy|purge|rem|rm|drop|wipe|erase|format|prune|reset|forget|regist|install|kill|stop|shut|power|halt|boot|flush|trunc|clear|evict|revo|disab|detach|roll|term|expir|leave|deploy|commission|drain|unset|unlink|demote|activ|suspend|disconn|invalid|nuke|zap|oblit|factory|expunge|retire|discard|reinit|overwr|offline|standby|fence|fail|seal|empty|provision|tomb|tear|load',
  'i',
)

/** A program that no table knows is told to take something away, by its verb or by an option. */
export function openMatch(call: Call): ClosedMatch | null {
  if (isJudged(call.name) || call.args.length === 0) return null
  const words = leading(call)
    .slice(0, few)
    .filter((word) => !noVerb.test(word))
  if (words.length === 0 && !call.args.some((arg) => arg.text.startsWith('--'))) return null
  if (!call.args.some((arg) => maybe.test(arg.text)) || isOwn(call.program.text)) return null
  const text = textOf(call)
  if (onlyTries(call, text) || isTame(call.name, text)) return null
  const says = toneOf(words) === 'takes' || call.args.some((arg) => takingOption.test(arg.text))
  return says
    ? {
        action: 'opaque',
        match: {
          because: `${call.name} is not known here, and its words say that it takes something away.`,
          targets: [],
          risk: 'medium',
        },
      }
    : null
}

/** Cmdlets of PowerShell, which the reader of its shells has judged. */
export const isCmdlet = byName((name) => /^[A-Z][a-z]+-[A-Z]\w+$/.test(name))

/** Its words are judged elsewhere, or do nothing, or which program it is only the host knows. */
const isJudged = byName((name) => saying.has(name) || runsOthers(name) || !isLiteral(name) || isCmdlet(name))

/** A script whose name says that it destroys; what is in it only the host knows. */
const destroysByName =
  /(^|[-_./])(destroy|wipe|nuke|tear-?down|decommission|factory-?reset|obliterate|erase|purge|zap)([-_.]?\w+)*\.(sh|py|pl|rb|js|ts|bash)$/i
const isToldByName = byName((script) => destroysByName.test(script))
const runsScripts = byName((name) => /^((ba|da|z|k)?sh|python[\d.]*|perl|ruby|node|source|\.)$/.test(name))

/** A script is judged by what is in it; where that is not known, its name may tell. */
export function scriptMatch(call: Call): ClosedMatch | null {
  const script = runsScripts(call.name) ? call.args[0]?.text : call.name
  if (script === undefined || !isToldByName(script) || onlyTries(call, textOf(call))) return null
  return {
    action: 'opaque',
    match: { because: 'The name of the script says that it destroys.', targets: [], risk: 'medium' },
  }
}

/** A script of one's own is judged by what is in it. */
const isOwn = (program: string): boolean => /^\.{1,2}\/|\.(sh|py|pl|rb|js|ts)$/.test(program)
