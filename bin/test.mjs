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
const { passed, failed, skipped } = counts()
rmSync(folder, { recursive: true })
// The last line, after everything that the runner and what it started had to say.
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 ? 1 : 0)

function vitest(args) {
  const runner = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [runner, 'run', '--root', root, ...args], {
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
  const none = { passed: 0, failed: 0, skipped: 0 }
  const counted = read() ?? none
  if (counted.passed + counted.failed + counted.skipped === 0) console.log('No test ran, which counts as a failure.')
  else if (code === 0 || counted.failed > 0) return counted
  else console.log(`The runner ended with ${code} without a failed test, which counts as a failure.`)
  return { ...counted, failed: counted.failed + 1 }
}

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null // the runner ended before it could count
  }
}
