import { type Command, Option } from 'commander'
import { z } from 'zod'
import { SessionName } from '../schema/session.ts'
import { Interpreter } from '../schema/start.ts'
import { AssessmentAnswer, assessmentLines } from './assessment-lines.ts'
import { StartedAnswer } from './answers.ts'
import { duration, fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { type CommandSurroundings, surroundingsOf, withSurroundings } from './command-surroundings.ts'
import { copyOutput, readOutput } from './output.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { type ToRun, whatToRun } from './what-to-run.ts'

type Options = ToRun &
  CommandSurroundings & {
    session?: string
    root?: boolean
    timeout?: number
    detach?: boolean
    dryRun?: boolean
  }

export function addRun(program: Command, cli: Cli): void {
  withSurroundings(program.command('run'))
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
    .option(
      '--session <name>',
      'run it in this open session: what is not said here is as it is there',
      fits(SessionName),
    )
    .option('--no-tty', 'run it without the terminal of its session')
    .option('--root', 'run it as root')
    .option('--timeout <duration>', 'end it after this time, such as 90s or 5m', duration)
    .option('--dry-run', 'say what the guard makes of it, and run nothing')
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, words: readonly string[], o: Options) => {
      const body = {
        ...(await whatToRun(cli, words, o)),
        ...(o.session === undefined ? {} : { session: o.session }),
        // What is not said is the session's.
        ...(o.root || o.session === undefined ? { as_root: o.root ?? false } : {}),
        ...(o.timeout === undefined ? {} : { timeout_ms: o.timeout }),
        ...surroundingsOf(cli, o),
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

function rate(cli: Cli, answer: unknown): void {
  if (cli.screen.json) return cli.screen.document(answer)
  const { assessment } = z.looseObject({ assessment: AssessmentAnswer }).parse(answer)
  for (const line of assessmentLines(assessment, cli.screen.paint)) cli.screen.line(line)
  cli.screen.line('Nothing was run.')
}
