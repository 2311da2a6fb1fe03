import type { Command } from 'commander'
import { z } from 'zod'
import { fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { shortDuration } from './durations.ts'
import { tableLines } from './table.ts'

const Counts = z.record(z.string(), z.int()).default({})
const Report = z.looseObject({
  asked: z.int(),
  denied: z.int(),
  wrong_phrases: z.int(),
  by_action: Counts,
  by_server: Counts,
  by_device: Counts,
  by_requester: Counts,
  by_confirmer: Counts,
  by_risk: Counts,
  by_outcome: Counts,
  time_to_confirm: z.looseObject({ median_ms: z.int(), p95_ms: z.int(), longest_ms: z.int() }).nullable(),
})
const time = fits(z.iso.datetime(), 'a UTC time such as 2026-01-31T12:00:00Z')

type Options = { server?: string; from?: string; to?: string }

/** `drydock guard report`: what the guard stopped, and what became of it. */
export function addGuardReport(guard: Command, cli: Cli): void {
  guard
    .command('report')
    .description('what the guard stopped: by type, server, device, person, outcome, and the time to confirm')
    .option('--server <server>', 'only on this server')
    .option('--from <time>', 'not before this', time)
    .option('--to <time>', 'not after this', time)
    .action(async (o: Options) => {
      const answer = await cli.api().get('/v1/guard-report', o)
      if (cli.screen.json) return cli.screen.document(answer)
      const report = Report.parse(answer)
      cli.screen.line(
        `${report.asked} asked for approval, ${report.denied} denied outright, ${report.wrong_phrases} wrong phrases`,
      )
      const groups: readonly (readonly [string, Record<string, number>])[] = [
        ['type', report.by_action],
        ['server', report.by_server],
        ['device', report.by_device],
        ['requester', report.by_requester],
        ['confirmer', report.by_confirmer],
        ['risk', report.by_risk],
        ['outcome', report.by_outcome],
      ]
      const rows = groups.flatMap(([group, counts]) =>
        Object.entries(counts)
          .toSorted(([, a], [, b]) => b - a)
          .map(([name, count], index) => [index === 0 ? group : '', name, String(count)]),
      )
      if (rows.length > 0) for (const line of tableLines(['BY', 'NAME', 'COUNT'], rows)) cli.screen.line(line)
      const { time_to_confirm: took } = report
      if (took !== null)
        cli.screen.line(
          `Time to confirm: median ${shortDuration(took.median_ms)}, 95 % within ${shortDuration(took.p95_ms)}, longest ${shortDuration(took.longest_ms)}`,
        )
    })
}
