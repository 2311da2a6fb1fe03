import { type Command, Option } from 'commander'
import { z } from 'zod'
import { SessionName, SessionState } from '../schema/session.ts'
import { VariableName } from '../schema/start.ts'
import { OperationAnswer } from './answers.ts'
import { fits, fitsEach, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { type CommandSurroundings, surroundingsOf, withSurroundings } from './command-surroundings.ts'
import { ago } from './durations.ts'
import { listOperations } from './operation.ts'
import { serverArgument } from './server-argument.ts'
import { SessionAnswer, sessionLines, sessionState, terminalOf } from './session-lines.ts'
import { tableLines } from './table.ts'

const ListAnswer = z.looseObject({ items: z.array(SessionAnswer) })
const ShowAnswer = z.looseObject({ session: SessionAnswer, operations: z.array(OperationAnswer) })
const ClosedAnswer = z.looseObject({ session: SessionAnswer, cancelled: z.array(z.string()) })

const sessionName = fits(SessionName)
const variables = fitsEach(VariableName)
const pathOf = (server: string, name?: string): string =>
  `/v1/servers/${segment(server)}/sessions${name === undefined ? '' : `/${segment(name)}`}`

export function addSession(program: Command, cli: Cli): void {
  const session = program.command('session').description('named surroundings for commands that follow each other')
  const verb = (name: string): Command => session.command(name).argument('<server>', 'name or id', serverArgument)
  const verbOfOne = (name: string): Command => verb(name).argument('<name>', 'its name', sessionName)

  withSurroundings(verbOfOne('open'))
    .description('open a session; nothing is run for it')
    .option('--root', 'run its commands as root')
    .addOption(new Option('--as-root').hideHelp())
    .action(async (server: string, name: string, o: CommandSurroundings & { root?: boolean; asRoot?: boolean }) => {
      const body = { name, as_root: o.root ?? o.asRoot ?? false, ...surroundingsOf(cli, o) }
      const answer = await cli.api().start(pathOf(server), body)
      if (cli.screen.json) return cli.screen.document(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} Opened ${name} on ${server}.`)
      cli.screen.line(`  ${cli.screen.paint.cyan('→')} drydock run ${server} --session ${name} -- COMMAND`)
    })

  verb('list')
    .description('list the sessions of a server, newest first')
    .option('--state <state>', SessionState.options.join(', '), fits(SessionState))
    .option('--limit <number>', 'so many at most', wholeNumber(1, 200), 20)
    .action(async (server: string, o: { state?: SessionState; limit: number }) => {
      const answer = await cli.api().get(pathOf(server), o)
      if (cli.screen.json) return cli.screen.document(answer)
      listSessions(cli, server, ListAnswer.parse(answer).items)
    })

  verbOfOne('show')
    .description('show a session with its newest operations')
    .action(async (server: string, name: string) => {
      const answer = await cli.api().get(pathOf(server, name), { limit: 20 })
      if (cli.screen.json) return cli.screen.document(answer)
      const shown = ShowAnswer.parse(answer)
      for (const line of sessionLines(shown.session, cli.screen.paint)) cli.screen.line(line)
      cli.screen.line()
      listOperations(cli, shown.operations)
    })

  withSurroundings(verbOfOne('change'))
    .description('change what the commands that follow run in')
    .option('--no-cwd', 'run them where the log-in begins')
    .option('--no-tty', 'run them without a terminal')
    .option('--unset <name>', 'take a variable away (repeatable)', variables)
    .action(async (server: string, name: string, o: Change) => {
      const answer = await cli.api().patch(pathOf(server, name), changeOf(cli, o))
      if (cli.screen.json) return cli.screen.document(answer)
      for (const line of sessionLines(SessionAnswer.parse(answer), cli.screen.paint)) cli.screen.line(line)
    })

  verbOfOne('close')
    .description('close a session: what runs in it is ended, and nothing more is run in it')
    .action(async (server: string, name: string) => {
      const answer = await cli.api().remove(pathOf(server, name))
      if (cli.screen.json) return cli.screen.document(answer)
      const { cancelled } = ClosedAnswer.parse(answer)
      cli.screen.line(`${cli.screen.paint.green('✓')} Closed ${name} on ${server}.`)
      for (const id of cancelled) cli.screen.line(`  Asked operation ${id} to end.`)
    })
}

type Change = Omit<CommandSurroundings, 'cwd'> & { cwd?: string | false; unset?: readonly string[] }

function changeOf(cli: Cli, { cwd, unset = [], ...o }: Change): object {
  const { env, secrets, ...rest } = { env: {}, secrets: {}, ...surroundingsOf(cli, o) }
  const away = Object.fromEntries(unset.map((name) => [name, null]))
  return {
    ...rest,
    ...(cwd === undefined ? {} : { cwd: cwd === false ? null : cwd }),
    env: { ...away, ...env },
    secrets: { ...away, ...secrets },
  }
}

function listSessions(cli: Cli, server: string, items: readonly SessionAnswer[]): void {
  const { screen } = cli
  if (items.length === 0) return screen.line(`No sessions. Open one: drydock session open ${server} NAME`)
  const rows = items.map((one) => [
    screen.paint.bold(one.name),
    sessionState(one, screen.paint),
    one.as_root ? 'root' : 'app',
    one.cwd ?? '-',
    terminalOf(one) || '-',
    `${ago(one.created_at)} by ${one.created_by}`,
  ])
  for (const line of tableLines(['NAME', 'STATE', 'AS', 'DIRECTORY', 'TERMINAL', 'OPENED'], rows)) screen.line(line)
}
