import { get } from 'node:http'

// A process of its own, so that no work of a test makes the requests late. See requests.ts.

/** What an asker tells of the time since it told last; times are milliseconds since it began. */
export type Told = {
  readonly answers: readonly { readonly at: number; readonly text: string }[]
  /** Each request that got no answer with status 200: when it began, whom it asked, and what it got. */
  readonly failures: readonly string[]
  readonly unanswered: number
  readonly begun: number
  readonly forMs: number
  /** How late the latest request was begun. */
  readonly latestMs: number
}

const [, , everyText = '10', ...urls] = process.argv
const everyMs = Number(everyText)
const answers: { at: number; text: string }[] = []
const failures: string[] = []
let [begun, unanswered, latestMs] = [0, 0, 0]
const start = performance.now()
const now = () => Math.round(performance.now() - start)
const open = new Set<Promise<void>>()

function ask(url: string): Promise<void> {
  const from = now()
  return new Promise((resolve) => {
    const fail = (what: string) => {
      failures.push(`${from} ms: ${url} ${what}`)
      resolve()
    }
    const request = get(url, { agent: false, timeout: 10_000 }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', (error) => fail(error.message))
      response.on('end', () => {
        answers.push({ at: now(), text: `${response.statusCode} ${Buffer.concat(parts).toString().trim()}` })
        if (response.statusCode === 200) resolve()
        else fail(String(response.statusCode))
      })
    })
    request.on('timeout', () => request.destroy(new Error('no answer in 10 seconds')))
    request.on('error', (error) => {
      unanswered += 1
      fail(error.message)
    })
  })
}

const timer = setInterval(() => {
  // By the clock: a timer that comes late does not make fewer of them.
  while (begun * everyMs < now()) {
    latestMs = Math.max(latestMs, now() - begun * everyMs)
    const asking = ask(urls[begun % urls.length] ?? '').finally(() => open.delete(asking))
    open.add(asking)
    begun += 1
  }
}, everyMs)
process.send?.('asking')
let last = { begun: 0, at: 0 }
process.on('message', (word) => void tell(word === 'stop'))
async function tell(isAll: boolean): Promise<void> {
  if (isAll) clearInterval(timer)
  const here = { begun, at: now() }
  await Promise.all(open)
  const told: Told = {
    answers: answers.splice(0),
    failures: failures.splice(0),
    unanswered,
    begun: here.begun - last.begun,
    forMs: here.at - last.at,
    latestMs,
  }
  last = here
  ;[unanswered, latestMs] = [0, 0]
  process.send?.(told, () => isAll && process.disconnect())
}
process.once('disconnect', () => process.exit())
