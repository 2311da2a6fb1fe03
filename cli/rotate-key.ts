import type { Command } from 'commander'
import { SecretName } from '../schema/secret.ts'
import { StartedAnswer } from './answers.ts'
import { fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = { dryRun?: boolean; keySecret?: string; detach?: boolean }

export function addRotateKey(program: Command, cli: Cli): void {
  program
    .command('rotate-key')
    .description('give the application user a new key: proved by a new log-in before the old one is taken away')
    .argument('<server>', 'name or id', serverArgument)
    .option('--dry-run', 'show what would be done and change nothing; no key is made')
    .option(
      '--key-secret <name>',
      'the stored secret with the new private key; without it, one is made and sealed',
      fits(SecretName),
    )
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, o: Options) => {
      const body = {
        ...(o.keySecret === undefined ? {} : { key_secret: o.keySecret }),
        dry_run: o.dryRun ?? false,
      }
      const started = StartedAnswer.parse(await cli.api().start(`/v1/servers/${segment(server)}/key-rotations`, body))
      await seeThrough(cli, started, {
        say: 'stdout',
        detach: o.detach,
        finish: planAtEnd(cli, o.dryRun),
      })
    })
}
