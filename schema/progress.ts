/** Takes a line for people: a terminal, a log, or nothing. */
export type Say = (line: string) => void

const silentMs = 2_000
const everyMs = 10_000

/** Does work that may be long. Short work stays silent; after two seconds it says what is going on, then how long it has taken. */
export async function timed<T>(
  o: { title: string; say: Say },
  work: (note: (detail: string) => void) => Promise<T>,
): Promise<T> {
  const started = Date.now()
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(0)} s`
  let detail = ''
  let ticker: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    o.say(`${o.title} ...`)
    ticker = setInterval(() => o.say(`${o.title}: ${elapsed()}${detail && `, ${detail}`}`), everyMs)
  }, silentMs)
  try {
    const result = await work((text) => void (detail = text))
    if (ticker) o.say(`${o.title}: done in ${elapsed()}`)
    return result
  } finally {
    clearTimeout(first)
    clearInterval(ticker)
  }
}
