import type { Command } from 'commander'
import { StartedAnswer } from './answers.ts'
import { duration } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { readSettingsFile } from './settings-file.ts'

type Options = { dryRun?: boolean; detach?: boolean; file?: string; revertAfter?: number }

export function addLockdown(program: Command, cli: Cli): void {
  program
    .command('lockdown')
    .description('make a prepared server safe: sshd, firewall, fail2ban, updates; nobody is locked out')
    .argument('<server>', 'name or id', serverArgument)
    .option('--dry-run', 'show what would be done, with the changes of each file, and change nothing')
    .option('--file <path>', 'settings of the lockdown as YAML or JSON, in the names of the API')
    .option(
      '--revert-after <duration>',
      'when no new log-in is proved by then, the server restores itself (2m)',
      duration,
    )
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, o: Options) => {
      const body = requestOf(o)
      const started = StartedAnswer.parse(await cli.api().start(`/v1/servers/${segment(server)}/lockdowns`, body))
      await seeThrough(cli, started, {
        say: 'stdout',
        detach: o.detach,
        finish: planAtEnd(cli, o.dryRun),
      })
    })
}

const requestOf = (o: Options): Record<string, unknown> => ({
  ...(o.file === undefined ? {} : readSettingsFile(o.file)),
  ...(o.revertAfter === undefined ? {} : { revert_after_ms: o.revertAfter }),
  dry_run: o.dryRun ?? false,
})
