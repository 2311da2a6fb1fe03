import type { Command } from 'commander'
import { wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'

export function addUp(program: Command, cli: Cli): void {
  program
    .command('up')
    .description('run everything on this machine until Ctrl-C: Temporal, PostgreSQL, worker, API')
    .option('--config <file>', 'configuration file')
    .option('--port <port>', 'port of the API; 0 takes any free one', wholeNumber(0, 65_535))
    .action(async (o: { config?: string; port?: number }) => {
      // Loaded when needed, like the other commands that run something here: it is most of the product.
      const { runStack } = await import('./local/run-stack.ts')
      await runStack(cli, o)
    })
}
