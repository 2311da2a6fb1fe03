import type { Command } from 'commander'
import { AuditArea, CheckId, ProfileName } from '../schema/audit.ts'
import { StartedAnswer } from './answers.ts'
import { fits, fitsEach, wholeNumber } from './arguments.ts'
import { showAuditHistory } from './audit-history.ts'
import { AuditAnswer, auditLines } from './audit-lines.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { exitCode } from './exit-code.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Options = {
  profile: string
  only?: readonly AuditArea[]
  off?: readonly string[]
  markdown?: true
  all?: true
  history?: true
  minScore?: number
  detach?: true
}

export function addAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description(
      'look how safe a server is, with evidence and what mends it; changes nothing (who did what: audit-trail)',
    )
    .argument('<server>', 'name or id', serverArgument)
    .option(
      '--profile <profile>',
      'the set of checks: baseline, access, cis-debian-12, or one of the settings',
      fits(ProfileName),
      'baseline',
    )
    .option('--only <area>', `only this area (repeatable): ${AuditArea.options.join(', ')}`, fitsEach(AuditArea))
    .option('--off <check>', 'switch a check off this time, such as ssh.x11 (repeatable)', fitsEach(CheckId))
    .option('--markdown', 'a report in Markdown on standard output')
    .option('--all', 'show also what passes and what was skipped')
    .option('--history', 'the audits so far, with what has come and gone; audits nothing')
    .option('--min-score <number>', 'exit with 1 where the score is lower', wholeNumber(0, 100))
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, o: Options) => {
      if (o.history) return showAuditHistory(cli, server)
      await auditNow(cli, server, o)
    })
}

async function auditNow(cli: Cli, server: string, o: Options): Promise<void> {
  const path = `/v1/servers/${segment(server)}/audits`
  const body = { profile: o.profile, ...(o.only ? { areas: o.only } : {}), off: o.off ?? [] }
  const started = StartedAnswer.parse(await cli.api().start(path, body))
  const audit = `${path}/${started.operation.id}`
  let succeeded = false
  await seeThrough(cli, started, {
    say: 'stderr',
    detach: o.detach,
    finish: ({ operation }) => {
      succeeded = operation.state === 'succeeded'
    },
    beyond: async ({ operation }) => {
      if (operation.state !== 'succeeded') return {}
      const answer = await cli.api().get(audit)
      judgeScore(cli, answer, o)
      return { audit: answer }
    },
  })
  if (!succeeded) return
  const answer = await cli.api().get(audit)
  if (o.markdown) await printReport(cli, audit)
  else
    for (const line of auditLines(AuditAnswer.parse(answer), cli.screen.paint, { all: o.all === true }))
      cli.screen.line(line)
  judgeScore(cli, answer, o)
}

function judgeScore(cli: Cli, answer: unknown, { minScore }: Options): void {
  if (minScore !== undefined && AuditAnswer.parse(answer).security_score < minScore) cli.endWith(exitCode.failed)
}

async function printReport(cli: Cli, path: string): Promise<void> {
  const response = await cli.api().open(path, { query: { format: 'markdown' } })
  for (const line of (await response.text()).trimEnd().split('\n')) cli.screen.line(line)
}
