import { spawn } from 'node:child_process'

export type Ended = { exitCode: number; stdout: string; stderr: string }
type Options = { input?: string; env?: NodeJS.ProcessEnv; onLine?: (line: string) => void }

/** The administrator's tools live in /usr/sbin, which a plain user's PATH and some service managers leave out. */
export const toolPath = `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`

/** Runs a program on this machine; a non-zero exit is an answer, not an error. */
export async function run(program: string, args: readonly string[], o: Options = {}): Promise<Ended> {
  const env = { ...(o.env ?? process.env), PATH: toolPath }
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (o.onLine) for (const line of text.split('\n')) if (line) o.onLine(line)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {}) // a program that ends without reading its input closes the pipe
  child.stdin.end(o.input ?? '')
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 128))
  })
  return { exitCode, stdout, stderr }
}

/** Runs a program that has to succeed and gives its standard output. */
export async function must(program: string, args: readonly string[], o: Options = {}): Promise<string> {
  const ended = await run(program, args, o)
  if (ended.exitCode === 0) return ended.stdout
  const said = (ended.stderr.trim() || ended.stdout.trim()).slice(-1500)
  throw new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${ended.exitCode}: ${said}`)
}
