import type { Command } from 'commander'
import { SecretName } from '../schema/secret.ts'
import { AbsolutePath } from '../schema/setup.ts'
import { VariableName } from '../schema/start.ts'
import { Terminal } from '../schema/terminal.ts'
import { fits, pair } from './arguments.ts'
import type { Cli } from './cli.ts'

/** What a command runs in, as options of `run` and of sessions. */
export type CommandSurroundings = {
  cwd?: string
  env?: Readonly<Record<string, string>>
  secret?: Readonly<Record<string, string>>
  tty?: boolean
}

/** Adds the options that say what a command runs in. */
export const withSurroundings = (command: Command): Command =>
  command
    .option('--cwd <path>', 'run it in this directory', fits(AbsolutePath))
    .option(
      '--env <name=value>',
      'set a variable (repeatable); it is no secret',
      pair(VariableName, String, 'NAME=VALUE; NAME is not one of DRYDOCK_*'),
    )
    .option(
      '--secret <name=secret>',
      'set a variable to a stored secret (repeatable)',
      pair(VariableName, fits(SecretName), 'NAME=SECRET, the name of a stored secret'),
    )
    .option('--tty', 'run it at a terminal of the size of this one; nobody types there')

/** The same as fields of a request; what was not said is left out. */
export const surroundingsOf = (cli: Cli, { cwd, env, secret, tty }: CommandSurroundings) => ({
  ...(cwd === undefined ? {} : { cwd }),
  ...(env === undefined ? {} : { env }),
  ...(secret === undefined ? {} : { secrets: storedSecrets(secret) }),
  ...(tty === undefined ? {} : { terminal: tty ? terminalLikeOurs(cli) : null }),
})

const storedSecrets = (names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(names).map(([variable, name]) => [variable, { kind: 'stored', name }]))

/** Of the size and type of our own terminal, where there is one that the server would know. */
function terminalLikeOurs({ around: { env, stdout } }: Cli): Terminal {
  const { columns, rows, term } = Terminal.shape
  return {
    columns: columns.catch(80).parse(stdout.columns),
    rows: rows.catch(24).parse(stdout.rows),
    term: term.catch('xterm-256color').parse(env.TERM),
  }
}
