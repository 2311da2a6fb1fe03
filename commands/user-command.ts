import type { Command } from '../schema/command.ts'
import { type Script as ScriptOptions, showTyped } from '../schema/start.ts'
import type { Terminal } from '../schema/terminal.ts'
import { command, lines, quote, reading, sh, type Script } from './shell.ts'
import { atTerminal, needsTerminal } from './terminal.ts'

export type UserCommand = Body & {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: Command['secrets']
  readonly terminal?: Terminal
  readonly timeoutMs?: number
  readonly effect?: Command['effect']
  readonly shown?: string
}

type Body = {
  /** What a person typed, given to `sh` or to the interpreter as it is. The guard reads it; nothing here changes it. */
  readonly text: string
  readonly script?: ScriptOptions
  readonly stdin?: string
}

/** Shell text that does what was typed. A script needs no file of its own on the server, so none is left there. */
export function bodyOf({ text, script, stdin }: Body): Script {
  if (script === undefined) return stdin === undefined ? { text } : reading(group(text), stdin)
  const { interpreter, args } = script
  if (!isShell(interpreter)) return reading(sh`${{ text: interpreter }} - ${args}`, text)
  // A shell runs what it has read so far: without the braces, a program in the script would read the rest of it away.
  return reading(sh`${{ text: interpreter }} -s -- ${args}`, sh`${group(text)} </dev/null`.text)
}

const group = (text: string): Script => lines({ text: '{' }, { text }, { text: '}' })
const isShell = (interpreter: string): boolean => /^(ba)?sh$/.test(interpreter)

/** A command typed by a person, in a directory, with an environment and maybe at a terminal. A directory that is not there ends it with 126. */
export function userCommand({
  text,
  script,
  stdin,
  cwd,
  env = {},
  terminal,
  shown,
  effect = 'change',
  ...rest
}: UserCommand): Command {
  const body = bodyOf({ text, script, stdin })
  const surroundings: readonly Script[] = [
    ...(terminal === undefined ? [] : [needsTerminal(terminal)]),
    ...(cwd === undefined ? [] : [sh`cd -- ${cwd} || exit 126`]),
    ...Object.entries(env).map(([name, value]) => exported(name, value)),
  ]
  return command({
    script: lines(...surroundings, terminal === undefined ? body : atTerminal(body, terminal)),
    shown: shown ?? showTyped({ command: text, script }),
    effect,
    category: 'general',
    ...rest,
  })
}

function exported(name: string, value: string): Script {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new RangeError(`${name} cannot be the name of a variable`)
  return { text: `export ${name}=${quote(value)}` }
}
