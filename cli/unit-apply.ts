import type { Command } from 'commander'
import { StartedAnswer } from './answers.ts'
import { duration } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { readSettingsFile } from './settings-file.ts'

type Options = { file: string; dryRun?: true; timeout?: number; detach?: true }

export function addUnitApply(noun: Command, cli: Cli): void {
  noun
    .command('apply')
    .description('bring a service to its definition: its unit file, checked before it is put in place, and how it runs')
    .argument('<server>', 'name or id', serverArgument)
    .argument('[service]', 'its name; without it, as the file says')
    .requiredOption('--file <path>', 'the definition as YAML or JSON, in the names of the API')
    .option('--timeout <duration>', 'how long it may take until it is up (1m)', duration)
    .option('--dry-run', 'show what would be done, with the change of the unit file, and change nothing')
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, service: string | undefined, o: Options) => {
      const body = {
        ...readSettingsFile(o.file),
        ...(service === undefined ? {} : { service }),
        ...(o.timeout === undefined ? {} : { timeout_ms: o.timeout }),
        dry_run: o.dryRun ?? false,
      }
      const path = `/v1/servers/${segment(server)}/service-definitions`
      const started = StartedAnswer.parse(await cli.api().start(path, body))
      await seeThrough(cli, started, { say: 'stdout', detach: o.detach, finish: planAtEnd(cli, o.dryRun) })
    })
}
