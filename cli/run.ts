import { type Command, Option } from 'commander'
import { z } from 'zod'
import { SecretName } from '../schema/secret.ts'
import { AbsolutePath } from '../schema/setup.ts'
import { Interpreter, VariableName } from '../schema/start.ts'
import { AssessmentAnswer, assessmentLines } from './assessment-lines.ts'
import { StartedAnswer } from './answers.ts'
import { duration, fits, pair } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { copyOutput, readOutput } from './output.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { type ToRun, whatToRun } from './what-to-run.ts'

type Options = ToRun & {
  root?: boolean
  timeout?: number
  cwd?: string
  env?: Readonly<Record<string, string>>
  secret?: Readonly<Record<string, string>>
  detach?: boolean
  dryRun?: boolean
}

export function addRun(program: Command, cli: Cli): void {
  program
    .command('run')
    .description(
      'run one command on a server; what it writes comes out here, what is said of it goes to standard error',
    )
    .usage(
      '[options] <server> -- <command...>\n       drydock run [options] --script <file> <server> [-- <argument...>]',
    )
    .argument('<server>', 'name or id', serverArgument)
    .argument('[command...]', 'one word is shell text; several are taken as words, as they are')
    .option('--script <file>', 'run this local file as a script; what follows `--` are its arguments')
    .addOption(
      new Option(
        '--interpreter <name>',
        `what runs the script: ${Interpreter.options.join(', ')}; its first line says unless told`,
      ).choices(Interpreter.options),
    )
    .option('--stdin', 'let the command read what comes in here, up to 64 KiB')
    .option('--root', 'run it as root')
    .option('--timeout <duration>', 'end it after this time, such as 90s or 5m', duration)
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
    .option('--dry-run', 'say what the guard makes of it, and run nothing')
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, words: readonly string[], o: Options) => {
      const body = {
        ...(await whatToRun(cli, words, o)),
        as_root: o.root ?? false,
        ...(o.timeout === undefined ? {} : { timeout_ms: o.timeout }),
        ...(o.cwd === undefined ? {} : { cwd: o.cwd }),
        ...(o.env === undefined ? {} : { env: o.env }),
        ...(o.secret === undefined ? {} : { secrets: storedSecrets(o.secret) }),
      }
      const path = `/v1/servers/${segment(server)}/commands`
      if (o.dryRun) return rate(cli, await cli.api().post(path, { ...body, dry_run: true }))
      const started = StartedAnswer.parse(await cli.api().start(path, body))
      await seeThrough(cli, started, {
        say: 'stderr',
        detach: o.detach,
        beyond: async ({ operation }) => ({ output: await readOutput(cli, operation.id) }),
        ...(cli.screen.json
          ? {}
          : { beside: ({ status, ...rest }) => copyOutput(cli, { ...rest, above: status.above }) }),
      })
    })
}

const storedSecrets = (names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(names).map(([variable, name]) => [variable, { kind: 'stored', name }]))

function rate(cli: Cli, answer: unknown): void {
  if (cli.screen.json) return cli.screen.document(answer)
  const { assessment } = z.looseObject({ assessment: AssessmentAnswer }).parse(answer)
  for (const line of assessmentLines(assessment, cli.screen.paint)) cli.screen.line(line)
  cli.screen.line('Nothing was run.')
}
