import { type Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { usage } from './failure.ts'
import { ServerAnswer } from './server-answer.ts'
import { serverArgument } from './server-argument.ts'

type Options = { on?: boolean; off?: boolean; reason?: string }

export function addServerMaintenance(server: Command, cli: Cli): void {
  server
    .command('maintenance')
    .description('say that somebody works on a server, so that nothing is deployed there, or that it is over')
    .argument('<server>', 'name or id', serverArgument)
    .addOption(new Option('--on', 'it begins').conflicts('off'))
    .addOption(new Option('--off', 'it is over').conflicts('reason'))
    .option('--reason <text>', 'with --on: why; whoever is refused is told')
    .action(async (name: string, o: Options) => {
      if (o.on !== true && o.off !== true) throw usage('One of --on and --off is needed.')
      const reason = o.reason === undefined ? {} : { maintenance_reason: o.reason }
      const body = { maintenance: o.on === true, ...reason }
      const answer = await cli.api().patch(`/v1/servers/${segment(name)}`, body)
      if (cli.screen.json) return cli.screen.document(answer)
      const { name: known, maintenance, maintenance_reason: why } = ServerAnswer.parse(answer)
      const { green } = cli.screen.paint
      if (!maintenance) return cli.screen.line(`${green('✓')} ${known} is in maintenance no more.`)
      cli.screen.line(`${green('✓')} ${known} is in maintenance${why ? `: ${why}` : ''}.`)
      cli.screen.line(`  Nothing is deployed there until \`drydock server maintenance ${known} --off\`.`)
    })
}
