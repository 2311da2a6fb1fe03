import type { Command } from 'commander'
import { z } from 'zod'
import { ApplicationName } from '../schema/application.ts'
import { OperationAnswer } from './answers.ts'
import { fits, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { ago } from './durations.ts'
import { listOperations } from './operation.ts'
import { serverArgument } from './server-argument.ts'
import { tableLines } from './table.ts'

const ReleaseAnswer = z.looseObject({
  release: z.string(),
  server: z.looseObject({ name: z.string() }),
  sha256: z.string().nullable(),
  by: z.string(),
  at: z.string(),
  active: z.boolean(),
})
const ReleasesAnswer = z.looseObject({ items: z.array(ReleaseAnswer) })
const ListAnswer = z.looseObject({ items: z.array(OperationAnswer) })

export function addDeployments(program: Command, cli: Cli): void {
  const deployments = program.command('deployments').description('what has been deployed, and what serves')
  const verb = (name: string): Command =>
    deployments.command(name).argument('<application>', 'its name', fits(ApplicationName))

  verb('list')
    .description('list the deployments of an application, newest first, also those that failed')
    .option('--limit <number>', 'so many at most', wholeNumber(1, 200), 20)
    .action(async (application: string, o: { limit: number }) => {
      const answer = await cli.api().get(`/v1/applications/${segment(application)}/deployments`, o)
      if (cli.screen.json) return cli.screen.document(answer)
      listOperations(cli, ListAnswer.parse(answer).items)
    })

  verb('show')
    .description('show which release serves where, and which have served: digest, who brought it, when')
    .option('--server <server>', 'only on this server', serverArgument)
    .option('--limit <number>', 'so many at most', wholeNumber(1, 200), 20)
    .action(async (application: string, o: { server?: string; limit: number }) => {
      const answer = await cli.api().get(`/v1/applications/${segment(application)}/releases`, o)
      if (cli.screen.json) return cli.screen.document(answer)
      const { items } = ReleasesAnswer.parse(answer)
      if (items.length === 0) return cli.screen.line(`${application} has served nowhere yet.`)
      const { paint } = cli.screen
      const rows = items.map((one) => [
        one.active ? paint.green(`${one.release} serves`) : one.release,
        one.server.name,
        one.sha256?.slice(0, 12) ?? '-',
        one.by,
        ago(one.at),
      ])
      for (const line of tableLines(['RELEASE', 'SERVER', 'SHA-256', 'BY', 'WHEN'], rows)) cli.screen.line(line)
    })
}
