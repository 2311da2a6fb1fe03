import type { Command } from '../schema/command.ts'
import { command, lines, quote, sh, shorten, type Script } from './shell.ts'
import { showCommand } from '../schema/redaction.ts'

export type UserCommand = {
  /** What a person typed: shell text, given to `sh` as it is. The guard reads it; nothing here changes it. */
  readonly text: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: Command['secrets']
  readonly timeoutMs?: number
  readonly effect?: Command['effect']
  readonly shown?: string
}

/** A command typed by a person, in a directory and with an environment. A directory that is not there ends it with 126. */
export function userCommand({ text, cwd, env = {}, shown, effect = 'change', ...rest }: UserCommand): Command {
  const surroundings: readonly Script[] = [
    ...(cwd === undefined ? [] : [sh`cd -- ${cwd} || exit 126`]),
    ...Object.entries(env).map(([name, value]) => exported(name, value)),
  ]
  return command({
    script: lines(...surroundings, { text }),
    shown: shown ?? showCommand(text),
    effect,
    category: 'general',
    ...rest,
  })
}

function exported(name: string, value: string): Script {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new RangeError(`${name} cannot be the name of a variable`)
  return { text: `export ${name}=${quote(value)}` }
}

const interpreters = ['sh', 'bash', 'python3', 'perl', 'node'] as const
export type Interpreter = (typeof interpreters)[number]

export type UserScript = {
  readonly interpreter: Interpreter
  readonly text: string
  readonly args?: readonly string[]
  readonly timeoutMs?: number
}

/** A script in a private temporary file, which is removed also when the script fails or is ended. */
export const scriptCommand = ({ interpreter, text, args = [], timeoutMs }: UserScript): Command =>
  command({
    script: lines(
      sh`umask 077`,
      sh`file=$(mktemp) || exit 1`,
      sh`trap 'rm -f -- "$file"' EXIT`,
      sh`trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM`,
      sh`printf '%s' ${text} > "$file" || exit 1`,
      sh`${{ text: interpreter }} "$file" ${args}`,
    ),
    shown: shorten(`${interpreter} script of ${text.split('\n').length} lines ${args.join(' ')}`),
    effect: 'change',
    category: 'general',
    timeoutMs,
  })
