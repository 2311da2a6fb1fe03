import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Interpreter } from '../schema/start.ts'
import type { Cli } from './cli.ts'
import { usage } from './failure.ts'
import { commandText } from './shell-words.ts'

export type ToRun = { readonly script?: string; readonly interpreter?: string; readonly stdin?: boolean }

/** The part of a request that says what runs: a command line, or a local file as a script, and what it reads. */
export async function whatToRun(cli: Cli, words: readonly string[], o: ToRun): Promise<Record<string, unknown>> {
  if (o.script !== undefined) return scriptToRun(o.script, words, o)
  if (o.interpreter !== undefined) throw usage('--interpreter is for a script.', 'Name its file with --script.')
  const command = commandText(words)
  if (command.trim() === '')
    throw usage('command: it is empty; expected a command after `--`.', 'For example: drydock run web-1 -- uptime')
  return o.stdin ? { command, stdin: await inputOf(cli) } : { command }
}

async function scriptToRun(file: string, args: readonly string[], { interpreter, stdin }: ToRun) {
  if (stdin) throw usage('--stdin is not for a script: a script reads nothing.', 'Give it its input as arguments.')
  const command = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usage(
      `--script ${file}: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file that can be read.',
    )
  })
  if (command.trim() === '') throw usage(`--script ${file}: it is empty.`, 'Expected the text of a script.')
  return { command, script: { interpreter: interpreter ?? interpreterOf(file, command), args } }
}

/** Read from `#!/usr/bin/env python3` and its like; a file that does not say is for `sh`. */
function interpreterOf(file: string, script: string): string {
  const [, program] = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(?:\S*\/)?([^\s/]+)/.exec(script) ?? [null, 'sh']
  const known = Interpreter.safeParse(program === 'python' ? 'python3' : program === 'dash' ? 'sh' : program)
  if (known.success) return known.data
  throw usage(
    `--script ${file}: its first line names ${program}, which is not one of ${Interpreter.options.join(', ')}.`,
    'Say what runs it with --interpreter.',
  )
}

async function inputOf(cli: Cli): Promise<string> {
  if (cli.around.stdin.isTTY)
    throw usage(
      '--stdin: nothing comes in here; expected a pipe.',
      'For example: drydock run web-1 --stdin -- cat < file',
    )
  return text(cli.around.stdin)
}
