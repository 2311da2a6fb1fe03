import type { Command } from 'commander'
import { z } from 'zod'
import type { Cli } from './cli.ts'
import { apiAway } from './client.ts'
import { findConnection } from './connection.ts'
import { exitCode } from './exit-code.ts'

export const Readiness = z.looseObject({
  ready: z.boolean(),
  checks: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), detail: z.string().nullish() })),
})

export function addHealth(program: Command, cli: Cli): void {
  program
    .command('health')
    .description('whether the API, Temporal, the database and a worker are there')
    .action(async () => {
      const readiness = await readReadiness(cli)
      cli.endWith(readiness.ready ? exitCode.done : exitCode.failed)
      if (cli.screen.json) return cli.screen.document(readiness)
      const { green, red, dim } = cli.screen.paint
      cli.screen.line(`${green('✓')} API ${dim(cli.api().connection.url)}`)
      for (const { name, ok, detail } of readiness.checks) {
        cli.screen.line(`${ok ? green('✓') : red('✗')} ${name}${detail ? ` · ${detail}` : ''}`)
      }
      if (!readiness.ready) cli.screen.line(`${cli.screen.paint.cyan('→')} drydock doctor says what to do.`)
    })
}

/** Asked directly: an API that is not ready says so with 503, which is an answer here and no error. */
export async function readReadiness(cli: Cli): Promise<z.infer<typeof Readiness>> {
  const { url } = findConnection(cli.around.env)
  const response = await cli.around.fetch(`${url}/ready`).catch((cause: unknown) => {
    throw apiAway(url, cause)
  })
  return Readiness.parse(await response.json())
}
