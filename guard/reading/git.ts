import type { Call } from './call.ts'
import { text, type Inner } from './inner.ts'
import { readOptions } from './options.ts'

/** Settings whose value git runs. */
const runsSetting =
  /^(core\.(sshcommand|pager|editor|askpass|fsmonitor|gitproxy)|sequence\.editor|pager\.[\w-]+|gpg\.(.*\.)?program|diff\.external|diff\..*\.(command|textconv)|merge\..*\.driver|(diff|merge)tool\..*\.cmd|filter\..*\.(clean|smudge|process)|credential\.(.*\.)?helper|uploadpack\.packobjectshook|sendemail\.(smtpserver|tocmd|cccmd)|browser\..*\.cmd|man\..*\.cmd|instaweb\.httpd|remote\..*\.(uploadpack|receivepack))$/

/** Without one of these among its words it runs nothing that it is given. */
const mayRun = /=|^(?:config|submodule|rebase|filter-branch|bisect|--(?:upload|receive)-pack)$|^ext::/
const nothing: readonly Inner[] = []

/** What git would run: aliases, hooks in settings, commands handed to its sub-commands. */
export function git(call: Call): readonly Inner[] {
  if (!call.args.some(({ text: word }) => mayRun.test(word))) return nothing
  const texts = call.args.map((arg) => arg.text)
  const { rest } = readOptions(
    call.args,
    { short: 'cC', long: ['git-dir', 'work-tree', 'exec-path'] },
    'until_first_word',
  )
  const [verb = '', ...words] = rest.map((arg) => arg.text)
  return [...settings(texts, verb), ...handed(texts, verb, words)].map((value) => text(value))
}

function settings(texts: readonly string[], verb: string): string[] {
  const given = texts.flatMap((word, index): [string, string][] => {
    const [, key, value] = /^(?:-c|--config=)?([\w-]+(?:\.[^=]+)?\.[\w-]+)=(.*)$/s.exec(word) ?? []
    if (key !== undefined && value !== undefined) return [[key, value]]
    const next = texts[index + 1]
    return verb === 'config' && next !== undefined && /^[\w-]+\..*\w$/.test(word) ? [[word, next]] : []
  })
  return given.flatMap(([key, value]) => {
    if (/^alias\./i.test(key))
      return value.startsWith('!') ? [value.slice(1)] : verb === 'config' ? [] : [`git ${value}`]
    if (!runsSetting.test(key.toLowerCase())) return []
    const command = value.replace(/^!/, '')
    return /helper$/i.test(key) && !value.startsWith('!') && !value.startsWith('/') ? [] : [command]
  })
}

function handed(texts: readonly string[], verb: string, words: readonly string[]): string[] {
  const foreach = verb === 'submodule' ? words.indexOf('foreach') : -1
  const each =
    foreach < 0
      ? []
      : [
          words
            .slice(foreach + 1)
            .filter((word) => !word.startsWith('-'))
            .join(' '),
        ]
  const option =
    verb === 'rebase'
      ? /^(?:--exec|-x)$/
      : verb === 'filter-branch'
        ? /^--(?:tree|index|msg|env|parent|commit|tag-name)-filter$/
        : /^--(?:upload-pack|receive-pack)$/
  const behind = texts.flatMap((word, index) => (option.test(word) ? (texts[index + 1] ?? []) : []))
  const inline = texts.flatMap((word) => /^--(?:exec|upload-pack|receive-pack)=(.*)$/s.exec(word)?.[1] ?? [])
  const transports = texts.flatMap((word) => /^ext::(.*)$/s.exec(word)?.[1] ?? [])
  const bisect = verb === 'bisect' && words[0] === 'run' ? [words.slice(1).join(' ')] : []
  return [...each, ...behind, ...(verb === 'diff' ? [] : inline), ...transports, ...bisect]
}
