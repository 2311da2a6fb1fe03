import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { homeFolder } from '../schema/folders.ts'
import { Failure, usage } from './failure.ts'

/** Which API is asked, and as whom. */
export type Connection = { readonly url: string; readonly token: string; readonly temporalUiUrl: string | null }

const LocalStack = z.object({
  url: z.url(),
  token_path: z.string(),
  temporal_ui_url: z.string().nullable().default(null),
})
type LocalStack = z.infer<typeof LocalStack>

/** `DRYDOCK_URL` with `DRYDOCK_TOKEN`, else what a local `drydock up` wrote down. */
export function findConnection(env: NodeJS.ProcessEnv): Connection {
  const { DRYDOCK_URL: url, DRYDOCK_TOKEN: token } = env
  if (url && !token) {
    throw usage('DRYDOCK_URL is set and DRYDOCK_TOKEN is not.', 'Set DRYDOCK_TOKEN; `drydock token create` makes one.')
  }
  if (url && token) return { url: checkedUrl(url), token, temporalUiUrl: null }
  const local = readLocalStack(env)
  if (local === null) throw nothingRuns(localStackFile(env))
  return { url: local.url, token: token || readToken(local.token_path), temporalUiUrl: local.temporal_ui_url }
}

export const localStackFile = (env: NodeJS.ProcessEnv): string => join(homeFolder(env), 'run', 'local.json')

/** What the local stack says of itself; null where none runs. */
export function readLocalStack(env: NodeJS.ProcessEnv): LocalStack | null {
  const file = localStackFile(env)
  const text = readIfThere(file)
  if (text === null) return null
  try {
    return LocalStack.parse(JSON.parse(text))
  } catch (cause) {
    throw new Failure({
      message: `${file} does not hold what a local stack writes there.`,
      code: 'NO_API',
      suggestions: ['Stop `drydock up`, remove that file, and start `drydock up` again.'],
      cause,
    })
  }
}

function readToken(path: string): string {
  const text = readIfThere(path)
  if (text !== null) return text.trim()
  throw new Failure({
    message: `The local stack's token file ${path} is not there.`,
    code: 'NO_API',
    suggestions: ['Start `drydock up` again, which writes it, or set DRYDOCK_TOKEN.'],
  })
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new Failure({
      message: `${path} cannot be read (${String(code)}).`,
      code: 'NO_API',
      suggestions: ['Run the command as the user who started `drydock up`, or set DRYDOCK_URL and DRYDOCK_TOKEN.'],
      cause,
    })
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '')
  throw usage(`DRYDOCK_URL: "${text}" is not a URL; expected one such as http://127.0.0.1:9101.`)
}

const nothingRuns = (file: string): Failure =>
  new Failure({
    message: 'There is no Drydock API to ask: none is named, and no local stack runs.',
    code: 'NO_API',
    details: [`Looked for DRYDOCK_URL and DRYDOCK_TOKEN, then for ${file}.`],
    suggestions: ['Start a local stack with `drydock up`, or set DRYDOCK_URL and DRYDOCK_TOKEN.'],
  })
