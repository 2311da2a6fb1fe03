import type { Command } from 'commander'
import { SecretName } from '../schema/secret.ts'
import { StartedAnswer } from './answers.ts'
import { fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = { keySecret?: string; detach?: boolean }

export function addRotateKey(program: Command, cli: Cli): void {
  program
    .command('rotate-key')
    .description('give the application user a new key: proved by a new log-in before the old one is taken away')
    .argument('<server>', 'name or id', serverArgument)
    .option(
      '--key-secret <name>',
      'the stored secret with the new private key; without it, one is made and sealed',
      fits(SecretName),
    )
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, o: Options) => {
      const body = o.keySecret === undefined ? {} : { key_secret: o.keySecret }
      const started = StartedAnswer.parse(await cli.api().start(`/v1/servers/${segment(server)}/key-rotations`, body))
      await seeThrough(cli, started, { say: 'stdout', detach: o.detach })
    })
}
