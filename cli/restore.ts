import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { locally } from './locally.ts'
import { mustMean } from './ask.ts'
import type { Cli } from './cli.ts'
import { Failure, usage } from './failure.ts'
import { runningStack } from './local/running-stack.ts'
import { spinning } from './spinning.ts'

type Options = { config?: string; replace?: boolean; yes?: boolean }

export function addRestore(program: Command, cli: Cli): void {
  program
    .command('restore')
    .description('bring the database and the master key back from a backup')
    .argument('<file>', 'the backup')
    .option('--config <file>', 'configuration file')
    .option('--replace', 'in place of what is in the database; it is lost')
    .option('--yes', 'do not ask')
    .action(async (file: string, o: Options) => {
      const from = resolve(file)
      if (!existsSync(from)) throw usage(`file: ${file} is not there; expected a file that \`drydock backup\` wrote.`)
      const { env } = cli.around
      const [{ bringBack }, { quietLog, settingsOf }] = await Promise.all([
        import('../workers/data.ts'),
        import('./local/settings.ts'),
      ])
      const effective = settingsOf({ env, file: o.config })
      await refuseWhileRunning(cli)
      if (o.replace) await mustMean(cli, 'Everything in the database is lost and replaced. Go on?', o)
      const log = quietLog({ effective, env, name: 'restore' })
      const existing = o.replace ? 'replace' : 'refuse'
      const back = await spinning(cli, 'Restoring', () =>
        locally('The restore', () => bringBack({ effective, env, log, from, existing }).catch(withAdvice)),
      )
      if (cli.screen.json) {
        return cli.screen.document({ rows: back.rows, master_key_path: back.masterKeyPath, kept_at: back.keptAt })
      }
      cli.screen.line(
        `${cli.screen.paint.green('✓')} Restored ${back.rows} rows; the master key is ${back.masterKeyPath}.`,
      )
      if (back.keptAt !== null) cli.screen.line(`  The key that was there before is kept as ${back.keptAt}.`)
    })
}

/** Told by its name: the store itself is loaded only where it is worked on. */
function withAdvice(cause: unknown): never {
  if (!(cause instanceof Error) || cause.name !== 'DatabaseNotEmpty') throw cause
  throw new Failure({
    message: cause.message,
    code: 'CONFLICT',
    suggestions: ['With --replace it takes the place of what is there, which is lost then.'],
    cause,
  })
}

async function refuseWhileRunning(cli: Cli): Promise<void> {
  const url = await runningStack(cli)
  if (url === null) return
  throw new Failure({
    message: `The local stack runs at ${url}; its database cannot be replaced under it.`,
    code: 'CONFLICT',
    suggestions: ['Stop `drydock up` first.'],
  })
}
