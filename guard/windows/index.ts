import type { ActionType } from '../../schema/guard.ts'
import { byName } from '../reading/by-name.ts'
import { unknown } from '../reading/marks.ts'
import { methodActs, windowsRules } from './rules/index.ts'
import { runs } from './runs.ts'
import { pipesOf, type WindowsCommand } from './text.ts'
import { isUnclear } from './verbs.ts'
import { isTrial, plainWords } from './words.ts'

export type WindowsFinding = { readonly action: ActionType; readonly words: string; readonly because: string }
export type WindowsReading = {
  readonly findings: readonly WindowsFinding[]
  /** What a POSIX shell would read the same way: programs that are the same everywhere. */
  readonly forShell: readonly string[]
}

type State = { readonly findings: WindowsFinding[]; readonly forShell: string[]; cwd: string | null; steps: number }

const maxSteps = 2_000
const maxDepth = 12

/** Reads PowerShell and cmd alike: every command that would run, through blocks, substitutions and shells in shells. */
export function readWindows(text: string): WindowsReading {
  const state: State = { findings: [], forShell: [], cwd: null, steps: 0 }
  readScript(text, [], state, new Map(), 0)
  return state
}

function readScript(
  text: string,
  source: readonly WindowsCommand[],
  state: State,
  variables: Map<string, string>,
  depth: number,
): void {
  state.steps += 1
  if (depth > maxDepth || state.steps > maxSteps) {
    if (state.findings.length < 50)
      state.findings.push({
        action: 'opaque',
        words: text.slice(0, 80),
        because: 'It is nested too deeply to be read to its end.',
      })
    return
  }
  for (const [action, pattern, because] of depth === 0 ? methodActs : [])
    if (pattern.test(text)) state.findings.push({ action, words: text.slice(0, 500), because })
  for (const pipe of pipesOf(text, variables))
    for (const command of pipe) {
      const within = command.before.length === 0 ? { ...command, before: source } : command
      readOne(within, state, variables, depth)
    }
}

const isLoop = byName((name) => loops.test(name))
const loops =
  /^(foreach-object|foreach|%|for|where-object|where|\?|if|while|do|try|catch|finally|else|elseif|switch|function|begin|process|end|invoke-command|icm|start-job|measure-command|)$/

function readOne(command: WindowsCommand, state: State, variables: Map<string, string>, depth: number): void {
  state.steps += 1
  const inner = runs(command)
  for (const { text, known } of inner) {
    if (known) readScript(text, loopSource(command), state, variables, depth + 1)
    else state.findings.push({ action: 'opaque', words: command.shown, because: text })
  }
  // A block of a loop is handed what the loop goes over; a substitution is not.
  // Of cmd's `for` the first brackets hold what it goes over.
  const scripts =
    command.name === 'for' && /\bin\b/i.test(command.words.join(' ')) ? command.blocks.slice(1) : command.blocks
  for (const block of scripts)
    readScript(block, isLoop(command.name) ? loopSource(command) : [], state, variables, depth + 1)
  if (entersDirectory.has(command.name)) state.cwd = plainWords(command)[0] ?? state.cwd
  if (inner.length > 0 || isTrial(command)) return
  const found = rulesNamed(command.name).flatMap(({ action, because }) => {
    const why = typeof because === 'string' ? because : because(command, state.cwd)
    return why === null ? [] : [{ action, words: command.shown, because: why }]
  })
  state.findings.push(...found)
  if (found.length === 0 && isUnclear(command))
    state.findings.push({
      action: 'opaque',
      words: command.shown,
      because: 'It is a command of PowerShell that is not known, and its name says that it takes something away.',
    })
  if (found.length === 0 && isEverywhere(command.name)) forShell(command, state)
}

const entersDirectory = new Set(['cd', 'chdir', 'set-location', 'sl', 'pushd', 'push-location'])
const rulesNamed = byName((name) => windowsRules.filter(({ names }) => names.test(name)))

/** `foreach ($x in LIST)` and `for /d %i in (LIST)` go over what stands in their brackets. */
const loopSource = (command: WindowsCommand): readonly WindowsCommand[] =>
  command.before.length > 0 || !/^for(each)?$/.test(command.name)
    ? command.before
    : [
        {
          name: 'get-childitem',
          words: command.blocks.slice(0, 1).flatMap((block) => block.match(/[a-z]:\\[^\s)]*/gi) ?? []),
          shown: command.shown,
          before: [],
          blocks: [],
        },
      ]

/** A program that a POSIX shell knows by the same name. */
const isEverywhere = byName((name) => !mine.test(name) && /^[\w.-]+$/.test(name))
/** What Windows itself calls so, so that the shell's rules do not look. */
const mine =
  /^(|-.*|[a-z]+-[a-z]\w*|\$.*|dir|ls|cat|type|copy|cp|move|mv|ren|del|erase|rd|rm|rmdir|md|mkdir|echo|set|if|for|foreach|cd|format|kill|ps|sleep|sort|find|findstr|more|tee|where|net|sc|route|shutdown|ping|curl\.exe|at|date|time|ver|start|call|exit|return|else|try|catch|param|powershell|pwsh|cmd|tree|mount|history|man|diff|compare|clear|cls|pwd|write|select|group|measure|icm|iex|gci|gc|ni|mi|ri|rni|si|sl|sp|gp|gps|gsv|sasv|saps|spps|spsv)$/

function forShell(command: WindowsCommand, state: State): void {
  const [first] = command.before
  const each = command.words.some((word) => word.includes('$_'))
  const words = [command.name, ...command.words].flatMap((word) => (word.includes('$_') ? [] : [inShell(word)]))
  const line = command.blocks.length > 0 && !each ? command.shown : words.join(' ')
  if (first === undefined) state.forShell.push(line)
  else if (each) state.forShell.push(`${command.before.map(({ shown }) => shown).join(' | ')} | xargs -n1 ${line}`)
  else if (first.name === '' || /^(echo|write-output)$/.test(first.name))
    state.forShell.push(`printf %s ${inShell(first.words.join(' '))} | ${line}`)
  else state.forShell.push(line)
}

/** A word as a POSIX shell would read it. */
const inShell = (word: string): string =>
  /^[\w.:/=@%+,-]+$/.test(word) ? word : word.includes(unknown) ? '"$X"' : `'${word.replaceAll("'", `'\\''`)}'`
