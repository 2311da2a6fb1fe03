import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { SecretRef } from '../schema/secret.ts'
import type { Deps } from './deps.ts'
import { credentialFailure } from './failures.ts'
import { unseal } from './unseal.ts'

const run = promisify(execFile)

/** A changed or removed secret counts from then on; commands that follow each other do not each read the same log-in. */
const freshMs = 1_000
const recent = new WeakMap<Deps['store'], LRUCache<string, string>>()

/** The value behind a reference, at the last moment. It is told to the scrubber before anything else sees it. */
export async function resolveSecret(deps: Deps, ref: SecretRef): Promise<string> {
  const value = await read(deps, ref)
  deps.rememberSecret(value)
  return value
}

async function read(deps: Deps, ref: SecretRef): Promise<string> {
  switch (ref.kind) {
    case 'stored':
      return stored(deps, ref)
    case 'env': {
      const value = deps.env[ref.variable]
      if (value === undefined || value === '')
        throw credentialFailure(
          `The worker's environment has no ${ref.variable}.`,
          `Set ${ref.variable} where the worker runs.`,
        )
      return value
    }
    case 'file':
      return privateFile(ref.path)
    case 'command':
      return firstLine(ref.argv)
    default:
      return ref satisfies never
  }
}

async function stored(deps: Deps, ref: Extract<SecretRef, { kind: 'stored' }>): Promise<string> {
  const known = recent.get(deps.store) ?? new LRUCache<string, string>({ max: 500, ttl: freshMs })
  recent.set(deps.store, known)
  const key = JSON.stringify([ref.name, ref.version ?? null])
  const value = known.get(key) ?? (await unseal(deps.store.secrets.reveal(ref), doesNotOpen(ref.name)))?.value
  if (value !== undefined) {
    known.set(key, value, { noUpdateTTL: true })
    return value
  }
  const version = ref.version === undefined ? '' : ` version ${ref.version}`
  throw credentialFailure(
    `There is no secret "${ref.name}"${version}.`,
    `Store it with "drydock secret set ${ref.name}".`,
  )
}

const doesNotOpen = (name: string) => (because: string) =>
  credentialFailure(`The secret "${name}" does not open: ${because}.`, 'Store it anew.')

/** Key files must be 600 or stricter (spec SSH-1): others on the worker's machine could read them otherwise. */
async function privateFile(path: string): Promise<string> {
  let mode: number
  try {
    mode = (await stat(path)).mode
  } catch {
    throw credentialFailure(`The file ${path} cannot be read on the worker's machine.`, 'Check the path and its owner.')
  }
  if ((mode & 0o077) !== 0)
    throw credentialFailure(
      `The file ${path} is open to others (mode ${(mode & 0o777).toString(8)}).`,
      `Run "chmod 600 ${path}".`,
    )
  return readFile(path, 'utf8')
}

async function firstLine(argv: readonly string[]): Promise<string> {
  const [program, ...args] = argv
  if (program === undefined) throw credentialFailure('The secret command is empty.', 'Name a program.')
  try {
    const { stdout } = await run(program, args, { timeout: 15_000, maxBuffer: 1 << 20 })
    return stdout.split('\n', 1)[0] ?? ''
  } catch {
    // The program's own words may hold the secret: they are not passed on.
    throw credentialFailure(
      `The secret command "${program}" failed on the worker's machine.`,
      "Run it there by hand as the worker's user.",
    )
  }
}
