import type { Command } from 'commander'
import { rootOf } from '../schema/application.ts'
import { readApplicationFile } from './application-file.ts'
import type { Cli } from './cli.ts'

export function addDeploy(program: Command, cli: Cli): void {
  program
    .command('deploy')
    .description('bring a release of an application to its servers; the old one serves until the new one is healthy')
    .argument('<file>', 'the YAML file that declares the application')
    .option('--check', 'only look whether the file can be understood; asks nobody')
    .action((file: string) => {
      const application = readApplicationFile(file)
      if (cli.screen.json) return cli.screen.document(application)
      const { name, version, units, strategy } = application
      cli.screen.line(
        `${cli.screen.paint.green('✓')} ${file} declares ${name}${version === undefined ? '' : ` ${version}`}.`,
      )
      cli.screen.line(`  ${rootOf(application)}, ${units.map((unit) => unit.name).join(', ')}, ${strategy.kind}`)
    })
}
