import type { Cli } from '../cli.ts'
import { Failure } from '../failure.ts'
import { createProgress, stackLines, startLocalStack } from './stack.ts'
import { runningStack } from './running-stack.ts'

/** Brings everything up, says where, and stops it in order at Ctrl-C or SIGTERM. */
export async function runStack(cli: Cli, o: { config?: string; port?: number }): Promise<void> {
  await refuseSecond(cli)
  const progress = createProgress(cli)
  const stopAsked = untilStopped(cli)
  try {
    const stack = await startLocalStack(cli, progress, o)
    try {
      progress.stop()
      announce(cli, stack)
      await stopAsked
    } finally {
      if (!cli.screen.json) cli.screen.note('Stopping …')
      await stack.stop()
    }
  } finally {
    progress.stop()
  }
}

type Shown = Parameters<typeof stackLines>[0]

function announce(cli: Cli, stack: Shown): void {
  const { apiUrl, docsUrl, temporalUiUrl, tokenPath } = stack
  if (cli.screen.json) {
    cli.screen.document({ url: apiUrl, docs_url: docsUrl, temporal_ui_url: temporalUiUrl, token_path: tokenPath })
    return
  }
  showStack(cli, stack)
  cli.screen.line('  Try: drydock server add NAME HOST --key PATH, then drydock setup NAME')
  cli.screen.line('  Ctrl-C stops it; what has not ended goes on at the next start.')
}

async function refuseSecond(cli: Cli): Promise<void> {
  const url = await runningStack(cli)
  if (url === null) return
  throw new Failure({
    message: `A local stack runs already at ${url}.`,
    code: 'ALREADY_RUNNING',
    suggestions: ['Use it as it is, stop it first, or give this one a home of its own with DRYDOCK_HOME.'],
  })
}

export function showStack(cli: Cli, stack: Parameters<typeof stackLines>[0]): void {
  const { bold, dim } = cli.screen.paint
  cli.screen.line(`\n${bold('Drydock is up.')}\n`)
  for (const [name, place] of stackLines(stack)) cli.screen.line(`  ${dim(name.padEnd(16))} ${place}`)
  cli.screen.line()
}

/** The first Ctrl-C or SIGTERM; what starts meanwhile is finished before it is stopped. */
export const untilStopped = (cli: Cli): Promise<void> =>
  new Promise((resolve) => {
    cli.around.onInterrupt(resolve)
    cli.around.onTerminate(resolve)
  })
