import type { Command } from '../schema/command.ts'
import { restoreDirectory, restoreFile, saveDirectory, saveFile, temporaryBeside, type Backup } from './backup.ts'
import { isDirectoryLike, type Directory } from './directory.ts'
import { type Fill, hasAttributes, replaceFile } from './file.ts'
import { and, command, lines, or, pipe, sh, strict, when, type Script } from './shell.ts'

export type AuthorizedKeys = {
  readonly user: string
  readonly group: string
  readonly home: string
  /** Lines that must be in the file; what else is there stays as it is. */
  readonly keys: readonly string[]
}
type Backups = { readonly directory: Backup; readonly file: Backup }

export const authorizedKeysPath = (home: string): string => `${sshDirectory(home)}/authorized_keys`
const sshDirectory = (home: string): string => `${home === '/' ? '' : home}/.ssh`

/** The base64 blob of a key line: it is the key; type, options and comment may differ. */
const blobOf = (key: string): string => key.split(/\s+/)[1] ?? ''

/** A file with further keys at its end. Order and comments stay; a last line without its end gets one; a key that is there is not repeated. */
export function mergeAuthorizedKeys(before: string, keys: readonly string[]): string {
  const present = new Set(activeLines(before).flatMap((line) => line.split(/\s+/)))
  const missing = new Map<string, string>()
  for (const key of keys) {
    const blob = blobOf(key)
    if (!present.has(blob) && !missing.has(blob)) missing.set(blob, key)
  }
  if (missing.size === 0) return before
  const ended = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return `${ended}${[...missing.values()].join('\n')}\n`
}

const activeLines = (text: string): string[] => text.split('\n').filter((line) => !/^\s*#/.test(line))

/** Keys of the file that carry options such as `command=` or `from=` although they are asked for without. */
export const keysWithOptions = (text: string, keys: readonly string[]): readonly string[] =>
  keys.filter((key) =>
    activeLines(text).some((line) => line.includes(blobOf(key)) && !/^\s*(ssh-|ecdsa-|sk-)/.test(line)),
  )

/** Comments in other encodings make grep take a file for binary, and say so instead of printing it. */
const hasKey = (path: string, key: string): Script =>
  pipe(sh`LC_ALL=C grep -av '^[[:space:]]*#' -- ${path}`, sh`LC_ALL=C grep -aqF -- ${blobOf(key)}`)

/** Exit 0 when every key is there and directory and file have the owner and modes that sshd insists on. */
export const hasAuthorizedKeys = (wanted: AuthorizedKeys): Command =>
  command({
    script: and(
      isDirectoryLike(directoryOf(wanted)),
      hasAttributes(fileOf(wanted)),
      ...wanted.keys.map((key) => hasKey(authorizedKeysPath(wanted.home), key)),
    ),
    shown: `look for ${wanted.keys.length} keys in ${authorizedKeysPath(wanted.home)}`,
    effect: 'read',
    category: 'files',
  })

/** Adds the keys that are missing. The lines that are there never leave the host, whatever bytes they hold. */
export function addAuthorizedKeys(wanted: AuthorizedKeys, backups: Backups): Command {
  const path = authorizedKeysPath(wanted.home)
  const directory = directoryOf(wanted)
  return command({
    script: strict(
      saveDirectory(directory.path, backups.directory),
      saveFile(path, backups.file),
      sh`mkdir -p -- ${directory.path}`,
      sh`chown -- ${`${wanted.user}:${wanted.group}`} ${directory.path}`,
      sh`chmod -- 700 ${directory.path}`,
      replaceFile(fileOf(wanted), appendMissing(path, wanted.keys)),
      // On SELinux, sshd reads keys only with the label that the policy has for this place.
      when(sh`command -v restorecon > /dev/null`, sh`restorecon -R -- ${directory.path}`),
    ),
    shown: `add ${wanted.keys.length} keys to ${path}, where they are missing`,
    effect: 'change',
    category: 'files',
  })
}

/** A file of keys is small: this is room for some hundred of them. */
function appendMissing(path: string, keys: readonly string[]): Fill {
  const fresh = temporaryBeside(path)
  const script = lines(
    when(sh`[ -e ${path} ]`, sh`cat -- ${path} > ${fresh}`, sh`: > ${fresh}`),
    when(sh`[ -n "$(tail -c 1 -- ${fresh})" ]`, sh`echo >> ${fresh}`),
    ...keys.map((key) => or(sh`{ ${hasKey(fresh, key)}; }`, sh`printf '%s\n' ${key} >> ${fresh}`)),
  )
  return { script, bytes: 65_536 }
}

export const restoreAuthorizedKeys = (wanted: AuthorizedKeys, backups: Backups): Command =>
  command({
    script: strict(
      restoreFile(authorizedKeysPath(wanted.home), backups.file),
      restoreDirectory(sshDirectory(wanted.home), backups.directory),
    ),
    shown: `restore ${authorizedKeysPath(wanted.home)} as it was`,
    effect: 'change',
    category: 'files',
  })

const directoryOf = ({ home, user, group }: AuthorizedKeys): Directory => ({
  path: sshDirectory(home),
  mode: '700',
  owner: user,
  group,
  reach: 'self',
})

const fileOf = ({ home, user, group }: AuthorizedKeys) => ({
  path: authorizedKeysPath(home),
  mode: '600',
  owner: user,
  group,
})
