import { byName } from '../reading/by-name.ts'

/** Verbs that take something away, or out of use, in the tongue of nearly every tool. */
const takes =
  'delete del destroy purge remove rm rmi drop wipe erase format prune reset forget uninstall unregister unload kill stop shutdown shut-down poweroff power-off halt reboot flush truncate clear evict revoke disable detach rollback roll-back revert terminate expire leave undeploy deregister decommission drain unset unlink demote deactivate suspend disconnect invalidate nuke zap obliterate factory-reset factoryreset factorydefaults expunge retire discard reinit overwrite offline standby fence stopall destroyall failover seal deprovision tombstone teardown tear-down undefine'

/** Verbs that only look, or make something that was not there. */
const spares =
  'list ls lists show get describe desc info status stat stats state create new add init import export read query search find view print dump tail head log logs cat download upload upgrade update set enable start restart reload resume run exec ssh scp connect login logout whoami version versions help man wait watch monitor top ps tree diff plan preview validate verify check lint test simulate estimate ping attach join assign associate tag untag label rename copy cp clone push pull put save snapshot backup apply deploy submit publish send call invoke generate issue renew refresh configure config console shell completion history report doctor debug diagnose explain lookup use switch select activate install open link mount accept approve promote subscribe grant allow register sync scan sign encrypt decrypt sort count events size du df usage whois graph metrics health ready alive env inspect render template build edit annotate modify patch resize extend expand grow protect hold what-if pause unpause unlock trigger retry rotate access account use-context'

/** Of these a tool may keep some, and take them away: what stands behind tells. */
const things =
  /^(config|configuration|configure|log|logs|tag|label|backup|snapshot|history|versions?|export|import|test|watch|copy|access|account|status|search|view|link|mount|console|env|environment|template|build|sync|state|stat|health|report|monitor|metrics|plan|install|attach|apply|publish|hold|register|grant|access|alias|size|patch|graph|subscribe|backup|use|top|check|access|key)$/i

const asPattern = (words: string): string => words.split(' ').join('|')

/** `delete`, `delete-all`, `user-del`, `apps:destroy`, `vm.destroy`, in any case of letters. */
const taking = new RegExp(String.raw`^(?:[\w-]+[-_.:/])?(?:${asPattern(takes)})(?:[-_.:/][\w-]*|all)?$`, 'i')
/** `deleteTopic`, `topicDelete`. */
const camelTaking = new RegExp(
  String.raw`^(?:(?:${asPattern(takes)})[A-Z]\w*|\w+(?:Delete|Destroy|Remove|Purge|Terminate|Shutdown|Reset|PowerOff))$`,
)
const sparing = new RegExp(
  String.raw`^(?:(?:[\w-]+[.:])?(?:${asPattern(spares)})(?:[-_.:/]\S*|all)?|[\w-]+-(?:list|info|show|get|status|stats|ls|create|add|describe|dump))$`,
  'i',
)
const camelSparing = new RegExp(String.raw`^(?:${asPattern(spares)})[A-Z]\w*$`)

export const isTaking = (word: string): boolean => taking.test(word) || camelTaking.test(word)
const isSparing = (word: string): boolean => sparing.test(word) || camelSparing.test(word)

type Tone = 'takes' | 'spares' | 'unknown'

/** What a word says by itself; a `thing` spares, where it is not what the next word does something to. */
const toneOfWord = byName((word): Tone | 'thing' => {
  // `list-deleted`, `enable-delete-protection`: what a word begins with counts before what it ends with.
  if (/^(list|get|describe|show|create|enable|add|read)[-_]/i.test(word)) return 'spares'
  if (isTaking(word)) return 'takes'
  if (!isSparing(word)) return 'unknown'
  return things.test(word) ? 'thing' : 'spares'
})

/** Whether a word spares, whatever stands behind it. */
export const isPlainlySparing = (word: string): boolean => toneOfWord(word) === 'spares'

/** What the words of a command say that it does: the first verb among them tells. */
export function toneOf(words: readonly string[]): Tone {
  for (let at = 0; at < words.length; at += 1) {
    const tone = toneOfWord(words[at] ?? '')
    if (tone === 'unknown') continue
    if (tone !== 'thing') return tone
    const next = words[at + 1]
    if (next === undefined || !/^[\w-]+$/.test(next) || !(isTaking(next) || isSparing(next))) return 'spares'
  }
  return 'unknown'
}

/** An option that tells a tool to take something away. */
export const takingOption = new RegExp(
  String.raw`^--(?:${asPattern(takes.replace(' format ', ' '))})(?:-(?:all|everything|data|volumes?|storage|cluster|database|user|users|host|node|key|keys|cert|config|account|group|domain|zone|snapshots?|backups?|files?|service|services|pool|disk|disks|partition|partitions|topic|queue|table|index|db|metadata|home|peer|rule|rules|force))?(?:=|$)|^--(?!(?:no|skip|without|enable|allow|on|if|ignore|pre|post|with|use|max|min|dont|before|after|keep|show|list|include|exclude)-)[a-z]+-(?:reset|delete|purge|wipe|destroy|erase|drop)$`,
)
