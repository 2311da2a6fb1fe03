import { z } from 'zod'
import type { Application } from '../schema/application.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { exitCode } from './exit-code.ts'
import { usage } from './failure.ts'
import { spinning } from './spinning.ts'

const Answer = z.looseObject({
  valid: z.boolean(),
  server: z.looseObject({ name: z.string() }),
  checks: z.array(
    z.looseObject({ kind: z.string(), result: z.string(), because: z.string(), next: z.string().nullable() }),
  ),
})

/** Asks of each server whether a deployment would be begun there now; exit code 1 where one says no. */
export async function tellPrerequisites(cli: Cli, definition: Application, named: string | undefined): Promise<void> {
  const servers = named === undefined ? [...new Set(definition.hosts)] : [named]
  if (servers.length === 0) throw usage('Which server?', 'Name it with --server, or in the file as "hosts".')
  const path = `/v1/applications/${segment(definition.name)}/prerequisites`
  const answers: unknown[] = []
  for (const server of servers)
    answers.push(await spinning(cli, `Looking at ${server}`, () => cli.api().post(path, { definition, server })))
  const told = answers.map((answer) => Answer.parse(answer))
  cli.endWith(told.every(({ valid }) => valid) ? exitCode.done : exitCode.failed)
  if (cli.screen.json) return cli.screen.document({ items: answers })
  for (const one of told) tell(cli, definition.name, one)
}

function tell({ screen }: Cli, application: string, { server, valid, checks }: z.infer<typeof Answer>): void {
  const { green, red, yellow, cyan, bold } = screen.paint
  screen.line(
    `${bold(server.name)} ${valid ? green(`is ready for ${application}`) : red(`is not ready for ${application}`)}`,
  )
  for (const { result, because, next } of checks) {
    screen.line(`  ${result === 'passed' ? green('✓') : result === 'warning' ? yellow('!') : red('✗')} ${because}`)
    if (next !== null) screen.line(`    ${cyan('→')} ${next}`)
  }
}
