import type { Command } from 'commander'
import { UserName } from '../schema/server.ts'
import { PackageName, PublicKey } from '../schema/setup.ts'
import { StartedAnswer } from './answers.ts'
import { fits, fitsEach } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { readSettingsFile } from './settings-file.ts'

type Options = {
  dryRun?: boolean
  detach?: boolean
  keepOnFailure?: boolean
  file?: string
  user?: string
  package?: readonly string[]
  authorizedKey?: readonly string[]
}

export function addSetup(program: Command, cli: Cli): void {
  program
    .command('setup')
    .description('prepare a fresh server: application user, keys, directories, sudo, packages')
    .argument('<server>', 'name or id', serverArgument)
    .option('--dry-run', 'show what would be done, with the changes of each file, and change nothing')
    .option('--keep-on-failure', 'on failure leave what was applied, to be resumed at the failed step')
    .option('--file <path>', 'settings of the setup as YAML or JSON, in the names of the API')
    .option('--user <user>', "the application user; without it, the server's", fits(UserName))
    .option(
      '--package <package>',
      'a package to install, instead of the default ones (repeatable)',
      fitsEach(PackageName),
    )
    .option('--authorized-key <line>', 'a public key that may log in (repeatable)', fitsEach(PublicKey))
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, o: Options) => {
      const body = requestOf(o)
      const started = StartedAnswer.parse(await cli.api().start(`/v1/servers/${segment(server)}/setups`, body))
      await seeThrough(cli, started, {
        say: 'stdout',
        detach: o.detach,
        finish: planAtEnd(cli, o.dryRun),
      })
    })
}

function requestOf(o: Options): Record<string, unknown> {
  return {
    ...(o.file === undefined ? {} : readSettingsFile(o.file)),
    ...(o.user === undefined ? {} : { user: { name: o.user } }),
    ...(o.package === undefined ? {} : { packages: o.package }),
    ...(o.authorizedKey === undefined ? {} : { authorized_keys: o.authorizedKey }),
    dry_run: o.dryRun ?? false,
    on_failure: o.keepOnFailure ? 'keep' : 'undo',
  }
}
