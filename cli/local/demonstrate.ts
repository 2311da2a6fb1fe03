import type { Image } from '../../lab/index.ts'
import type { Cli } from '../cli.ts'
import { readLocalStack } from '../connection.ts'
import { bootDemoHost, type DemoHost, givenHost } from './demo-host.ts'
import { type RunWords, tellStory } from './demo-story.ts'
import { shortDuration } from '../durations.ts'
import { exitCode } from '../exit-code.ts'
import { createProgress, startLocalStack } from './stack.ts'
import { runningStack } from './running-stack.ts'
import { showStack, untilStopped } from './run-stack.ts'

export type DemoOptions = {
  exit?: boolean
  image: Image
  host?: string
  user: string
  port: number
  key?: string
  apiPort?: number
}

/** Everything from nothing: stack, server, the main job on it, and where to go on. */
export async function demonstrate(cli: Cli, o: DemoOptions, run: RunWords): Promise<void> {
  const begun = Date.now()
  const given = o.host === undefined ? null : givenHost({ host: o.host, port: o.port, user: o.user, key: o.key })
  const progress = createProgress(cli)
  const stops: (() => Promise<void>)[] = []
  const stopAsked = untilStopped(cli).then((): 'stop' => 'stop')
  try {
    const host = given ?? bootDemoHost(progress, o.image)
    const [stack, demoHost] = await Promise.all([
      stackFor(cli, progress, o, stops),
      Promise.resolve(host).then((one) => keep(stops, one)),
    ])
    progress.stop()
    showStack(cli, stack)
    const told = await Promise.race([tellStory(cli, demoHost, run), stopAsked])
    if (told === 'stop') return cli.endWith(exitCode.interrupted)
    finish(cli, stack, { tookMs: Date.now() - begun, stays: !o.exit })
    if (!o.exit) await stopAsked
  } finally {
    progress.stop()
    if (stops.length > 0) cli.screen.note('Stopping …')
    for (const stop of stops.toReversed()) await stop()
  }
}

type Shown = Parameters<typeof showStack>[1]

/** The stack that runs already, or one of our own for the time of the demo. */
async function stackFor(
  cli: Cli,
  progress: ReturnType<typeof createProgress>,
  o: DemoOptions,
  stops: (() => Promise<void>)[],
): Promise<Shown> {
  const url = await runningStack(cli)
  const local = readLocalStack(cli.around.env)
  if (url !== null && local !== null) {
    progress.note(`Using the local stack that runs at ${url}.`)
    return { apiUrl: url, docsUrl: `${url}/docs`, temporalUiUrl: local.temporal_ui_url, tokenPath: local.token_path }
  }
  const stack = await startLocalStack(cli, progress, { port: o.apiPort })
  stops.push(() => stack.stop())
  return stack
}

function keep(stops: (() => Promise<void>)[], host: DemoHost): DemoHost {
  stops.push(() => host.stop())
  return host
}

function finish(cli: Cli, stack: Shown, { tookMs, stays }: { tookMs: number; stays: boolean }): void {
  const { green, bold, dim, cyan } = cli.screen.paint
  if (cli.screen.json) {
    cli.screen.document({
      succeeded: true,
      duration_ms: tookMs,
      url: stack.apiUrl,
      docs_url: stack.docsUrl,
      temporal_ui_url: stack.temporalUiUrl,
      token_path: stack.tokenPath,
    })
    return
  }
  cli.screen.line(`\n${green('✓')} ${bold('The demo succeeded')} ${dim(`(${shortDuration(tookMs)})`)}`)
  if (stays) showStack(cli, stack)
  const next = [
    'drydock operation list',
    'drydock setup demo --dry-run --user deploy',
    'drydock run demo --root -- systemctl reboot',
    'drydock guard explain "find / -delete"',
    'drydock audit-trail',
  ]
  cli.screen.line(
    stays
      ? '  What to try next, in another terminal (`npx drydock`, or `node bin/drydock.mjs`):'
      : '  It is stopped now. Start it to stay with `npm run demo`; what to try then (`npx drydock`):',
  )
  for (const words of next) cli.screen.line(`    ${cyan('$')} ${words}`)
  cli.screen.line(stays ? '\n  Ctrl-C stops everything.' : '')
}
