import type { Command } from 'commander'
import { z } from 'zod'
import { fits, fitsEach } from './arguments.ts'
import { approvalLines } from './approval-lines.ts'
import { askForDecision, readApproval } from './approval-prompt.ts'
import type { Cli } from './cli.ts'
import { decide, type Decided } from './decide.ts'
import { exitCode } from './exit-code.ts'
import { Failure, usage } from './failure.ts'
import { seeThrough } from './see-through.ts'
import { readDetails } from './follow.ts'

/** An operation's id, as an argument. */
export const operationArgument = fits(z.uuid(), 'the id of an operation, such as 01936f5e-8d2a-7c31-9f0e-6b1d2c3a4e5f')

type Options = { phrase?: string; acknowledge?: readonly string[]; follow?: boolean }

export function addApprove(program: Command, cli: Cli): void {
  program
    .command('approve')
    .alias('confirm-operation')
    .description('show what waits for approval and confirm it with its phrase')
    .argument('<operation>', 'its id', operationArgument)
    .option('--phrase <text>', 'the phrase; without it, it is asked for')
    .option(
      '--acknowledge <item>',
      'a critical item of the checklist that you have seen to, by its id (repeatable)',
      fitsEach(z.string().min(1).max(64)),
    )
    .option('--follow', 'stay until the operation ends')
    .action(async (id: string, o: Options) => {
      const decided = await decisionFor(cli, id, o)
      report(cli, id, decided)
      if (decided.kind === 'confirmed' && o.follow) {
        const { operation } = await readDetails(cli.api(), id)
        await seeThrough(cli, { operation }, { say: 'stdout' })
      }
    })
}

async function decisionFor(cli: Cli, id: string, o: Options): Promise<Decided> {
  if (o.phrase !== undefined) {
    return decide(cli.api(), id, { decision: 'confirm', phrase: o.phrase, acknowledged: o.acknowledge ?? [] })
  }
  const approval = await readApproval(cli.api(), id)
  if (!cli.screen.interactive) {
    if (!cli.screen.json) for (const line of approvalLines(approval, cli.screen.paintNote)) cli.screen.note(line)
    throw usage(
      'The phrase must be given, and there is no terminal to ask at; expected --phrase TEXT.',
      `The phrase is: ${approval.assessment.phrase}`,
    )
  }
  const decided = await askForDecision(cli, approval)
  if (decided !== null) return decided
  throw new Failure({
    message: 'Not decided: it goes on waiting.',
    code: 'INTERRUPTED',
    exitCode: exitCode.interrupted,
  })
}

/** Says what became of a decision; one that did not count ends as a refusal. */
export function report(cli: Cli, id: string, decided: Decided): void {
  const { screen } = cli
  if (decided.kind === 'again' || decided.kind === 'over') {
    throw new Failure({
      message: decided.failure?.message ?? decided.message,
      code: decided.failure?.code ?? 'CONFLICT',
      exitCode: exitCode.refused,
      details: decided.failure?.details ?? [],
      suggestions: suggestionsFor(decided.failure),
      answer: decided.failure?.answer,
    })
  }
  if (screen.json) return screen.document(decided.body)
  screen.line(`${screen.paint.green('✓')} ${decided.message}`)
  if (decided.kind === 'confirmed') screen.line(`  ${screen.paint.cyan('→')} drydock operation follow ${id}`)
}

const Refused = z.looseObject({ decision: z.looseObject({ outcome: z.string() }) })

/** The API speaks of its own fields; here they are options. */
function suggestionsFor(failure: Failure | undefined): readonly string[] {
  const refused = Refused.safeParse(failure?.answer)
  if (!refused.success || refused.data.decision.outcome !== 'not_acknowledged') return failure?.suggestions ?? []
  return ['See to each item, then give its id with --acknowledge, together with the phrase.']
}
