import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, type Installation } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'command' })
let drydock: Installation
let path: string
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  path = `/v1/servers/${(await drydock.register(host())).name}/commands`
})
afterAll(() => drydock.close())

async function outputOf(body: Record<string, unknown>): Promise<unknown> {
  const { id, result } = await drydock.finish('POST', path, body)
  return { state: result?.state, stdout: (await drydock.store.outputs.result(await runOf(id), 65_536)).stdout }
}

const runOf = async (id: string): Promise<string> => (await drydock.store.runs.ofOperation(id))[0]?.id ?? ''

test.each([
  ['sh', 'printf "%s|" "$@"; cat'],
  ['bash', 'words=("$@"); printf "%s|" "${words[@]}"; cat'],
  ['perl', 'print "$_|" for @ARGV; print <STDIN>'],
] as const)('a script for %s runs with its arguments, and leaves no file of its own', async (interpreter, text) => {
  const marked = `${text} # drydock-script-of-${interpreter}`
  const script = { interpreter, args: ["it's", '$HOME'] }
  expect(await outputOf({ command: marked, script })).toEqual({ state: 'succeeded', stdout: "it's|$HOME|" })
  const left = await host().sh(`grep -rl "drydock-script-of-${interpreter}" /tmp /var/tmp /root /home || true`)
  expect(left.stdout).toBe('')
})

test('a command reads what it is given, as it is', async () => {
  expect(await outputOf({ command: 'read first; echo "got $first"; cat', stdin: 'a $b\n`c`\n' })).toEqual({
    state: 'succeeded',
    stdout: 'got a $b\n`c`\n',
  })
})

test('a script that destroys asks for a person, whatever interprets it', async () => {
  for (const [interpreter, command] of [
    ['bash', 'for dir in etc usr; do rm -rf "/$dir"; done'],
    ['perl', 'use File::Path; rmtree("/etc");'],
  ]) {
    const script = { interpreter, args: [] }
    const { status, body } = await drydock.ask('POST', path, { command, script }, 'operator')
    expect({ status, blocked: body.blocked }).toMatchObject({
      status: 202,
      blocked: { status: 'DESTRUCTIVE_ACTION_BLOCKED' },
    })
  }
})

test('a script that would read standard input is refused by the name of the field', async () => {
  const asked = { command: 'cat', script: { interpreter: 'sh', args: [] }, stdin: 'x' }
  expect(await drydock.ask('POST', path, asked, 'operator')).toMatchObject({
    status: 422,
    body: { error: expect.stringContaining('stdin: not together with script') },
  })
})
