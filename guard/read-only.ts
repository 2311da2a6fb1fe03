import { doors, readers } from './harmless-programs.ts'
import type { Call, Redirect } from './reading/call.ts'
import { readFind } from './reading/find.ts'
import { hasAny } from './reading/options.ts'
import { readDocker } from './rules/docker.ts'
import { findIn } from './findings.ts'

/** Whether a command surely changes nothing, so that it need not wait for the server's lock. What is not known is not read-only. */
export function isReadOnly(command: string): boolean {
  const { reading, found } = findIn(command, 'generic')
  return (
    reading.unclear.length === 0 &&
    reading.calls.length > 0 &&
    reading.calls.every((call) => onlyReads(call, reading.calls)) &&
    found.length === 0
  )
}

function onlyReads(call: Call, calls: readonly Call[]): boolean {
  if (call.redirects.some(writesFile)) return false
  const words = call.args.map((arg) => arg.text)
  switch (call.name) {
    case '':
      return call.redirects.length === 0
    case 'find': {
      const { deletes, commands } = readFind(call)
      return !deletes && commands.length === 0 && !words.some((word) => /^-f(print|ls)/.test(word))
    }
    case 'sed':
      return !words.some(changesFiles)
    case 'docker': {
      const docker = readDocker(call)
      return (
        docker !== null &&
        !hasAny(docker.options, 'o', 'output') &&
        /^(ps|ls|list|logs|inspect|stats|top|images|version|info|df|port|diff|history|events|search|config)$/.test(
          docker.verb,
        )
      )
    }
    case 'dpkg':
      return (
        words.some((word) => /^(-[lLsSp]|--(list|listfiles|status|search|print-\S+|get-selections))$/.test(word)) &&
        !words.some((word) =>
          /^(-[irPA]|--(install|remove|purge|configure|unpack|set-selections|clear|add|update))/.test(word),
        )
      )
    default:
      return doors.has(call.name) ? onlyLeads(call, calls) : isTold(call.name, words)
  }
}

const writesFile = ({ operator, target }: Redirect): boolean =>
  operator === '>&'
    ? !/^(\d+-?|-)$/.test(target.text)
    : /^(>|>>|>\||&>|&>>|<>)$/.test(operator) && !/^\/dev\/(null|stdout|stderr)$/.test(target.text)

/** In-place editing, scripts from files, and the commands of sed that write or run. */
const changesFiles = (word: string): boolean =>
  /^(-[a-zA-Z]*[if]|--(in-place|file))/.test(word) ||
  /(^|[;{}\s\d$/!])[wWe](\s|$)/.test(word) ||
  /[^\w\s][gpImM\d]*[we]\w*(\s|;|\}|$)/.test(word)

/** What a door leads to is looked at by itself; a door to a shell, or to a file, leads anywhere. */
function onlyLeads(call: Call, calls: readonly Call[]): boolean {
  const leads = calls.some(({ parent }) => parent === call)
  const words = call.args.map((arg) => arg.text)
  if (call.name === 'xargs') return leads || words.every((word) => word.startsWith('-'))
  if (call.name === 'sudo' && words.some((word) => /^(-e|--edit)$/.test(word))) return false
  if (/^(ba|da|z)?sh$/.test(call.name)) return words.some((word) => /^-[a-z]*c$/.test(word))
  return leads || call.name === 'eval'
}

function isTold(name: string, words: readonly string[]): boolean {
  const reads = Object.hasOwn(readers, sameReader(name)) ? readers[sameReader(name)] : undefined
  if (reads === undefined || words.some((word) => reads.never?.test(word))) return false
  const { must, values = '' } = reads
  const isValue = (before: string): boolean => /^-.$/.test(before) && values.includes(before.charAt(1))
  const told = words.filter((_, index) => !isValue(words[index - 1] ?? ''))
  const given = told.filter((word) => !/^-./.test(word))
  if (reads.words !== undefined && given.length > reads.words) return false
  if (must !== undefined && !told.some((word) => must.test(word))) return false
  return reads.verbs === undefined || reads.verbs.test(verbOf(name, words))
}

const sameReader = (name: string): string => (/^[gm]awk$/.test(name) ? 'awk' : name)

/** The verb stands first, but for options that are known to take no word or this one. */
function verbOf(name: string, words: readonly string[]): string {
  const rest = [...words]
  for (let word = rest[0]; word?.startsWith('-') === true; word = rest[0]) {
    rest.shift()
    if (/^(-n|--namespace)$/.test(word) && name === 'kubectl') rest.shift()
    else if (
      !/^(--no-pager|--all|-a|--user|-q|--quiet|--failed|-br|-brief|-4|-6|-s|-d|-j|-o|-c|-color\S*|-l|--full|--plain|--no-legend)$/.test(
        word,
      ) &&
      !/^--\w[\w-]*=/.test(word)
    )
      return word
  }
  return rest[0] ?? ''
}
