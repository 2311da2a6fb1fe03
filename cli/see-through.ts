import type { DetailsAnswer, StartedAnswer } from './answers.ts'
import { onApproval } from './approval-prompt.ts'
import type { Cli } from './cli.ts'
import { exitCode, exitCodeOf } from './exit-code.ts'
import { howToApprove } from './approval-lines.ts'
import { outcomeLines } from './outcome.ts'
import { watchOperation, type WatchOptions } from './watch.ts'

type SeeThroughOptions = Pick<WatchOptions, 'say' | 'beside' | 'onInterrupt'> & {
  readonly detach?: boolean | undefined
  /** A good end is not worth a word: what came out is all. */
  readonly quiet?: boolean
  /** What is said at the end beside the outcome, such as the diffs of a dry run. */
  readonly finish?: (details: DetailsAnswer) => void
  /** What the JSON document holds beyond the operation. */
  readonly beyond?: (details: DetailsAnswer) => Promise<object>
}

/** Stays with an operation that was just started until its end, or with `--detach` only says where it is. */
export async function seeThrough(cli: Cli, started: StartedAnswer, o: SeeThroughOptions): Promise<void> {
  const { operation } = started
  if (o.detach) return leaveAlone(cli, started)
  const say = (line: string) => (o.say === 'stderr' ? cli.screen.note(line) : cli.screen.line(line))
  const paint = o.say === 'stderr' ? cli.screen.paintNote : cli.screen.paint
  if (!cli.screen.json && o.say === 'stdout')
    say(paint.dim(`${operation.title ?? operation.kind} · operation ${operation.id}`))
  const watched = await watchOperation(cli, {
    id: operation.id,
    say: o.say,
    onApproval: (signal) => onApproval(cli, operation.id, signal),
    ...(o.beside ? { beside: o.beside } : {}),
    ...(o.onInterrupt ? { onInterrupt: o.onInterrupt } : {}),
  })
  const { details } = watched
  if (details === null) return
  if (watched.kind === 'ended' && cli.ending() !== exitCode.interrupted)
    cli.endWith(exitCodeOf(details.operation.state))
  if (cli.screen.json) return cli.screen.document({ ...details, ...(await o.beyond?.(details)) })
  o.finish?.(details)
  if (o.quiet && details.operation.state === 'succeeded') return
  for (const line of outcomeLines(details.operation, paint)) say(line)
}

function leaveAlone(cli: Cli, { operation, blocked, ...rest }: StartedAnswer): void {
  const { screen } = cli
  const waitsForPerson = Boolean(blocked) || operation.state === 'awaiting_approval'
  cli.endWith(waitsForPerson ? exitCode.refused : exitCodeOf(operation.state))
  if (screen.json) return screen.document({ operation, ...(blocked ? { blocked } : {}), ...rest })
  screen.line(`${screen.paint.green('✓')} Started ${operation.title ?? operation.kind}: operation ${operation.id}`)
  if (waitsForPerson) for (const line of howToApprove(operation.id, screen.paint)) screen.line(`  ${line}`)
  screen.line(`  ${screen.paint.cyan('→')} drydock operation follow ${operation.id}`)
}
