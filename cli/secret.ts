import type { Command } from 'commander'
import { z } from 'zod'
import { SecretName } from '../schema/secret.ts'
import { fits } from './arguments.ts'
import { mustMean, readSecret } from './ask.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { ago } from './durations.ts'
import { tableLines } from './table.ts'

const Stored = z.looseObject({ name: z.string(), version: z.int() })
const Secrets = z.looseObject({
  items: z.array(
    z.looseObject({
      name: z.string(),
      versions: z.array(z.looseObject({ version: z.int(), created_at: z.string(), created_by: z.string() })),
    }),
  ),
})

export function addSecret(program: Command, cli: Cli): void {
  const secret = program.command('secret').description('stored secrets: written and referred to, never shown')

  secret
    .command('set')
    .description('store a secret; its value is asked for or read from standard input, never an argument')
    .argument('<name>', 'its name', fits(SecretName))
    .action(async (name: string) => {
      const value = await readSecret(cli, `value of ${name}`)
      const answer = await cli.api().put(`/v1/secrets/${segment(name)}`, { value })
      if (cli.screen.json) return cli.screen.document(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} Stored ${name}, version ${Stored.parse(answer).version}.`)
    })

  secret
    .command('list')
    .description('list the stored secrets: names and versions')
    .action(async () => {
      const answer = await cli.api().get('/v1/secrets')
      if (cli.screen.json) return cli.screen.document(answer)
      const { items } = Secrets.parse(answer)
      if (items.length === 0) return cli.screen.line('No secrets.')
      const rows = items.map(({ name, versions }) => {
        const newest = versions.at(-1)
        return [name, String(newest?.version ?? ''), newest ? ago(newest.created_at) : '', newest?.created_by ?? '']
      })
      for (const line of tableLines(['NAME', 'VERSION', 'SET', 'BY'], rows)) cli.screen.line(line)
    })

  secret
    .command('remove')
    .description('remove a secret with all its versions')
    .argument('<name>', 'its name', fits(SecretName))
    .option('--yes', 'do not ask')
    .action(async (name: string, o: { yes?: boolean }) => {
      await mustMean(cli, `Remove the secret ${name} with all its versions? What refers to it stops working.`, o)
      await cli.api().remove(`/v1/secrets/${segment(name)}`)
      if (cli.screen.json) return cli.screen.document({ removed: name })
      cli.screen.line(`${cli.screen.paint.green('✓')} Removed ${name}.`)
    })
}
