import type { Command } from 'commander'
import { z } from 'zod'
import { InvalidSettings, loadSettings } from '../workers/settings.ts'
import type { Cli } from './cli.ts'
import { exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
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
    .action((file: string | undefined) => {
      const { file: read, sources } = loadValid(cli, file)
      const set = Object.entries(sources).flatMap(([key, source]) => (source === 'default' ? [] : [{ key, source }]))
      if (cli.screen.json) return cli.screen.document({ valid: true, file: read, set })
      cli.screen.line(
        `${cli.screen.paint.green('✓')} ${read ?? 'No file: environment and defaults'} · valid, ${set.length} settings set.`,
      )
    })
}

function loadValid(cli: Cli, file: string | undefined): ReturnType<typeof loadSettings> {
  try {
    return loadSettings({ env: cli.around.env, cwd: process.cwd(), ...(file === undefined ? {} : { config: file }) })
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error
    const [message = '', ...details] = error.message.split('\n')
    throw new Failure({
      message,
      code: 'VALIDATION_FAILED',
      exitCode: exitCode.usage,
      details: details.map((line) => line.trim()),
      suggestions: ['drydock.example.yaml shows every setting with its meaning and default.'],
      cause: error,
    })
  }
}
