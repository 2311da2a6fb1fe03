import type { Command } from 'commander'
import { ApplicationName } from '../schema/application.ts'
import { ReleaseName } from '../schema/deployment.ts'
import { StartedAnswer } from './answers.ts'
import { fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = { to?: string; server?: string; dryRun?: boolean; detach?: boolean }

export function addRollback(program: Command, cli: Cli): void {
  program
    .command('rollback')
    .description('go back to a release that has served before, with its environment')
    .argument('<application>', 'its name', fits(ApplicationName))
    .option('--to <release>', 'its name or version; without it, the one that served before', fits(ReleaseName))
    .option('--server <server>', 'name or id; without it, the one that it serves on', serverArgument)
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--detach', 'do not wait for its end')
    .action(async (application: string, o: Options) => {
      const body = {
        ...(o.to === undefined ? {} : { release: o.to }),
        ...(o.server === undefined ? {} : { server: o.server }),
        dry_run: o.dryRun ?? false,
      }
      const path = `/v1/applications/${segment(application)}/rollbacks`
      const started = StartedAnswer.parse(await cli.api().start(path, body))
      await seeThrough(cli, started, { say: 'stdout', detach: o.detach, finish: planAtEnd(cli, o.dryRun) })
    })
}
