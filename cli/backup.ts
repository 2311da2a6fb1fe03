import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { usage } from './failure.ts'
import { locally } from './locally.ts'
import { spinning } from './spinning.ts'

export function addBackup(program: Command, cli: Cli): void {
  program
    .command('backup')
    .description('write the database and its master key into one file')
    .argument('<file>', 'where to; it must not exist yet')
    .option('--config <file>', 'configuration file')
    .action(async (file: string, o: { config?: string }) => {
      const to = resolve(file)
      if (existsSync(to)) throw usage(`file: ${file} exists already; expected a new one.`)
      if (!existsSync(dirname(to)))
        throw usage(`file: there is no directory ${dirname(to)}; expected one that is there.`)
      const { env } = cli.around
      const [{ backUp }, { quietLog, settingsOf }] = await Promise.all([
        import('../workers/data.ts'),
        import('./local/settings.ts'),
      ])
      const effective = settingsOf({ env, file: o.config })
      const log = quietLog({ effective, env, name: 'backup' })
      const { rows } = await spinning(cli, 'Backing up', () =>
        locally('The backup', () => backUp({ effective, env, log, to })),
      )
      if (cli.screen.json) return cli.screen.document({ file: to, rows })
      cli.screen.line(`${cli.screen.paint.green('✓')} Wrote ${to} (${rows} lines).`)
      cli.screen.line(
        `  ${cli.screen.paint.yellow('!')} It holds the master key: whoever has the file can open every secret.`,
      )
    })
}
