import type { Command } from 'commander'
import { z } from 'zod'
import { ApprovalAnswer } from './approval-lines.ts'
import { riskColour } from './assessment-lines.ts'
import type { Cli } from './cli.ts'
import { shortDuration } from './durations.ts'
import { serverArgument } from './server-argument.ts'
import { tableLines } from './table.ts'

/** What `GET /v1/approvals` answers. */
export const Pending = z.looseObject({ items: z.array(ApprovalAnswer) })

export function addApprovals(program: Command, cli: Cli): void {
  program
    .command('approvals')
    .description('what waits for a person')
    .option('--server <server>', 'only of this server', serverArgument)
    .action(async (o: { server?: string }) => {
      const answer = await cli.api().get('/v1/approvals', o)
      if (cli.screen.json) return cli.screen.document(answer)
      const { items } = Pending.parse(answer)
      if (items.length === 0) return cli.screen.line('Nothing waits for approval.')
      const rows = items.map((one) => [
        one.operation_id,
        riskColour(one.assessment.risk, cli.screen.paint)(one.assessment.risk),
        one.server.name,
        one.requester,
        shortDuration(Math.max(0, Date.parse(one.expires_at) - Date.now())),
        one.assessment.summary,
      ])
      const headings = ['OPERATION', 'RISK', 'SERVER', 'ASKED BY', 'EXPIRES IN', 'WHAT']
      for (const line of tableLines(headings, rows)) cli.screen.line(line)
      cli.screen.line(`${cli.screen.paint.cyan('→')} drydock approve OPERATION, or drydock reject OPERATION`)
    })
}
