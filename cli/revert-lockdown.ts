import type { Command } from 'commander'
import { StartedAnswer } from './answers.ts'
import { duration } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = { dryRun?: boolean; detach?: boolean; revertAfter?: number }

export function addRevertLockdown(program: Command, cli: Cli): void {
  program
    .command('revert-lockdown')
    .description('take a lockdown back: every file, unit and rule as it was before')
    .argument('<server>', 'name or id', serverArgument)
    .option('--dry-run', 'show what would be done, and change nothing')
    .option(
      '--revert-after <duration>',
      'when no new log-in is proved by then, the server locks itself again (2m)',
      duration,
    )
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, o: Options) => {
      const started = StartedAnswer.parse(
        await cli.api().start(`/v1/servers/${segment(server)}/lockdown-reverts`, {
          ...(o.revertAfter === undefined ? {} : { revert_after_ms: o.revertAfter }),
          dry_run: o.dryRun ?? false,
        }),
      )
      await seeThrough(cli, started, {
        say: 'stdout',
        detach: o.detach,
        finish: planAtEnd(cli, o.dryRun),
      })
    })
}
