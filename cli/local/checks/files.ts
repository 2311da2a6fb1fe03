import { access, constants, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Check, failed, ok, warning } from './check.ts'

/** A private key file: there, and closed to others as ssh itself asks. */
export async function checkKeyFile(path: string, name = 'SSH key'): Promise<Check> {
  const found = await stat(path).catch(() => null)
  if (found === null)
    return failed(name, `${path} is not there`, 'Correct ssh.keyPath, or make one with `ssh-keygen -t ed25519`.')
  if (!found.isFile()) return failed(name, `${path} is no file`, 'Correct ssh.keyPath.')
  if ((found.mode & 0o077) !== 0) {
    return failed(name, `${path} is open to others (mode ${modeOf(found.mode)})`, `Run \`chmod 600 ${path}\`.`)
  }
  return ok(name, `${path}, mode ${modeOf(found.mode)}`)
}

/** The keys that ssh itself would try; having none is no fault. */
export async function checkUsualKeys(home = homedir()): Promise<Check[]> {
  const paths = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name))
  const found = (
    await Promise.all(paths.map(async (path) => ((await stat(path).catch(() => null)) ? [path] : [])))
  ).flat()
  return Promise.all(found.map((path) => checkKeyFile(path)))
}

/** The folder of the local stack: writable, or to be made, and closed to others. */
export async function checkHome(root: string): Promise<Check> {
  const name = 'Data folder'
  const found = await stat(root).catch(() => null)
  if (found === null) {
    return (await nearestIsWritable(root))
      ? ok(name, `${root} is made at the first start`)
      : failed(name, `${root} cannot be made`, 'Set DRYDOCK_HOME to a folder that you may write.')
  }
  if (!(await mayWrite(root)))
    return failed(name, `${root} may not be written by you`, 'Correct its owner, or set DRYDOCK_HOME.')
  return ok(name, root)
}

/** The key that seals every secret: without it, no stored secret can be opened any more. */
export async function checkMasterKey(path: string): Promise<Check> {
  const name = 'Master key'
  const found = await stat(path).catch(() => null)
  if (found === null) return ok(name, `${path} is made at the first start`)
  if ((found.mode & 0o077) !== 0) {
    return failed(name, `${path} is open to others (mode ${modeOf(found.mode)})`, `Run \`chmod 600 ${path}\`.`)
  }
  return ok(name, `${path}, mode ${modeOf(found.mode)}`)
}

async function nearestIsWritable(path: string): Promise<boolean> {
  const above = dirname(path)
  if (above === path) return false
  return (await stat(above).catch(() => null)) ? mayWrite(above) : nearestIsWritable(above)
}

const mayWrite = (path: string): Promise<boolean> =>
  access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )

const modeOf = (mode: number): string => (mode & 0o777).toString(8)

/** An agent that log-ins with `--agent` would use; none is no fault. */
export async function checkAgent(socket: string | undefined): Promise<Check> {
  const name = 'SSH agent'
  if (!socket) return ok(name, 'none (SSH_AUTH_SOCK is not set); only log-ins with --agent need one')
  const found = await stat(socket).catch(() => null)
  if (found?.isSocket()) return ok(name, socket)
  return warning(
    name,
    `SSH_AUTH_SOCK names ${socket}, where no socket is`,
    'Start it with `eval "$(ssh-agent)"`, or unset the variable.',
  )
}
