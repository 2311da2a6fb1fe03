import type { Finding } from '../schema/guard.ts'
import type { DeviceType } from '../schema/server.ts'
import { wordsOf, type Call } from './reading/call.ts'
import { read } from './reading/read.ts'
import type { Reading } from './reading/reader.ts'
import { rulesFor, rules } from './rules/index.ts'
import type { Match, Rule } from './rules/rule.ts'
import { readWindows, type WindowsFinding } from './windows.ts'

/** One destructive act, with the rule that knows it and the call it stands in. */
export type Found = {
  readonly rule: Rule
  readonly match: Match
  readonly finding: Finding
  readonly call: Call | null
}

export type Findings = { readonly reading: Reading; readonly found: readonly Found[] }

/** The door, the rating and the question of the lock look at the same command within milliseconds: the last few readings are kept. */
const recent = new Map<string, Findings>()
const kept = 8

/** Reads a command and looks at everything it would run. Pure; what cannot be read is found as opaque. */
export function findIn(command: string, device: DeviceType): Findings {
  const key = `${device}\n${command}`
  const findings = recent.get(key) ?? look(command, device)
  recent.delete(key)
  recent.set(key, findings)
  const [oldest] = recent.keys()
  if (recent.size > kept && oldest !== undefined) recent.delete(oldest)
  return findings
}

function look(command: string, device: DeviceType): Findings {
  const windows = device === 'windows' ? readWindows(command) : null
  const reading = read(windows === null ? command : windows.forShell.join('\n'))
  const found: Found[] = []
  for (const finding of windows?.findings ?? []) add(found, ofWindows(finding))
  for (const call of reading.calls) {
    for (const rule of rulesFor(call.name)) {
      const match = rule.match(call, device)
      if (match !== null) add(found, asFound(rule, match, call))
    }
    for (const finding of insideWindows(call)) add(found, ofWindows(finding))
  }
  for (const { words, because } of reading.unclear)
    add(found, {
      rule: rules.opaque,
      match: { because, targets: [] },
      call: null,
      finding: { action: 'opaque', words, because, targets: [] },
    })
  return { reading, found }
}

const asFound = (rule: Rule, match: Match, call: Call): Found => ({
  rule,
  match,
  call,
  finding: {
    action: rule.action,
    words: wordsOf(call).slice(0, 500),
    because: match.because,
    targets: [...match.targets],
  },
})

function ofWindows({ action, words, because }: WindowsFinding): Found {
  const rule = rules[action]
  return { rule, match: { because, targets: [] }, call: null, finding: { action, words, because, targets: [] } }
}

/** The same act is told once, however often the text leads to it. */
function add(found: Found[], next: Found): void {
  const same = found.some(
    ({ finding }) => finding.action === next.finding.action && finding.words === next.finding.words,
  )
  if (!same && found.length < 100) found.push(next)
}

const encoded = /^-(e|ec|enc|enco|encod|encode\w*)$/i

/** PowerShell and cmd started from a shell. */
function insideWindows(call: Call): readonly WindowsFinding[] {
  if (/^(powershell|pwsh)$/i.test(call.name)) {
    const texts = call.args.map((arg) => arg.text)
    const at = texts.findIndex((text) => encoded.test(text))
    if (at >= 0) return readWindows(Buffer.from(texts[at + 1] ?? '', 'base64').toString('utf16le')).findings
    const command = texts.findIndex((text) => /^-c(ommand)?$/i.test(text))
    const rest = texts.slice(command >= 0 ? command + 1 : texts.findIndex((word) => !word.startsWith('-')))
    const text = texts.some((word) => /^-f(ile)?$/i.test(word)) ? '' : rest.join(' ')
    return windowsFindings(text)
  }
  if (/^cmd$/i.test(call.name))
    return windowsFindings(
      call.args
        .filter((arg) => !/^\/[a-z]$/i.test(arg.text))
        .map((arg) => arg.text)
        .join(' '),
    )
  return []
}

function windowsFindings(text: string): readonly WindowsFinding[] {
  const { findings, forShell } = readWindows(text)
  const inner = forShell.flatMap((line) =>
    read(line).calls.flatMap((call) =>
      rulesFor(call.name).flatMap((rule): WindowsFinding[] => {
        const match = rule.match(call, 'generic')
        return match === null ? [] : [{ action: rule.action, words: wordsOf(call), because: match.because }]
      }),
    ),
  )
  return [...findings, ...inner]
}
