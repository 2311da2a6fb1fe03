import type { Command } from 'commander'
import { z } from 'zod'
import type { Cli } from './cli.ts'
import { ago, shortDuration } from './durations.ts'
import { factLines, tableLines } from './table.ts'

const Figures = z.looseObject({
  total: z.int(),
  healthy: z.int(),
  idle: z.int(),
  active: z.int(),
  waiting: z.int(),
  mean_response_ms: z.number().nullable(),
  error_rate: z.number(),
})
const Pools = z.looseObject({
  summary: Figures,
  workers: z.array(
    z.looseObject({
      worker: z.string(),
      connections: z.array(
        z.looseObject({
          key: z.string(),
          healthy: z.boolean(),
          channels: z.int(),
          last_used: z.string(),
          use_count: z.int(),
          response_ms: z.number().nullable(),
          age_ms: z.number(),
        }),
      ),
    }),
  ),
})

export function addPool(program: Command, cli: Cli): void {
  program
    .command('pool')
    .description("the workers' SSH connections")
    .action(async () => {
      const answer = await cli.api().get('/v1/pool')
      if (cli.screen.json) return cli.screen.document(answer)
      const { summary: s, workers } = Pools.parse(answer)
      if (workers.length === 0) return cli.screen.line('No worker reports a pool.')
      const facts = {
        connections: `${s.total} (${s.healthy} healthy, ${s.active} active, ${s.idle} idle)`,
        waiting: String(s.waiting),
        'mean response': s.mean_response_ms === null ? null : shortDuration(s.mean_response_ms),
        'error rate': `${(s.error_rate * 100).toFixed(1)} %`,
      }
      for (const line of factLines(facts)) cli.screen.line(line)
      const rows = workers.flatMap(({ worker, connections }) =>
        connections.map((one) => [
          one.key,
          one.healthy ? cli.screen.paint.green('healthy') : cli.screen.paint.red('unhealthy'),
          String(one.channels),
          String(one.use_count),
          ago(one.last_used),
          shortDuration(one.age_ms),
          worker,
        ]),
      )
      const headings = ['CONNECTION', 'STATE', 'CHANNELS', 'USES', 'LAST USED', 'AGE', 'WORKER']
      if (rows.length > 0) for (const line of ['', ...tableLines(headings, rows)]) cli.screen.line(line)
    })
}
