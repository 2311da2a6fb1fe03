import { readFileSync } from 'node:fs'
import { readSecret } from './ask.ts'
import type { Cli } from './cli.ts'
import { usage } from './failure.ts'
import { readPrivateKey, suggestKeys } from './private-key.ts'

/** How a log-in was described on the command line. Values never are: they come from files, prompts or descriptors. */
export type LoginOptions = {
  readonly key?: string
  readonly keyOnWorker?: string
  readonly agent?: boolean
  readonly passwordPrompt?: boolean
  readonly passwordFd?: number
  readonly passphraseFd?: number
  readonly sudoPasswordPrompt?: boolean
  readonly sudoPasswordFd?: number
}

type StoredRef = { kind: 'stored'; name: string; version?: number }
type Reference = StoredRef | { kind: 'file'; path: string }

/** The log-in as the API takes it, and the values to store first under the names that it refers to. */
export type Login = {
  readonly authentication:
    | { method: 'key'; key: Reference; passphrase?: Reference }
    | { method: 'agent' }
    | { method: 'password'; password: Reference }
  readonly sudoPassword?: Reference
  readonly secrets: ReadonlyMap<string, string>
}

/** The log-in that the options describe. `name` is what its secrets are named after. */
export async function loginFrom(cli: Cli, name: string, o: LoginOptions): Promise<Login> {
  checkOneWay(o)
  const secrets = new Map<string, string>()
  const store = (what: string, value: string): StoredRef => {
    const secret = `${name}-${what}`
    if (secret.length > 63)
      throw usage(
        `"${name}" is too long to name its secret "${secret}"; expected a name of at most ${62 - what.length} characters.`,
      )
    secrets.set(secret, value)
    return { kind: 'stored', name: secret }
  }
  const authentication = await authenticationFrom(cli, o, store)
  const asksSudo = o.sudoPasswordPrompt || o.sudoPasswordFd !== undefined
  const sudo = asksSudo ? await valueOf(cli, 'sudo password', o.sudoPasswordFd) : undefined
  return { authentication, secrets, ...(sudo === undefined ? {} : { sudoPassword: store('sudo-password', sudo) }) }
}

async function authenticationFrom(
  cli: Cli,
  o: LoginOptions,
  store: (what: string, value: string) => StoredRef,
): Promise<Login['authentication']> {
  if (o.agent) return { method: 'agent' }
  if (o.passwordPrompt || o.passwordFd !== undefined) {
    return { method: 'password', password: store('password', await valueOf(cli, 'password', o.passwordFd)) }
  }
  if (o.keyOnWorker !== undefined) {
    const passphrase = o.passphraseFd === undefined ? undefined : await valueOf(cli, 'passphrase', o.passphraseFd)
    return {
      method: 'key',
      key: { kind: 'file', path: o.keyOnWorker },
      ...(passphrase === undefined ? {} : { passphrase: store('passphrase', passphrase) }),
    }
  }
  const key = readPrivateKey(o.key ?? '', '--key')
  return {
    method: 'key',
    key: store('key', key.text),
    ...(key.isEncrypted
      ? { passphrase: store('passphrase', await valueOf(cli, 'passphrase of the key', o.passphraseFd)) }
      : {}),
  }
}

function checkOneWay(o: LoginOptions): void {
  const ways = [
    o.key !== undefined && '--key',
    o.keyOnWorker !== undefined && '--key-on-worker',
    o.agent && '--agent',
    (o.passwordPrompt || o.passwordFd !== undefined) && '--password-prompt',
  ].filter((way): way is string => typeof way === 'string')
  if (ways.length === 1) return
  const said = ways.length === 0 ? 'How to log in was not said' : `${ways.join(' and ')} were both given`
  throw usage(
    `${said}; expected one of --key PATH, --key-on-worker PATH, --agent and --password-prompt.`,
    ...(ways.length === 0 ? suggestKeys() : []),
  )
}

async function valueOf(cli: Cli, what: string, fd: number | undefined): Promise<string> {
  if (fd === undefined) return readSecret(cli, what)
  try {
    const value = readFileSync(fd, 'utf8').replace(/\r?\n$/, '')
    if (value !== '') return value
  } catch {
    throw usage(
      `The ${what} cannot be read: file descriptor ${fd} is not open.`,
      'Open it in the shell, such as `3< FILE`.',
    )
  }
  throw usage(`The ${what} from file descriptor ${fd} is empty.`)
}
