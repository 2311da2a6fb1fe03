import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { install, root } from './install.mjs'

/**
 * Installs what is missing, then runs a TypeScript file in this same process: signals, terminal and exit code are its
 * own, and no second Node has to start.
 */
export async function start(file) {
  await install()
  const tsx = createRequire(join(root, 'package.json')).resolve('tsx')
  // Processes that it starts in its turn read TypeScript too, as with `node --import tsx`.
  process.execArgv.push('--import', pathToFileURL(tsx).href)
  await import(pathToFileURL(tsx).href)
  process.argv[1] = join(root, file)
  await import(pathToFileURL(join(root, file)).href)
}
