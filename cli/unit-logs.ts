import { type Command, InvalidArgumentError, Option } from 'commander'
import { JournalPriority } from '../schema/journal.ts'
import { UnitName } from '../schema/lockdown.ts'
import { StartedAnswer } from './answers.ts'
import { duration, fits, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { copyOutput, readOutput } from './output.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = {
  user?: true
  lines?: number
  since?: string
  until?: string
  priority?: string
  format: string
  follow?: true
  for?: number
  detach?: true
}

export function addUnitLogs(noun: Command, cli: Cli): void {
  noun
    .command('logs')
    .description('the journal of a service; its lines come out here, what is said of it goes to standard error')
    .argument('<server>', 'name or id', serverArgument)
    .argument('<service>', 'a unit of systemd; without a suffix, a service', fits(UnitName))
    .option('-n, --lines <number>', 'the last so many (100)', wholeNumber(1, 10_000))
    .option('-f, --follow', 'go on with what is written from now on; Ctrl-C ends it')
    .option('--for <duration>', 'with --follow, for how long (1h)', duration)
    .option('--since <time>', 'from this time on: such as 2026-01-31T10:00:00Z, or 15m ago as 15m', moment)
    .option('--until <time>', 'up to this time', moment)
    .addOption(new Option('--priority <priority>', 'as pressing as this, or more').choices(JournalPriority.options))
    .addOption(new Option('--format <format>', 'how each line comes').choices(['text', 'json']).default('text'))
    .option('--user', "the application user's own systemd")
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, service: string, o: Options) => {
      const path = `/v1/servers/${segment(server)}/services/${segment(service)}/journals`
      const started = StartedAnswer.parse(await cli.api().start(path, requestOf(o)))
      await seeThrough(cli, started, {
        say: 'stderr',
        detach: o.detach,
        quiet: true,
        onInterrupt: 'cancel',
        beyond: async ({ operation }) => ({ output: await readOutput(cli, operation.id) }),
        ...(cli.screen.json
          ? {}
          : { beside: ({ status, ...rest }) => copyOutput(cli, { ...rest, above: status.above }) }),
      })
    })
}

const requestOf = (o: Options): Record<string, unknown> => ({
  scope: o.user ? 'user' : 'system',
  ...(o.lines === undefined ? {} : { lines: o.lines }),
  ...(o.since === undefined ? {} : { since: o.since }),
  ...(o.until === undefined ? {} : { until: o.until }),
  ...(o.priority === undefined ? {} : { priority: o.priority }),
  format: o.format,
  follow: o.follow ?? false,
  ...(o.for === undefined ? {} : { follow_ms: o.for }),
})

/** A time, or how long ago. */
function moment(text: string): string {
  const time = Date.parse(text)
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(time)) return new Date(time).toISOString()
  if (/^\d+(ms|s|m|h)$/.test(text)) return new Date(Date.now() - duration(text)).toISOString()
  throw new InvalidArgumentError('Expected a time such as 2026-01-31T10:00:00Z, or how long ago, such as 15m.')
}
