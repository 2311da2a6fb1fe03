import { type CANCEL_SYMBOL, confirm, isCancel, multiselect, password, text } from '@clack/prompts'
import type { Cli } from './cli.ts'
import { exitCode } from './exit-code.ts'
import { Failure, usage } from './failure.ts'

/** Questions to a person at a terminal. `null` is a person who walked away: Ctrl-C, or the signal. */
export const askText = (o: { message: string; signal?: AbortSignal }): Promise<string | null> =>
  whileOpen(o.signal, (signal) => text({ message: o.message, output: process.stderr, signal }))

export const askYes = async (message: string): Promise<boolean> =>
  answered(await confirm({ message, initialValue: false, output: process.stderr })) ?? false

export const askEach = (o: {
  message: string
  items: readonly { id: string; text: string }[]
  signal?: AbortSignal
}): Promise<readonly string[] | null> =>
  whileOpen(o.signal, (signal) =>
    multiselect({
      message: o.message,
      options: o.items.map(({ id, text: label }) => ({ value: id, label })),
      required: false,
      output: process.stderr,
      signal,
    }),
  )

/** A prompt keeps listening to its signal after its answer, and would draw on the screen then; so each has its own. */
async function whileOpen<T>(
  outer: AbortSignal | undefined,
  ask: (signal: AbortSignal) => Promise<T | typeof CANCEL_SYMBOL>,
): Promise<T | null> {
  const own = new AbortController()
  const abort = () => own.abort()
  if (outer?.aborted) return null
  outer?.addEventListener('abort', abort)
  try {
    return answered(await ask(own.signal))
  } finally {
    outer?.removeEventListener('abort', abort)
  }
}

const answered = <T>(answer: T | typeof CANCEL_SYMBOL): T | null => (isCancel(answer) ? null : answer)

/** A value that must not be seen: asked for at a terminal, else the whole of standard input without its last line break. */
export async function readSecret(cli: Cli, what: string): Promise<string> {
  const value = cli.screen.interactive ? await askSecret(what) : await readAll(cli)
  if (value === '') throw emptySecret(what)
  return value
}

async function askSecret(what: string): Promise<string> {
  const value = answered(await password({ message: `${what}:`, output: process.stderr }))
  if (value !== null) return value
  throw new Failure({ message: `No ${what} was given.`, code: 'INTERRUPTED', exitCode: exitCode.interrupted })
}

async function readAll(cli: Cli): Promise<string> {
  if (cli.around.stdin.isTTY) return askSecret('value')
  const chunks: Buffer[] = []
  for await (const chunk of cli.around.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

const emptySecret = (what: string): Failure =>
  new Failure({
    message: `The ${what} is empty.`,
    code: 'USAGE',
    exitCode: exitCode.usage,
    suggestions: ['Type it when asked, or pipe it in: `printf %s "$VALUE" | drydock …`.'],
  })

/** Asks before something that is not taken back; where nobody can be asked, `--yes` must have been given. */
export async function mustMean(cli: Cli, question: string, o: { yes?: boolean }): Promise<void> {
  if (o.yes) return
  if (!cli.screen.interactive) throw usage('This asks first, and there is no terminal to ask at; expected --yes.')
  if (await askYes(question)) return
  throw new Failure({ message: 'Not done: it was not confirmed.', code: 'REFUSED', exitCode: exitCode.refused })
}
