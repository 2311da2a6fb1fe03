import type { Command } from 'commander'
import { z } from 'zod'
import { fits, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import { tableLines } from './table.ts'

const Records = z.looseObject({
  items: z.array(
    z.looseObject({
      at: z.string(),
      action: z.string(),
      server: z.string().nullable(),
      actor: z.string(),
      interface: z.string(),
      success: z.boolean().nullable(),
      error: z.string().nullable(),
      security: z.boolean(),
    }),
  ),
})
const time = fits(z.iso.datetime(), 'a UTC time such as 2026-01-31T12:00:00Z')

type Options = {
  server?: string
  action?: string
  actor?: string
  security?: true
  failed?: true
  from?: string
  to?: string
  limit: number
}

export function addAuditTrail(program: Command, cli: Cli): void {
  program
    .command('audit-trail')
    .description('who did what, newest first')
    .option('--server <server>', 'only on this server')
    .option('--action <action>', 'only this action, such as setup or approval.decide')
    .option('--actor <name>', 'only by this one')
    .option('--security', 'only what matters for security')
    .option('--failed', 'only what failed or was refused')
    .option('--from <time>', 'not before this', time)
    .option('--to <time>', 'not after this', time)
    .option('--limit <number>', 'so many at most', wholeNumber(1, 200), 50)
    .action(async ({ failed, ...o }: Options) => {
      const answer = await cli.api().get('/v1/audit-trail', { ...o, ...(failed ? { success: false } : {}) })
      if (cli.screen.json) return cli.screen.document(answer)
      const { green, red, yellow } = cli.screen.paint
      const rows = Records.parse(answer).items.map((one) => [
        one.at,
        one.success === null ? yellow('open') : one.success ? green('ok') : red('failed'),
        one.action,
        one.server ?? '-',
        `${one.actor} (${one.interface})`,
        (one.error ?? '').split('\n')[0] ?? '',
      ])
      for (const line of tableLines(['TIME', 'RESULT', 'ACTION', 'SERVER', 'WHO', 'ERROR'], rows)) cli.screen.line(line)
    })
}
