import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Stops with a plain sentence where Node is too old for what comes next. */
export function checkNode() {
  const needed = read('package.json').engines.node.replace('>=', '').split('.').map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return
  fail(`Drydock needs Node ${needed.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`)
}

/** Installs the npm packages of package-lock.json where they are missing or others than it names. */
export async function install() {
  checkNode()
  if (isInstalled()) return
  const started = Date.now()
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`
  say('Installing npm packages ...')
  const ticker = setInterval(() => say(`Installing npm packages: ${elapsed()}`), 10_000)
  const { code, output } = await npmInstall()
  clearInterval(ticker)
  if (code !== 0) fail(`${output.trim()}\nnpm install ended with ${code} after ${elapsed()}: nothing was started.`)
  say(`Installing npm packages: done in ${elapsed()}`)
}

/** npm keeps a copy of the lock file of what it installed; packages for other platforms are not in it. */
function isInstalled() {
  const kept = 'node_modules/.package-lock.json'
  if (!existsSync(join(root, kept))) return false
  const have = read(kept).packages
  return Object.entries(read('package-lock.json').packages).every(([path, wanted]) => {
    if (path === '' || have[path]?.integrity === wanted.integrity) return true
    return wanted.optional === true && have[path] === undefined
  })
}

/**
 * `npm ci` refuses a lock file that lacks a package of another platform, which a registry without those packages
 * cannot put there. `--no-save` installs what the lock file names all the same and writes neither of the two files.
 */
function npmInstall() {
  // Run by npm, this is npm itself; else the one on PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const child = spawn(npm[0], [...npm.slice(1), 'install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

// Standard error: what a command prints for other programs stays clean.
const say = (line) => void process.stderr.write(`${line}\n`)

function fail(message) {
  say(message)
  process.exit(1)
}
