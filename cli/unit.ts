import { type Command, Option } from 'commander'
import { z } from 'zod'
import { UnitName } from '../schema/lockdown.ts'
import { UnitVerb } from '../schema/unit.ts'
import { StartedAnswer } from './answers.ts'
import { duration, fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'
import { spinning } from './spinning.ts'
import { addUnitApply } from './unit-apply.ts'
import { addUnitLogs } from './unit-logs.ts'
import { UnitAnswer, unitLines, UnitRowAnswer, unitTable } from './unit-lines.ts'

const ListAnswer = z.looseObject({ items: z.array(UnitRowAnswer) })

type Reading = { user?: true }
type Listing = Reading & { type: string; state?: string; all?: true }
type Acting = Reading & { now?: true; timeout?: number; dryRun?: true; detach?: true }

const descriptions: Readonly<Record<UnitVerb, string>> = {
  start: 'start a service and wait until it is up',
  stop: 'stop a service and wait until it is down',
  restart: 'restart a service and wait until it is up again',
  reload: 'have a service read its configuration anew; one that cannot is restarted',
  enable: 'have a service start with the host',
  disable: 'have a service not start with the host',
}

const scopeOf = ({ user }: Reading): 'user' | 'system' => (user ? 'user' : 'system')

export function addUnit(program: Command, cli: Cli): void {
  const noun = program.command('service').description('services of a server: what they do, and what is done to them')
  addReads(noun, cli)
  addUnitLogs(noun, cli)
  for (const verb of UnitVerb.options) addAction(noun, cli, verb)
  addUnitApply(noun, cli)
}

const verbOf = (noun: Command, name: string): Command =>
  noun
    .command(name)
    .argument('<server>', 'name or id', serverArgument)
    .option('--user', "the application user's own systemd")

const verbOfOne = (noun: Command, name: string): Command =>
  verbOf(noun, name).argument('<service>', 'a unit of systemd; without a suffix, a service', fits(UnitName))

function addReads(noun: Command, cli: Cli): void {
  verbOf(noun, 'list')
    .description('list the services of a server: those that run or have failed')
    .option('--all', 'also those that rest')
    .addOption(
      new Option('--type <type>', 'units of another type')
        .choices(['service', 'socket', 'timer', 'path', 'mount', 'target'])
        .default('service'),
    )
    .option('--state <state>', 'only those, such as failed')
    .action(async (server: string, o: Listing) => {
      const query = { type: o.type, scope: scopeOf(o), ...(o.state === undefined ? {} : { state: o.state }) }
      const path = `/v1/servers/${segment(server)}/services`
      const answer = await spinning(cli, `Asking ${server}`, () => cli.api().get(path, query))
      if (cli.screen.json) return cli.screen.document(answer)
      const { items } = ListAnswer.parse(answer)
      const shown = o.all || o.state ? items : items.filter(({ active }) => active !== 'inactive')
      if (shown.length === 0) return cli.screen.line('None.')
      for (const line of unitTable(shown, cli.screen.paint)) cli.screen.line(line)
    })

  verbOfOne(noun, 'show')
    .alias('status')
    .description('show a service: state, process, memory, restarts, files, dependencies')
    .action(async (server: string, service: string, o: Reading) => {
      const path = `/v1/servers/${segment(server)}/services/${segment(service)}`
      const answer = await spinning(cli, `Asking ${server}`, () => cli.api().get(path, { scope: scopeOf(o) }))
      if (cli.screen.json) return cli.screen.document(answer)
      for (const line of unitLines(UnitAnswer.parse(answer), cli.screen.paint)) cli.screen.line(line)
    })
}

function addAction(noun: Command, cli: Cli, verb: UnitVerb): void {
  const act = verbOfOne(noun, verb)
    .description(descriptions[verb])
    .option('--timeout <duration>', 'how long it may take until it is so (1m)', duration)
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--detach', 'do not wait for its end')
  if (verb === 'enable') act.option('--now', 'start it too')
  if (verb === 'disable') act.option('--now', 'stop it too')
  act.action(async (server: string, service: string, o: Acting) => {
    const body = {
      service,
      action: verb,
      scope: scopeOf(o),
      now: o.now ?? false,
      ...(o.timeout === undefined ? {} : { timeout_ms: o.timeout }),
      dry_run: o.dryRun ?? false,
    }
    const path = `/v1/servers/${segment(server)}/service-actions`
    const started = StartedAnswer.parse(await cli.api().start(path, body))
    await seeThrough(cli, started, { say: 'stdout', detach: o.detach, finish: planAtEnd(cli, o.dryRun) })
  })
}
