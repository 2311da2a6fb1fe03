import type { Cli } from './cli.ts'
import { shortDuration } from './durations.ts'
import { createStatusLine } from './status-line.ts'

const silentMs = 2_000

/** Work of one request that may be long: after two seconds it says that it goes on, and for how long. */
export async function spinning<T>(cli: Cli, title: string, work: () => Promise<T>): Promise<T> {
  const live = !cli.screen.json && cli.around.stderr.isTTY === true
  const status = createStatusLine(cli.around.stderr, live)
  const begun = Date.now()
  let said = false
  const ticker = setInterval(() => {
    if (Date.now() - begun < silentMs || cli.screen.json) return
    if (live) status.show(`${title} (${shortDuration(Date.now() - begun)})`)
    else if (!said) cli.screen.note(`${title} …`)
    said = true
  }, 200)
  try {
    return await work()
  } finally {
    clearInterval(ticker)
    status.clear()
  }
}
