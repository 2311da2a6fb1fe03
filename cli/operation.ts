import type { Command } from 'commander'
import { z } from 'zod'
import { hasEnded, OperationKind, OperationState } from '../schema/operation.ts'
import { Signal } from '../schema/signal.ts'
import { type DetailsAnswer, OperationAnswer, StartedAnswer } from './answers.ts'
import { onApproval } from './approval-prompt.ts'
import { operationArgument } from './approve.ts'
import { fits, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { ago } from './durations.ts'
import { exitCode, exitCodeOf } from './exit-code.ts'
import { readDetails } from './follow.ts'
import { stepLine, waitingFor } from './narrate.ts'
import { outcomeLines, shownState } from './outcome.ts'
import { copyOutput } from './output.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { factLines, tableLines } from './table.ts'
import { watchOperation } from './watch.ts'

const ListAnswer = z.looseObject({ items: z.array(OperationAnswer) })

export function addOperation(program: Command, cli: Cli): void {
  const operation = program.command('operation').alias('op').description('jobs that were started')

  operation
    .command('list')
    .description('list operations, newest first')
    .option('--server <server>', 'only of this server', serverArgument)
    .option('--kind <kind>', OperationKind.options.join(', '), fits(OperationKind))
    .option('--state <state>', OperationState.options.join(', '), fits(OperationState))
    .option('--limit <number>', 'so many at most', wholeNumber(1, 200), 20)
    .action(async (o: { server?: string; kind?: string; state?: string; limit: number }) => {
      const answer = await cli.api().get('/v1/operations', o)
      if (cli.screen.json) return cli.screen.document(answer)
      listOperations(cli, ListAnswer.parse(answer).items)
    })

  operation
    .command('show')
    .description('show an operation: its state and why, steps, result')
    .argument('<operation>', 'its id', operationArgument)
    .action(async (id: string) => {
      const details = await readDetails(cli.api(), id)
      if (cli.screen.json) return cli.screen.document(details)
      showOperation(cli, details)
    })

  operation
    .command('follow')
    .description('stay with an operation until its end; with --json, its events as JSON lines')
    .argument('<operation>', 'its id', operationArgument)
    .option('--after <number>', 'only events after this one', wholeNumber(0, 2_147_483_647))
    .action(async (id: string, o: { after?: number }) => followOperation(cli, id, o))

  operation
    .command('output')
    .description('print what its commands wrote, as bytes')
    .argument('<operation>', 'its id', operationArgument)
    .action(async (id: string) => {
      await copyOutput(cli, { id, signal: new AbortController().signal, until: Promise.resolve() })
    })

  operation
    .command('cancel')
    .description('end an operation: its command is killed, what was applied is undone where it can be')
    .argument('<operation>', 'its id', operationArgument)
    .option('--detach', 'do not wait for its end')
    .action(async (id: string, o: { detach?: boolean }) => {
      const answer = await cli.api().post(`/v1/operations/${segment(id)}/cancellation`, undefined)
      if (o.detach && cli.screen.json) return cli.screen.document(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} Asked operation ${id} to end.`)
      if (o.detach) return
      await seeThrough(cli, StartedAnswer.parse(answer), { say: 'stdout' })
      // Having been asked for, this end is no failure.
      if ((await readDetails(cli.api(), id)).operation.state === 'cancelled') cli.endWith(exitCode.done)
    })

  operation
    .command('signal')
    .description('send a signal to the command that runs; the operation ends only if the command does')
    .argument('<operation>', 'its id', operationArgument)
    .argument('<signal>', Signal.options.join(' or '), fits(Signal))
    .action(async (id: string, signal: Signal) => {
      const answer = await cli.api().post(`/v1/operations/${segment(id)}/signals`, { signal })
      if (cli.screen.json) return cli.screen.document(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} Sending ${signal} to the command of operation ${id}.`)
      cli.screen.line(`  ${cli.screen.paint.cyan('→')} drydock operation follow ${id}`)
    })

  operation
    .command('rollback')
    .description('bring back what a confirmed command took, by the plan that was made before it ran')
    .argument('<operation>', 'its id', operationArgument)
    .option('--detach', 'do not wait for its end')
    .action(async (id: string, o: { detach?: boolean }) => {
      const started = StartedAnswer.parse(await cli.api().start(`/v1/operations/${segment(id)}/rollback`, undefined))
      await seeThrough(cli, started, { say: 'stdout', detach: o.detach })
    })

  operation
    .command('resume')
    .description('continue a setup that failed at the failed step; plan a lockdown, or what was rolled back, anew')
    .argument('<operation>', 'its id', operationArgument)
    .option('--detach', 'do not wait for its end')
    .action(async (id: string, o: { detach?: boolean }) => {
      const started = StartedAnswer.parse(await cli.api().start(`/v1/operations/${segment(id)}/resumption`, undefined))
      await seeThrough(cli, started, { say: 'stdout', detach: o.detach })
    })
}

async function followOperation(cli: Cli, id: string, o: { after?: number }): Promise<void> {
  const watched = await watchOperation(cli, {
    id,
    say: cli.screen.json ? 'json lines' : 'stdout',
    onApproval: (signal) => onApproval(cli, id, signal),
    ...o,
  })
  if (watched.details === null) return
  const { operation } = watched.details
  if (watched.kind === 'ended' && cli.ending() !== exitCode.interrupted) cli.endWith(exitCodeOf(operation.state))
  if (cli.screen.json) return cli.screen.jsonLine(watched.details)
  for (const line of outcomeLines(operation, cli.screen.paint)) cli.screen.line(line)
}

/** A table of operations. */
export function listOperations(cli: Cli, items: readonly OperationAnswer[]): void {
  const { screen } = cli
  if (items.length === 0) return screen.line('No operations.')
  const rows = items.map((one) => [
    one.id,
    one.kind,
    one.server?.name ?? '-',
    shownState(one, screen.paint),
    one.created_at ? ago(one.created_at) : '',
    one.title ?? '',
  ])
  for (const line of tableLines(['OPERATION', 'KIND', 'SERVER', 'STATE', 'STARTED', 'TITLE'], rows)) screen.line(line)
}

function showOperation(cli: Cli, { operation, steps, plan }: DetailsAnswer): void {
  const { paint } = cli.screen
  const facts = {
    state: hasEnded(operation.state)
      ? null
      : `${shownState(operation, paint)}${operation.reason ? ` (${waitingFor(operation.reason, operation.detail)})` : ''}`,
    'asked by': operation.requester,
    started: operation.created_at,
    resumes: operation.resumes,
    parent: operation.parent,
    workflow: operation.workflow_id,
  }
  cli.screen.line(paint.bold(operation.title ?? operation.kind))
  for (const line of factLines(facts)) cli.screen.line(`  ${line}`)
  const begun = new Set(steps.map((step) => step.id))
  const pending = hasEnded(operation.state) ? [] : (plan?.steps ?? []).filter((step) => !begun.has(step.id))
  for (const step of steps)
    cli.screen.line(`  ${stepLine({ ...step, because: step.message === step.title ? null : step.message }, paint)}`)
  for (const step of pending) cli.screen.line(`  ${stepLine({ title: step.title, state: 'pending' }, paint)}`)
  for (const line of outcomeLines(operation, paint)) cli.screen.line(line)
}
