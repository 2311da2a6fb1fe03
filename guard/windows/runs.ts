import { unknown } from '../reading/marks.ts'
import type { WindowsCommand } from './text.ts'
import { plainWords, valuesOf } from './words.ts'

/** A text that a command would run; where it is not known, why. */
export type Run = { readonly text: string; readonly known: boolean }

const fetches =
  /\b(iwr|irm|invoke-webrequest|invoke-restmethod|curl|wget|downloadstring|downloadfile|webclient|start-bitstransfer|frombase64string)\b/i
const unreadable = (text: string): Run => ({ text, known: false })
const script = (text: string): Run => ({ text, known: true })

/** What stands behind powershell, cmd, Invoke-Expression and their like. */
export function runs(command: WindowsCommand): readonly Run[] {
  const { name, words } = command
  switch (name) {
    case 'powershell':
    case 'pwsh':
      return ofPowerShell(command)
    case 'cmd':
      return words.some((word) => /^\/[ckr]/i.test(word))
        ? [script(words.slice(words.findIndex((word) => /^\/[ckr]/i.test(word)) + 1).join(' '))]
        : []
    case 'iex':
    case 'invoke-expression':
      return ofExpression(command)
    case 'call':
    case 'start':
      return [script(words.filter((word, at) => !(at === 0 && word === '') && !/^\/[a-z]/i.test(word)).join(' '))]
    case 'start-process':
    case 'saps':
      return [
        script(
          [
            valuesOf(command, 'filepath')[0] ?? plainWords(command)[0] ?? '',
            ...plainWords(command).slice(valuesOf(command, 'filepath').length === 0 ? 1 : 0),
            ...argumentsOf(command),
          ].join(' '),
        ),
      ]
    case 'if':
      return ofCondition(command)
    case 'for':
      return /\bdo\b/i.test(words.join(' '))
        ? [
            script(
              words
                .slice(words.findIndex((word) => /^do$/i.test(word)) + 1)
                .join(' ')
                .replaceAll(/%%?~?\w*/g, '$_'),
            ),
          ]
        : []
    case 'schtasks':
      return /\/create/i.test(words.join(' ')) ? valuesOf(command, 'tr').map(script) : []
    case 'mshta':
    case 'regsvr32':
      return /https?:|javascript:|vbscript:/i.test(words.join(' '))
        ? [unreadable('It runs code that comes from elsewhere.')]
        : []
    case 'certutil':
      return /-decode|-urlcache/i.test(words.join(' ')) ? [unreadable('It fetches or decodes a program.')] : []
    case '.':
      return words[0]?.includes(unknown) === true ? [unreadable('Which script it runs, only the host knows.')] : []
    default:
      return ofCalled(command)
  }
}

const argumentsOf = (command: WindowsCommand): string[] => {
  const at = command.words.findIndex((word) => /^-(a|ar|args?|argumentlist)$/i.test(word))
  return at < 0
    ? []
    : command.words
        .slice(at + 1)
        .flatMap((word) =>
          word.startsWith('-') && !/^-(nop|noni|c|enc|e|command|file|ex)/i.test(word) ? [] : word.split(','),
        )
}

function ofPowerShell(command: WindowsCommand): readonly Run[] {
  const { words } = command
  const encoded = words.findIndex((word) => /^[-/](e|ec|en|enc\w*)$/i.test(word))
  if (encoded >= 0) {
    const text = Buffer.from(words[encoded + 1] ?? '', 'base64').toString('utf16le')
    const hidden = unreadable('It runs a text that was made unreadable.')
    return /^[\t\r\n -~]{3,}$/.test(text) ? [script(text), hidden] : [hidden]
  }
  if (words.some((word) => /^[-/]f(ile)?$/i.test(word))) return []
  const at = words.findIndex((word) => /^[-/]c(o|om|omm|ommand)?$/i.test(word))
  const rest = at >= 0 ? words.slice(at + 1) : withoutSwitches(words)
  const text = rest.join(' ').trim()
  if (text === '-' || text === '')
    return command.blocks.length > 0
      ? []
      : command.before.length > 0
        ? [unreadable('It runs whatever is handed to it.')]
        : []
  if (text === unknown) return [unreadable('Which text it runs, only the host knows.')]
  return [script(text.replace(/^&\s*\{([\s\S]*)\}$/, '$1'))]
}

const takesValue =
  /^[-/](ex\w*|ep|inputformat|outputformat|of|if|v(ersion)?|w(indowstyle)?|workingdirectory|wd|configurationname)$/i

function withoutSwitches(words: readonly string[]): readonly string[] {
  let at = 0
  while (/^[-/]\w/.test(words[at] ?? '')) at += takesValue.test(words[at] ?? '') ? 2 : 1
  return words.slice(at)
}

/** What programs print to set up a shell for them. */
const setsUp =
  /^(iex|invoke-expression)?[\s(&'"]*[\w.-]+['"]?\s+(completions?|init|hook|activate|shellenv|env|docker-env)\b[^;|&]*$/i

function ofExpression(command: WindowsCommand): readonly Run[] {
  const text = plainWords(command).concat(valuesOf(command, 'command')).join(' ')
  const handed = command.before.at(-1)
  if ([command.shown, ...command.before.map(({ shown }) => shown)].some((shown) => setsUp.test(shown))) return []
  if (text === '' && handed !== undefined)
    return handed.name === '' || /^(echo|write-output)$/.test(handed.name)
      ? [said(handed.words.join(' '))]
      : [unreadable('It runs whatever is handed to it.')]
  return [said(text)]
}

const said = (text: string): Run =>
  text.includes(unknown) || text.trim() === '' || fetches.test(text)
    ? unreadable('Which text it runs, only the host knows.')
    : script(text)

/** `if exist x del y`: the rest of the line. */
function ofCondition({ words, blocks }: WindowsCommand): readonly Run[] {
  if (blocks.length > 0) return []
  const text = words
    .join(' ')
    .replace(
      /^(\/i\s+)?(not\s+)?(exist\s+\S+|defined\s+\S+|errorlevel\s+\d+|\S+\s*==\s*\S+|\S+\s+(equ|neq|lss|leq|gtr|geq)\s+\S+)\s+/i,
      '',
    )
  return text === '' ? [] : [script(text)]
}

/** Types of which every method only works something out. */
const computes =
  /^\s*\[(system\.)?(convert|text\.encoding|math|datetime|guid|string|char|int|timespan|version|bitconverter|io\.path|net\.dns|text\.regularexpressions\.regex|environment)\]::\w+/i

/** A name that only the host knows, a made block, or a text that was fetched. */
function ofCalled(command: WindowsCommand): readonly Run[] {
  if (
    /\[scriptblock\]::create|\.invoke\(|\.invokescript\(|add-type\b.*-typedefinition|reflection\.assembly\]::load/i.test(
      `${command.shown} ${command.name}`,
    ) &&
    !/^\s*\{/.test(command.shown)
  )
    return [unreadable('It runs a text that it makes.')]
  if (command.name.includes(unknown) && !computes.test(command.shown))
    return [unreadable('Which program runs, only the host knows.')]
  return []
}
