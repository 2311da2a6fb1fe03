import type { Command } from 'commander'
import { z } from 'zod'
import { Role } from '../schema/identity.ts'
import { fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { ago } from './durations.ts'
import { tableLines } from './table.ts'

const Created = z.looseObject({ name: z.string(), token: z.string() })
const Tokens = z.looseObject({
  items: z.array(
    z.looseObject({
      name: z.string(),
      role: z.string(),
      kind: z.string(),
      created_at: z.string(),
      last_used_at: z.string().nullable(),
      revoked_at: z.string().nullable(),
    }),
  ),
})
const tokenName = fits(
  z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
  'lower-case letters, digits, dot, dash and underscore, up to 63',
)

export function addToken(program: Command, cli: Cli): void {
  const token = program.command('token').description('who may ask the API, and for what')

  token
    .command('create')
    .description('make a token; it is shown this once')
    .argument('<name>', 'whose it is', tokenName)
    .requiredOption('--role <role>', Role.options.join(', '), fits(Role))
    .option('--agent', 'for a program that may ask and never approve')
    .action(async (name: string, o: { role: string; agent?: boolean }) => {
      const body = { name, role: o.role, kind: o.agent ? 'agent' : 'person' }
      const answer = await cli.api().post('/v1/tokens', body)
      if (cli.screen.json) return cli.screen.document(answer)
      // The token alone on standard output, so that `$(drydock token create …)` takes it.
      cli.screen.note(`Made the token ${name} with the role ${o.role}. It is shown this once:`)
      cli.screen.line(Created.parse(answer).token)
    })

  token
    .command('list')
    .description('list the tokens; their values are never shown again')
    .option('--all', 'also revoked ones')
    .action(async (o: { all?: boolean }) => {
      const answer = await cli.api().get('/v1/tokens')
      if (cli.screen.json) return cli.screen.document(answer)
      const items = Tokens.parse(answer).items.filter((item) => o.all || item.revoked_at === null)
      const rows = items.map((item) => [
        item.name,
        item.role,
        item.kind,
        ago(item.created_at),
        item.last_used_at ? ago(item.last_used_at) : 'never',
        item.revoked_at ? cli.screen.paint.red('revoked') : '',
      ])
      for (const line of tableLines(['NAME', 'ROLE', 'KIND', 'MADE', 'LAST USED', ''], rows)) cli.screen.line(line)
    })

  token
    .command('revoke')
    .description('revoke a token')
    .argument('<name>', 'whose it is', tokenName)
    .action(async (name: string) => {
      await cli.api().remove(`/v1/tokens/${segment(name)}`)
      if (cli.screen.json) return cli.screen.document({ revoked: name })
      cli.screen.line(`${cli.screen.paint.green('✓')} Revoked ${name}.`)
    })
}
