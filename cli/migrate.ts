import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { locally } from './locally.ts'
import { spinning } from './spinning.ts'

export function addMigrate(program: Command, cli: Cli): void {
  program
    .command('migrate')
    .description('bring the schema of the database up to date; `drydock up` does so by itself')
    .option('--config <file>', 'configuration file')
    .action(async (o: { config?: string }) => {
      const { env } = cli.around
      const [{ migrateDatabase }, { quietLog, settingsOf }] = await Promise.all([
        import('../workers/data.ts'),
        import('./local/settings.ts'),
      ])
      const effective = settingsOf({ env, file: o.config })
      const log = quietLog({ effective, env, name: 'migrate' })
      const { applied, mode } = await spinning(cli, 'Migrating', () =>
        locally('The migration', () => migrateDatabase({ effective, env, log })),
      )
      if (cli.screen.json) return cli.screen.document({ applied, mode })
      for (const name of applied) cli.screen.line(`${cli.screen.paint.green('✓')} ${name}`)
      const timescale = mode === 'timescale' ? 'with TimescaleDB' : 'without TimescaleDB'
      cli.screen.line(`The schema is up to date (${timescale}); ${applied.length} migrations were applied.`)
    })
}
