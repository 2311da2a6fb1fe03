import { z } from 'zod'
import { Risk } from '../schema/guard.ts'
import { riskColour } from './assessment-lines.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { tableLines } from './table.ts'

const Summaries = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.string(),
      at: z.string(),
      profile: z.string(),
      areas: z.array(z.string()).nullable(),
      security_score: z.int(),
      score_change: z.int().nullable(),
      risk_level: Risk,
      failed: z.array(z.string()),
      newly_failed: z.array(z.string()),
      no_longer_failed: z.array(z.string()),
    }),
  ),
})

/** The audits of a server, newest first, each against the one before it. */
export async function showAuditHistory(cli: Cli, server: string): Promise<void> {
  const answer = await cli.api().get(`/v1/servers/${segment(server)}/audits`)
  if (cli.screen.json) return cli.screen.document(answer)
  const { red, green, dim } = cli.screen.paint
  const rows = Summaries.parse(answer).items.map((one) => [
    one.at,
    String(one.security_score).padStart(3),
    one.score_change === null || one.score_change === 0
      ? dim('=')
      : one.score_change > 0
        ? green(`+${one.score_change}`)
        : red(String(one.score_change)),
    riskColour(one.risk_level, cli.screen.paint)(one.risk_level),
    one.areas === null ? one.profile : `${one.profile} (${one.areas.join(', ')})`,
    String(one.failed.length),
    [...one.newly_failed.map((id) => red(`+${id}`)), ...one.no_longer_failed.map((id) => green(`-${id}`))].join(' '),
  ])
  if (rows.length === 0) return cli.screen.note(`No audit yet. Make one with: drydock audit ${server}`)
  for (const line of tableLines(['TIME', 'SCORE', 'CHANGE', 'RISK', 'PROFILE', 'FAILED', 'SINCE THE ONE BEFORE'], rows))
    cli.screen.line(line)
}
