import type { Command } from 'commander'
import { DeviceType, Environment } from '../schema/server.ts'
import { fits } from './arguments.ts'
import { mustMean } from './ask.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { allPages } from './pages.ts'
import { addServerAdd } from './server-add.ts'
import { serverArgument } from './server-argument.ts'
import { readiness, ServerAnswer, serverLines, ServersAnswer } from './server-answer.ts'
import { addServerMaintenance } from './server-maintenance.ts'
import { addServerPin } from './server-pin.ts'
import { addServerTest } from './server-test.ts'
import { tableLines } from './table.ts'

export function addServer(program: Command, cli: Cli): void {
  const server = program.command('server').description('the servers that Drydock manages')
  addServerAdd(server, cli)

  server
    .command('list')
    .description('list the registered servers')
    .option('--tag <tag>', 'only those with this tag')
    .option('--environment <environment>', 'only those of this environment', fits(Environment))
    .option('--device-type <type>', 'only those of this type', fits(DeviceType))
    .action(async (o: { tag?: string; environment?: string; deviceType?: string }) => {
      const query = { tag: o.tag, environment: o.environment, device_type: o.deviceType, limit: 200 }
      const items = await allPages(ServersAnswer, (after) => cli.api().get('/v1/servers', { ...query, after }))
      if (cli.screen.json) return cli.screen.document({ items })
      listServers(cli, items)
    })

  server
    .command('show')
    .description('show one server')
    .argument('<server>', 'name or id', serverArgument)
    .action(async (name: string) => {
      const answer = await cli.api().get(`/v1/servers/${segment(name)}`)
      if (cli.screen.json) return cli.screen.document(answer)
      const found = ServerAnswer.parse(answer)
      cli.screen.line(cli.screen.paint.bold(found.name))
      for (const line of serverLines(found, cli.screen.paint)) cli.screen.line(`  ${line}`)
    })

  addServerPin(server, cli)
  addServerMaintenance(server, cli)
  addServerTest(server, cli)

  server
    .command('remove')
    .description('forget a server; the host itself is not touched')
    .argument('<server>', 'name or id', serverArgument)
    .option('--yes', 'do not ask')
    .action(async (name: string, o: { yes?: boolean }) => {
      await mustMean(cli, `Forget ${name}? Its history stays, the host is not touched.`, o)
      await cli.api().remove(`/v1/servers/${segment(name)}`)
      if (cli.screen.json) return cli.screen.document({ removed: name })
      cli.screen.line(`${cli.screen.paint.green('✓')} Removed ${name}.`)
    })
}

function listServers(cli: Cli, items: readonly ServerAnswer[]): void {
  const { screen } = cli
  if (items.length === 0) return screen.line('No servers. Register one: drydock server add NAME HOST --key PATH')
  const rows = items.map((one) => [
    screen.paint.bold(one.name),
    `${one.hostname}:${one.port}`,
    readiness(one, screen.paint),
    one.environment,
    one.tags.join(','),
  ])
  for (const line of tableLines(['NAME', 'ADDRESS', 'STATE', 'ENVIRONMENT', 'TAGS'], rows)) screen.line(line)
}
