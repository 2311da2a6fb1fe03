import { saying } from '../reading/hidden.ts'
import { runsOthers } from '../reading/unwrap.ts'
import type { Arg, Call } from '../reading/call.ts'
import { isDynamic, isGlob, isLiteral } from '../reading/marks.ts'
import type { Match } from './rule.ts'

/** Verbs that no tool has for something harmless. */
const destroys =
  /(^|[-_.:])(destroy|wipe|nuke|zap|obliterate|factory-?(reset|defaults?)|(delete|remove|destroy|purge|erase)-?all|erase-?(all|disk|config))($|[-_.:])/i
/** Verbs that are harmless where one thing is named. */
const removes = /^-{0,2}(delete|del|remove|rm|uninstall|expunge|purge|terminate|stop|kill|disable|drop|evict)$/i
const everything = /^(-a|-A|--?all|all|ALL|\*)$/
const anyVerb =
  /de(l|stroy)|rem|rm|wipe|nuke|zap|obli|factory|all|erase|purge|expunge|termin|stop|kill|disab|drop|evict/i
/** Files, addresses and settings are no verbs. */
const noVerb = /[/=@\\]|\.(\w{1,4}|service|socket|timer|target|json|yaml|html)$|^-\w+$/
/** What these remove is made anew. */
const madeAnew = /cache|tmp|temp|session|metrics?|label|tag|alias|bookmark|draft|controller|scaffold|generator/i

const few = 3

/** A program that no rule knows is told to destroy, or to remove whatever a list holds. */
export function toldToDestroy(call: Call): Match | null {
  if (!call.args.some(({ text }) => anyVerb.test(text)) || saying.has(call.name) || isOwn(call.program.text))
    return null
  const verbs = call.args.slice(0, few + 1).filter(({ text }) => text.length > 2 && !noVerb.test(text))
  if (!verbs.some(({ text }) => destroys.test(text) || removes.test(text))) return null
  if (runsOthers(call.name) || !isLiteral(call.name)) return null
  if (call.args.some(({ text }) => madeAnew.test(text) || dry.test(text))) return null
  if (verbs.some(({ text }) => destroys.test(text)))
    return { because: `${call.name} is not known here, and its words say that it destroys.`, targets: [] }
  const at = call.args.findIndex(({ text }) => removes.test(text))
  return isBulk(call, call.args.slice(at + 1))
    ? { because: `${call.name} is not known here, and is told to remove or stop many things at once.`, targets: [] }
    : null
}

const dry = /^--?(dry[-_]?run|simulate|check|help|what-?if|plan|diff|list)\b/i

/** A script of one's own is judged by what is in it. */
const isOwn = (program: string): boolean => /^\.{1,2}\/|\.(sh|py|pl|rb|js|ts)$/.test(program)

const isBulk = (call: Call, given: readonly Arg[]): boolean =>
  call.open !== null ||
  (call.repeated && given.some(({ text, outputOf }) => outputOf !== undefined || isDynamic(text) || isGlob(text))) ||
  given.some(({ text, outputOf }) => everything.test(text) || (outputOf !== undefined && isDynamic(text))) ||
  given.filter(({ text }) => !text.startsWith('-')).length > few
