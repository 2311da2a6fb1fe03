import type { Command } from 'commander'
import { z } from 'zod'
import type { Cli } from './cli.ts'
import { tableLines } from './table.ts'

const Settings = z.record(z.string(), z.object({ value: z.unknown(), source: z.string() }))

export function addConfig(program: Command, cli: Cli): void {
  const config = program.command('config').description('settings')

  config
    .command('show')
    .description("the API's settings in force and where each came from; secrets are cut")
    .option('--changed', 'only those that are not the default')
    .action(async (o: { changed?: boolean }) => {
      const answer = await cli.api().get('/debug/config')
      if (cli.screen.json) return cli.screen.document(answer)
      const rows = Object.entries(Settings.parse(answer))
        .filter(([, { source }]) => !o.changed || source !== 'default')
        .map(([key, { value, source }]) => [
          key,
          value === null || value === undefined ? cli.screen.paint.dim('-') : JSON.stringify(value),
          source === 'default' ? cli.screen.paint.dim(source) : source,
        ])
      for (const line of tableLines(['SETTING', 'VALUE', 'FROM'], rows)) cli.screen.line(line)
    })

  config
    .command('validate')
    .description('check a configuration file, with the environment as it is; nothing is started')
    .argument('[file]', 'YAML or JSON; without it, the one that `drydock up` would read')
    .action(async (file: string | undefined) => {
      const { settingsOf } = await import('./local/settings.ts')
      const { file: read, sources } = settingsOf({ env: cli.around.env, file })
      const set = Object.entries(sources).flatMap(([key, source]) => (source === 'default' ? [] : [{ key, source }]))
      if (cli.screen.json) return cli.screen.document({ valid: true, file: read, set })
      cli.screen.line(
        `${cli.screen.paint.green('✓')} ${read ?? 'No file: environment and defaults'} · valid, ${set.length} settings set.`,
      )
    })
}
