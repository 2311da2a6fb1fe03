import type { Command } from 'commander'
import { operationArgument, report } from './approve.ts'
import type { Cli } from './cli.ts'
import { decide } from './decide.ts'

export function addReject(program: Command, cli: Cli): void {
  program
    .command('reject')
    .description('refuse what waits for approval: it ends without having run')
    .argument('<operation>', 'its id', operationArgument)
    .option('--reason <text>', 'why; it is recorded')
    .action(async (id: string, o: { reason?: string }) => {
      report(
        cli,
        id,
        await decide(cli.api(), id, { decision: 'reject', ...(o.reason === undefined ? {} : { reason: o.reason }) }),
      )
    })
}
