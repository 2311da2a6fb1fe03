import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCli } from '../../../cli/program.ts'
import { at, details, ended, fakeApi, inMemory, operation, operationId, run, state } from './memory.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-run-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('run', () => {
  const start = {
    'POST /v1/servers/web-1/commands': () => ({ status: 202, body: { operation: operation({ kind: 'command' }) } }),
  }

  test("gives the command's bytes to standard output and error as they are, and says the rest on standard error", async () => {
    const stdout = Buffer.from([0x00, 0xff, 0x0a])
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: [state('succeeded')] }),
      [`GET ${at}`]: () => details(ended('succeeded', { kind: 'command' })),
      [`GET ${at}/output`]: () => ({ bytes: stdout }),
    })
    const memory = inMemory(api)
    const written: Uint8Array[] = []
    const around = {
      ...memory.around,
      stdout: { write: (chunk: string | Uint8Array) => written.push(Buffer.from(chunk)) > 0 },
    }
    expect(
      await runCli(
        ['run', 'web-1', '--root', '--env', 'A=b=c', '--secret', 'T=tok', '--timeout', '2m', '--', 'a b', 'c'],
        around,
      ),
    ).toBe(0)
    expect(Buffer.concat(written)).toEqual(stdout)
    expect(memory.stderr()).toContain('Command on web-1: succeeded')
    expect(api.calls[0]?.body).toEqual({
      command: "'a b' c",
      as_root: true,
      timeout_ms: 120_000,
      env: { A: 'b=c' },
      secrets: { T: { kind: 'stored', name: 'tok' } },
    })
  })

  test('lets nothing of a host steer the terminal, neither its output nor the words about its end', async () => {
    const hostile = '\u001b]52;c;aGk=\u0007\u001b[2J\u001b[31mred\u001b[0m\rdone \u202e\u009b6n'
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: [state('failed')] }),
      [`GET ${at}`]: () =>
        details(
          ended('failed', { kind: 'command', result: { state: 'failed', message: `Exit status 3. ${hostile}` } }),
        ),
      [`GET ${at}/output`]: () => ({ bytes: Buffer.from(hostile) }),
    })
    const { stdout, stderr } = await run(['run', 'web-1', '--', 'x'], { ...api, isTTY: true, env: { TERM: 'dumb' } })
    expect(stdout).toBe('␛]52;c;aGk=␇␛[2J\u001b[31mred\u001b[0m\rdone ��6n')
    expect(stderr).toContain('Exit status 3. ␛]52;c;aGk=␇␛[2J\u001b[31mred\u001b[0m␍done ��6n')
  })

  test.each([
    ['#!/usr/bin/env python3\nprint(1)\n', [], 'python3'],
    ['#! /bin/bash -eu\nls\n', [], 'bash'],
    ['#!/bin/dash\nls\n', [], 'sh'],
    ['ls\n', [], 'sh'],
    ['ls\n', ['--interpreter', 'perl'], 'perl'],
  ])('sends a local file as a script: %j with %j is for %s', async (command, options, interpreter) => {
    const file = join(folder, 'script')
    writeFileSync(file, command)
    const api = fakeApi(start)
    await run(['run', '--detach', '--script', file, ...options, 'web-1', '--', 'a b'], api)
    expect(api.calls[0]?.body).toEqual({ command, script: { interpreter, args: ['a b'] }, as_root: false })
  })

  test.each([
    [['--script', '/nowhere/at-all', 'web-1'], 'no such file'],
    [['--script', '/dev/null', 'web-1'], 'it is empty'],
    [['--interpreter', 'bash', 'web-1', '--', 'ls'], '--interpreter is for a script'],
    [['web-1'], 'command: it is empty'],
  ])('%j is refused before anything is sent', async (words, why) => {
    const api = fakeApi(start)
    const { code, stderr } = await run(['run', ...words], api)
    expect({ code, calls: api.calls.length }).toEqual({ code: 2, calls: 0 })
    expect(stderr).toContain(why)
  })

  test('asks for more of the output from where it was, also of an API that answers with the whole', async () => {
    let reads = 0
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: ({ nth }) => (nth === 0 ? { sse: [state('running')] } : { sse: [state('succeeded')] }),
      [`GET ${at}`]: ({ nth }) => details(nth === 0 ? operation() : ended('succeeded')),
      [`GET ${at}/output`]: () => ({ bytes: Buffer.from(reads++ < 2 ? 'one\n' : 'one\ntwo\n') }),
    })
    const { stdout } = await run(['run', 'web-1', '--', 'x'], api)
    expect(stdout).toBe('one\ntwo\n')
  })

  test('a start is sent with one key of its own however often it is sent', async () => {
    let tries = 0
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: [state('succeeded')] }),
      [`GET ${at}`]: () => details(ended('succeeded')),
      [`GET ${at}/output`]: () => ({ bytes: Buffer.alloc(0) }),
    })
    const keys: (string | null)[] = []
    const flaky: typeof fetch = async (input, init) => {
      if (init?.method === 'POST') {
        keys.push(new Headers(init.headers).get('idempotency-key'))
        if (tries++ === 0)
          throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      }
      return api.fetch(input, init)
    }
    expect(await run(['run', 'web-1', '--', 'x'], { fetch: flaky })).toMatchObject({ code: 0 })
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(keys[1])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('detached, what needs approval exits 3 and says how to approve', async () => {
    const blocked = { status: 'DESTRUCTIVE_ACTION_BLOCKED' }
    const api = fakeApi({
      'POST /v1/servers/web-1/commands': () => ({ status: 202, body: { operation: operation(), blocked } }),
    })
    const { code, stdout } = await run(['run', 'web-1', '--detach', '--', 'reboot'], api)
    expect(code).toBe(3)
    expect(stdout).toContain(`drydock approve ${operationId}`)
    expect(api.calls).toHaveLength(1)
  })

  test('detached and harmless exits 0', async () => {
    expect(await run(['run', 'web-1', '--detach', '--', 'id'], fakeApi(start))).toMatchObject({ code: 0 })
  })

  test('what the API refuses keeps its words, its fields and exits 2 for a wrong field', async () => {
    const body = {
      error: 'command: too long',
      code: 'VALIDATION_FAILED',
      suggestion: 'Shorten it.',
      correlation_id: 'c-1',
      issues: [{ field: 'command', problem: 'too long' }],
    }
    const api = fakeApi({ 'POST /v1/servers/web-1/commands': () => ({ status: 422, body }) })
    const { code, stderr } = await run(['run', 'web-1', '--', 'x', '--json'], api)
    expect(code).toBe(2)
    expect(stderr).toContain('error: command: too long')
    expect(stderr).toContain('→ Shorten it.')
  })
})
