import type { Command } from 'commander'
import { type Application, rootOf } from '../schema/application.ts'
import { StartedAnswer } from './answers.ts'
import { readApplicationFile } from './application-file.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { tellPrerequisites } from './deploy-prerequisites.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = { check?: boolean; prerequisites?: boolean; server?: string; dryRun?: boolean; detach?: boolean }

export function addDeploy(program: Command, cli: Cli): void {
  program
    .command('deploy')
    .description('bring a release of an application to a server; the old one serves until the new one is healthy')
    .argument('<file>', 'the YAML file that declares the application')
    .option('--server <server>', 'name or id; without it, those that the file names', serverArgument)
    .option('--dry-run', 'show what would be done, with the changes of each file, and change nothing')
    .option('--prerequisites', 'only look whether the servers are ready for it: what is missing, why, and what to do')
    .option('--check', 'only look whether the file can be understood; asks nobody')
    .option('--detach', 'do not wait for its end')
    .action(async (file: string, o: Options) => {
      const definition = readApplicationFile(file)
      if (o.check) return tellWhatIsDeclared(cli, file, definition)
      if (o.prerequisites) return tellPrerequisites(cli, definition, o.server)
      const body = {
        definition,
        ...(o.server === undefined ? {} : { server: o.server }),
        dry_run: o.dryRun ?? false,
      }
      const path = `/v1/applications/${segment(definition.name)}/deployments`
      const started = StartedAnswer.parse(await cli.api().start(path, body))
      await seeThrough(cli, started, { say: 'stdout', detach: o.detach, finish: planAtEnd(cli, o.dryRun) })
    })
}

function tellWhatIsDeclared({ screen }: Cli, file: string, application: Application): void {
  if (screen.json) return screen.document(application)
  const { name, version, units, strategy } = application
  screen.line(`${screen.paint.green('✓')} ${file} declares ${name}${version === undefined ? '' : ` ${version}`}.`)
  screen.line(`  ${rootOf(application)}, ${units.map((unit) => unit.name).join(', ')}, ${strategy.kind}`)
}
