import type { Command } from 'commander'
import { z } from 'zod'
import { ProfileName } from '../schema/audit.ts'
import { fits } from './arguments.ts'
import { StartedAnswer } from './answers.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { serverArgument } from './server-argument.ts'
import { factLines } from './table.ts'

const MonitoringAnswer = z.looseObject({
  message: z.string(),
  monitoring_level: z.string(),
  operation: z.string().nullable(),
  audit_result: z.looseObject({ security_score: z.int(), at: z.string() }).nullable(),
  next_audit: z.string().nullable(),
  security_alerts: z.array(z.looseObject({ id: z.string(), message: z.string() })),
})

export function addMonitoring(program: Command, cli: Cli): void {
  const noun = program
    .command('monitoring')
    .description('audit a server again and again, and tell what is critical and new')

  noun
    .command('start')
    .description('every hour, every half hour while something critical is open')
    .argument('<server>', 'name or id', serverArgument)
    .option('--profile <profile>', 'the set of checks', fits(ProfileName), 'baseline')
    .option('--repair', 'when a check fails that did not before, lock the server down again as it was')
    .action(async (server: string, { profile, repair }: { profile: string; repair?: boolean }) => {
      const body = { profile, on_drift: repair === true ? 'lockdown' : 'alert' }
      const answer = await cli.api().start(pathOf(server), body)
      if (cli.screen.json) return cli.screen.document(answer)
      const { operation } = StartedAnswer.parse(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} ${server} is monitored: operation ${operation.id}`)
    })

  noun
    .command('show')
    .description('how it stands, and what is critical')
    .argument('<server>', 'name or id', serverArgument)
    .action(async (server: string) => {
      const answer = await cli.api().get(pathOf(server))
      if (cli.screen.json) return cli.screen.document(answer)
      const one = MonitoringAnswer.parse(answer)
      const { red } = cli.screen.paint
      cli.screen.line(one.message)
      for (const { id, message } of one.security_alerts)
        cli.screen.line(`${red('✗')} ${id}: ${message.split('\n').join(' ')}`)
      const facts = {
        level: one.monitoring_level,
        'last audit': one.audit_result && `${one.audit_result.at}, score ${one.audit_result.security_score}`,
        'next audit': one.next_audit,
        operation: one.operation,
      }
      for (const line of factLines(facts)) cli.screen.line(line)
    })

  noun
    .command('stop')
    .description('end it')
    .argument('<server>', 'name or id', serverArgument)
    .action(async (server: string) => {
      const answer = await cli.api().remove(pathOf(server))
      if (cli.screen.json) return cli.screen.document(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} ${server} is no longer monitored`)
    })
}

const pathOf = (server: string): string => `/v1/servers/${segment(server)}/monitoring`
