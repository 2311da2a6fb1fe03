import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Shell } from '../guard/index.ts'
import type { Assessment } from '../schema/guard.ts'
import { DeviceType, Environment } from '../schema/server.ts'
import { fits } from './arguments.ts'
import { AssessmentAnswer, assessmentLines, riskColour } from './assessment-lines.ts'
import type { Cli } from './cli.ts'
import type { Palette } from './colour.ts'
import { classifyLine, deviceCalled } from './classify-line.ts'
import { addGuardReport } from './guard-report.ts'
import { usage } from './failure.ts'
import { commandText } from './shell-words.ts'

type Options = { device?: DeviceType; deviceType: DeviceType; environment: Environment }
type Node = { words: string; findings: readonly { action: string; because: string }[]; runs: readonly Node[] }

export function addGuard(program: Command, cli: Cli): void {
  const guard = program
    .command('guard')
    .description('what the guard makes of a command, offline and without running it; and what it has stopped so far')

  addGuardReport(guard, cli)

  onDevice(guard.command('explain'))
    .description('everything that a command would run, what of it is destructive, and why')
    .argument('<command...>', 'one word is shell text; several are taken as words')
    .action(async (words: readonly string[], o: Options) => {
      const { explain } = await import('../guard/index.ts')
      const { calls, unreadable, assessment } = explain(questionOf(commandText(words), o))
      if (cli.screen.json) return cli.screen.document({ calls, unreadable, assessment: outside(assessment) })
      const { paint } = cli.screen
      for (const line of calls.flatMap((call) => callLines(call, paint, 0))) cli.screen.line(line)
      for (const { words: text, because } of unreadable) {
        cli.screen.line(`${paint.yellow('?')} ${paint.bold(text)} · ${because}`)
      }
      for (const line of assessmentLines(outside(assessment), paint)) cli.screen.line(line)
    })

  onDevice(guard.command('classify'))
    .description('one verdict a line for commands from standard input, one a line: verdict, risk, actions, command')
    .option(
      '--jsonl',
      'lines are {"id","command","shell"?,"device"?}; so is each answer: {"id","verdict","action_types","risk"}',
    )
    .action(async (o: Options & { jsonl?: boolean }) => {
      if (cli.around.stdin.isTTY)
        throw usage(
          'Commands are read from standard input; expected a pipe.',
          'For example: drydock guard classify < commands.txt',
        )
      const { assess } = await import('../guard/index.ts')
      for await (const line of linesOf(cli)) {
        if (o.jsonl === true)
          cli.screen.jsonLine(
            classifyLine(line, (command, as) =>
              assess(
                questionOf(
                  command,
                  as.deviceType === undefined ? { ...o, ...as } : { ...o, ...as, device: as.deviceType },
                ),
              ),
            ),
          )
        else classify(cli, line, assess(questionOf(line, o)))
      }
    })
}

const onDevice = (command: Command): Command =>
  command
    .addOption(new Option('--device <type>', 'the same, in any of its names').argParser(deviceNamed).hideHelp())
    .addOption(
      new Option('--device-type <type>', DeviceType.options.join(', ')).argParser(fits(DeviceType)).default('generic'),
    )
    .addOption(
      new Option('--environment <environment>', Environment.options.join(', '))
        .argParser(fits(Environment))
        .default('unknown'),
    )

const questionOf = (command: string, o: Options & { shell?: Shell }) => ({
  command,
  device: o.device ?? o.deviceType,
  ...(o.shell === undefined ? {} : { shell: o.shell }),
  environment: o.environment,
  server: { name: 'the server', services: [] },
})

function deviceNamed(name: string): DeviceType {
  const device = deviceCalled(name)
  if (device === null) throw new InvalidArgumentError(`Expected one of ${DeviceType.options.join(', ')}.`)
  return device
}

function classify(cli: Cli, command: string, { verdict, risk, findings }: Assessment): void {
  const actions = [...new Set(findings.map((finding) => finding.action))]
  if (cli.screen.json) return cli.screen.jsonLine({ command, verdict, risk, actions })
  const shown = verdict === 'allow' ? 'low' : riskColour(risk, cli.screen.paint)(risk)
  cli.screen.line([verdict, shown, actions.join(',') || '-', command].join('\t'))
}

function callLines(call: Node, paint: Palette, depth: number): string[] {
  const indent = '  '.repeat(depth)
  const mark = call.findings.length > 0 ? paint.red('✗') : paint.green('✓')
  return [
    `${indent}${mark} ${call.words}`,
    ...call.findings.map(({ action, because }) => `${indent}    ${paint.yellow(action)} · ${because}`),
    ...call.runs.flatMap((run) => callLines(run, paint, depth + 1)),
  ]
}

/** In the names of the API, so that both print alike. */
const outside = ({
  affectedCount,
  countIsEstimate,
  affectedItems,
  rollbackPossible,
  deviceChecks,
  ...same
}: Assessment): AssessmentAnswer =>
  AssessmentAnswer.parse({
    ...same,
    affected_count: affectedCount,
    count_is_estimate: countIsEstimate,
    affected_items: affectedItems,
    rollback_possible: rollbackPossible,
    device_checks: deviceChecks,
  })

async function* linesOf(cli: Cli): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of cli.around.stdin) {
    rest += decoder.decode(Buffer.from(chunk), { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter((line) => line.trim() !== '')
  }
  if (rest.trim() !== '') yield rest
}
