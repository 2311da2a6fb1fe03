import { createHash } from 'node:crypto'
import type { Signal } from '../schema/signal.ts'
import { supervisorText, texts } from './run-script.ts'

/** Wraps an assembled program so that the shell runs it whole or not at all. */
const whole = (...parts: string[]): string => `{\n${parts.join('\n')}\n}\n`

/**
 * Any bytes as a printf format between single quotes: what is not plainly harmless becomes an octal escape, so there is
 * nothing for a shell to read in it. printf is built into every sh, which saves a process.
 */
export function printfFormat(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  let text = ''
  for (const byte of bytes) text += harmless[byte] ?? `\\${byte.toString(8).padStart(3, '0')}`
  return `'${text}'`
}

const harmless: readonly (string | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9 ./:=_,+@(){}[\]|&;<>"$#*?~^]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : undefined,
)

/** A word that no shell reads anything into; everything else is a defect of ours and stops here. */
function word(value: string | number): string {
  const text = String(value)
  if (!/^[A-Za-z0-9._:/@%+,?-]*$/.test(text)) throw new Error(`not a plain word: ${JSON.stringify(text)}`)
  return text
}

const assign = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${word(value)}'`)
    .join('\n')

const put = (name: string, value: string | Uint8Array): string => `${name}() { printf ${printfFormat(value)}; }`

const putSupervisor = put('put_supervisor', supervisorText)

/** A run's name on the host: the id itself, or a digest beside its readable part where it has characters that paths mind. */
export function nameOf(runId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(runId)) return runId
  const digest = createHash('sha256').update(runId).digest('hex').slice(0, 16)
  return `${runId
    .replace(/[^A-Za-z0-9._:-]+/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100)}-${digest}`
}

const seconds = (ms: number): string => (Math.ceil(ms / 10) / 100).toString()

export const runProgram = (o: {
  nonce: string
  token: string
  name: string
  root: string
  boot: string
  mayStart: boolean
  mode: 'direct' | 'unit'
  mask: string
  script: string
  secrets: Readonly<Record<string, string>>
  shm: string
  timeoutMs: number
  offsets: { stdout: number; stderr: number }
  keepBytes: number
}): string =>
  whole(
    assign({
      N: o.nonce,
      token: o.token,
      id: o.name,
      root: o.root,
      boot: o.boot,
      may: o.mayStart ? 1 : 0,
      mode: o.mode,
      mask: o.mask,
      limit: seconds(o.timeoutMs),
      whole: Math.floor(o.timeoutMs / 1000),
      o1: o.offsets.stdout,
      o2: o.offsets.stderr,
      keep: o.keepBytes,
      shm: Object.keys(o.secrets).length > 0 ? o.shm : '',
    }),
    put('put_script', `${o.script}\n`),
    putSupervisor,
    put('put_secrets', exportsOf(o.secrets)),
    texts.run,
  )

/** A file that sets and exports secrets when a shell reads it. The final x keeps trailing newlines. */
function exportsOf(secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) throw new Error(`not the name of a variable: ${name}`)
      return `${name}=$(printf ${printfFormat(`${value}x`)})\n${name}=\${${name}%x}\nexport ${name}\n`
    })
    .join('')
}

export const killProgram = (o: { nonce: string; name: string; root: string; shm: string }): string =>
  whole(assign({ N: o.nonce, id: o.name, root: o.root, shm: o.shm }), texts.kill)

export const signalProgram = (o: { nonce: string; name: string; root: string; signal: Signal }): string =>
  whole(assign({ N: o.nonce, id: o.name, root: o.root, sig: o.signal }), texts.signal)

export const sweepProgram = (o: { nonce: string; names: readonly string[]; root: string; shm: string }): string =>
  whole(assign({ N: o.nonce, root: o.root, shm: o.shm, kept: '' }), `ids='${o.names.map(word).join(' ')}'`, texts.sweep)

export const reapProgram = (o: { nonce: string; name: string }): string =>
  whole(assign({ N: o.nonce, id: o.name }), texts.reap)

export const probeProgram = (o: { nonce: string; login: string }): string =>
  whole(assign({ N: o.nonce, login: o.login }), texts.probe)

/** A read: the host ends it at its limit, its environment carries its name, and it cannot read our program as its input. */
export const readProgram = (o: { nonce: string; name: string; script: string; timeoutMs: number }): string =>
  whole(
    assign({ N: o.nonce, DRYDOCK_RUN: o.name }),
    // The newline in front keeps a script that starts with a dash from being read as an option.
    put('put_script', `\n${o.script}`),
    'export DRYDOCK_RUN',
    `printf '%s:begin\\n' "$N"`,
    `printf '%s:begin\\n' "$N" >&2`,
    `exec timeout -k 5 ${word(seconds(o.timeoutMs))} sh -c "$(put_script)" </dev/null`,
  )
