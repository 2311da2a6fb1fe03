#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, root } from './install.mjs'

await install()
const folder = mkdtempSync(join(tmpdir(), 'drydock-test-'))
const file = join(folder, 'counts.json')
const code = await vitest(process.argv.slice(2))
const total = counts()
rmSync(folder, { recursive: true })
// The last line, after everything that the runner and what it started had to say.
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
process.exit(total.failed > 0 ? 1 : 0)

function vitest(args) {
  const runner = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [runner, 'run', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, DRYDOCK_TEST_COUNTS: file },
  })
  // In a terminal Ctrl-C reaches the runner by itself; a second one would make it leave without tidying up.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => child.once('close', (exit, signal) => resolve(signal ?? exit)))
}

function counts() {
  const counted = read()
  if (counted === null) return oneMore({}, `The runner ended with ${code} before it could count`)
  if (counted.passed + counted.failed + counted.skipped === 0) return oneMore(counted, 'No test ran')
  if (code !== 0 && counted.failed === 0) return oneMore(counted, `The runner ended with ${code}`)
  return counted
}

function oneMore({ passed = 0, failed = 0, skipped = 0 }, because) {
  console.log(`${because}: this counts as a failure.`)
  return { passed, failed: failed + 1, skipped }
}

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
