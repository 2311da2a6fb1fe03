import { Readable } from 'node:stream'
import { StartedAnswer } from '../answers.ts'
import { readApproval } from '../approval-prompt.ts'
import { approvalLines } from '../approval-lines.ts'
import { Pending } from '../approvals.ts'
import type { Cli } from '../cli.ts'
import { decide } from '../decide.ts'
import type { DemoHost } from './demo-host.ts'
import { shortDuration } from '../durations.ts'
import { Failure } from '../failure.ts'
import type { Surroundings } from '../surroundings.ts'

/** Runs one command line as if it was typed, and answers its exit code. */
export type RunWords = (words: readonly string[], around: Surroundings) => Promise<number>

const victim = '/srv/drydock-demo'

/** The main job, told by the very commands that a person would type. */
export async function tellStory(cli: Cli, host: DemoHost, run: RunWords): Promise<void> {
  const type = typist(cli, run)
  const name = await freeName(cli, type.quietly)
  const hostKey = host.fingerprint === null ? ['--accept-host-key'] : ['--host-key', host.fingerprint]
  const login = ['--user', host.user, '--port', String(host.port), '--key', host.keyPath]

  type.say('Register the server; its host key is checked and pinned, its key stored sealed.')
  await type.line(['server', 'add', name, host.address, ...login, ...hostKey, '--tag', 'demo'])

  type.say(
    'Prepare it: application user, keys, directories, sudo, packages. Every step is looked at after it was applied.',
  )
  await refusingQuestions(cli, name, () => type.line(['setup', name]))

  type.say('Once more: nothing is done twice.')
  await type.line(['setup', name])

  type.say('A harmless command runs at once, as the application user.')
  await type.line(['run', name, '--', 'id; uptime'])
  await type.line(['run', name, '--root', '--', 'mkdir', '-p', victim])

  type.say('A destructive one does not: it waits for a person.')
  const id = await startDestructive(type, name)
  const approval = await readApproval(cli.api(), id)
  if (!cli.screen.json) for (const line of approvalLines(approval, cli.screen.paint)) cli.screen.line(line)

  type.say('Approved with its phrase, it runs, and once.')
  const seenTo = approval.assessment.checklist
    .filter((item) => item.critical)
    .flatMap((item) => ['--acknowledge', item.id])
  await type.line(['approve', id, '--phrase', approval.assessment.phrase, ...seenTo, '--follow'])
  await type.line(['run', name, '--', `test ! -e ${victim} && echo '${victim} is gone'`])
}

/** Setup asks nobody. Should it do so all the same, it is refused at once, so that the demo does not wait for its deadline. */
async function refusingQuestions(cli: Cli, name: string, work: () => Promise<void>): Promise<void> {
  const watch = setInterval(() => void refuseAll(cli, name).catch(() => {}), 1_000)
  try {
    await work()
  } finally {
    clearInterval(watch)
  }
}

async function refuseAll(cli: Cli, name: string): Promise<void> {
  const { items } = Pending.parse(await cli.api().get('/v1/approvals', { server: name }))
  for (const { operation_id: id } of items)
    await decide(cli.api(), id, { decision: 'reject', reason: 'The demo expects no question here.' })
}

async function startDestructive(type: Typist, name: string): Promise<string> {
  const words = ['run', name, '--root', '--detach', '--', 'rm', '-rf', victim]
  type.show(words)
  const { code, stdout } = await type.quietly([words[0] ?? '', '--json', ...words.slice(1)])
  if (code !== 3)
    throw new Failure({
      message: `rm -rf ${victim} was not stopped for approval (exit code ${code}).`,
      code: 'DEMO_FAILED',
    })
  const { id } = StartedAnswer.parse(JSON.parse(stdout)).operation
  await type.untilAsked(id)
  return id
}

type Typist = ReturnType<typeof typist>

function typist(cli: Cli, run: RunWords) {
  const { screen, around } = cli
  // Ctrl-C belongs to the demo as a whole, and nobody is asked: the demo answers itself.
  const within: Surroundings = {
    ...around,
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: screen.json ? around.stderr : around.stdout,
    onInterrupt: () => () => {},
    onTerminate: () => {},
  }
  async function quietly(words: readonly string[]): Promise<{ code: number; stdout: string }> {
    const written: Buffer[] = []
    const sink = { write: (chunk: string | Uint8Array) => written.push(Buffer.from(chunk)) > 0 }
    const code = await run(words, { ...within, stdout: sink, stderr: sink })
    return { code, stdout: Buffer.concat(written).toString('utf8') }
  }
  const show = (words: readonly string[]) =>
    screen.line(`${screen.paint.cyan('$')} ${screen.paint.bold(['drydock', ...words].map(shown).join(' '))}`)
  return {
    quietly,
    show,
    say: (text: string) => screen.line(`\n${screen.paint.dim(`# ${text}`)}`),
    async line(words: readonly string[]): Promise<void> {
      show(words)
      const begun = Date.now()
      const code = await run(words, within)
      screen.line(screen.paint.dim(`  ${shortDuration(Date.now() - begun)}`))
      if (code !== 0)
        throw new Failure({
          message: `That ended with exit code ${code}.`,
          code: 'DEMO_FAILED',
          suggestions: ['See what it said above.'],
        })
    },
    /** The workflow asks a moment after it was started. */
    async untilAsked(id: string): Promise<void> {
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
        const asked = await readApproval(cli.api(), id).catch(() => null)
        if (asked?.state === 'pending') return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Failure({ message: `Operation ${id} has not asked for approval within 30 s.`, code: 'DEMO_FAILED' })
    },
  }
}

const shown = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

/** The server of an earlier demo is gone; its name is taken again where nothing is open on it. */
async function freeName(cli: Cli, quietly: Typist['quietly']): Promise<string> {
  for (let number = 1; number < 100; number++) {
    const name = number === 1 ? 'demo' : `demo-${number}`
    const known = await cli
      .api()
      .get(`/v1/servers/${name}`)
      .then(
        () => true,
        () => false,
      )
    if (!known || (await quietly(['server', 'remove', name, '--yes'])).code === 0) return name
  }
  throw new Failure({
    message: 'Every name from demo to demo-99 is in use.',
    code: 'DEMO_FAILED',
    suggestions: ['Remove some with `drydock server remove`.'],
  })
}
