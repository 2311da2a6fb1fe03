import type { Command } from 'commander'
import { z } from 'zod'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { shortDuration } from './durations.ts'
import { exitCode } from './exit-code.ts'
import { serverArgument } from './server-argument.ts'
import { spinning } from './spinning.ts'
import { tableLines } from './table.ts'

const TestAnswer = z.looseObject({
  success: z.boolean(),
  status: z.string(),
  checks: z.array(
    z.looseObject({
      type: z.string(),
      user: z.string().nullish(),
      success: z.boolean(),
      duration_ms: z.number(),
      message: z.string().nullish(),
    }),
  ),
  recommendations: z.array(z.string()).default([]),
  next_steps: z.array(z.string()).default([]),
})

export function addServerTest(server: Command, cli: Cli): void {
  server
    .command('test')
    .description('try the port, the host key, the log-ins and sudo, with fresh connections')
    .argument('<server>', 'name or id', serverArgument)
    .action(async (name: string) => {
      const path = `/v1/servers/${segment(name)}/connection-tests`
      const answer = await spinning(cli, `Testing the connections to ${name}`, () => cli.api().post(path, undefined))
      const test = TestAnswer.parse(answer)
      cli.endWith(test.success ? exitCode.done : exitCode.failed)
      if (cli.screen.json) return cli.screen.document(answer)
      const { green, red, cyan, bold } = cli.screen.paint
      cli.screen.line(`${bold(name)}: ${test.success ? green(test.status) : red(test.status)}`)
      const rows = test.checks.map((check) => [
        `  ${check.success ? green('✓') : red('✗')} ${check.type.replaceAll('_', ' ')}`,
        check.user ?? '',
        shortDuration(check.duration_ms),
        check.message ?? '',
      ])
      for (const line of tableLines(['  CHECK', 'USER', 'TIME', 'MESSAGE'], rows)) cli.screen.line(line)
      for (const text of [...test.recommendations, ...test.next_steps]) cli.screen.line(`  ${cyan('→')} ${text}`)
    })
}
