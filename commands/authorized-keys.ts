import type { Command } from '../schema/command.ts'
import { restoreDirectory, restoreFile, saveDirectory, saveFile, temporaryBeside, type Backup } from './backup.ts'
import { isDirectoryLike, type Directory } from './directory.ts'
import { type Fill, hasAttributes, replaceFile } from './file.ts'
import { parseSections, section } from './sections.ts'
import { and, command, lines, or, pipe, refuse, sh, strict, when, type Script } from './shell.ts'

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
      relabel(directory.path),
    ),
    shown: `add ${wanted.keys.length} keys to ${path}, where they are missing`,
    effect: 'change',
    category: 'files',
  })
}

/** On SELinux, sshd reads keys only with the label that the policy has for this place. */
const relabel = (path: string): Script => when(sh`command -v restorecon > /dev/null`, sh`restorecon -R -- ${path}`)

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

/** Restores the file where the keys came into it; what was refused because nothing may be written there needs no undo. */
export const withdrawAuthorizedKeys = (wanted: AuthorizedKeys, backups: Backups): Command => {
  const path = authorizedKeysPath(wanted.home)
  return command({
    script: strict(
      ...wanted.keys.map((key) =>
        when(
          hasKey(path, key),
          lines(restoreFile(path, backups.file), restoreDirectory(sshDirectory(wanted.home), backups.directory)),
        ),
      ),
    ),
    shown: `take ${wanted.keys.length === 1 ? 'the key' : 'the keys'} out of ${path} again`,
    effect: 'change',
    category: 'files',
  })
}

/** Exit 0 when these keys are there and in order, and none of the old ones is. */
export const authorizesInstead = (wanted: AuthorizedKeys, old: readonly string[]): Command => {
  const path = authorizedKeysPath(wanted.home)
  return command({
    script: and(
      isDirectoryLike(directoryOf(wanted)),
      hasAttributes(fileOf(wanted)),
      ...wanted.keys.map((key) => hasKey(path, key)),
      ...old.map((key) => sh`! { ${hasKey(path, key)}; }`),
    ),
    shown: `look for the new key in ${path}, and that the old one is gone`,
    effect: 'read',
    category: 'files',
  })
}

/** Removes the lines of old keys, with whatever options; only where all the wanted ones are there. Comments stay. */
export function removeAuthorizedKeys(wanted: AuthorizedKeys, old: readonly string[]): Command {
  const path = authorizedKeysPath(wanted.home)
  // In base64 nothing is special to a basic regular expression, and no bar ends it.
  const edits = old.flatMap((key) => ['-e', `\\|${blobOf(key)}|d`])
  return command({
    script: strict(
      ...wanted.keys.map((key) =>
        when(sh`! { ${hasKey(path, key)}; }`, refuse(`the new key is not in ${path}; the old one stays`)),
      ),
      replaceFile(fileOf(wanted), {
        script: sh`LC_ALL=C sed -e '/^[[:space:]]*#/b' ${edits} -- ${path} > ${temporaryBeside(path)}`,
        bytes: 65_536,
      }),
      relabel(path),
    ),
    shown: `remove ${old.length === 1 ? 'the old key' : `${old.length} old keys`} from ${path}`,
    effect: 'change',
    category: 'files',
    // Nothing takes it back, so a host that is slow is waited for.
    timeoutMs: 120_000,
  })
}

/** Asks where the keys of a user belong, and to which group; `parseKeyPlace` reads the answer. */
export const findKeyPlace = (user: string): Command =>
  command({
    script: lines(section('home', sh`getent passwd ${user} | cut -d : -f 6`), section('group', sh`id -gn -- ${user}`)),
    shown: `look up the home and group of ${user}`,
    effect: 'read',
    category: 'files',
  })

/** Null where the host does not know the user. */
export function parseKeyPlace(stdout: string): { readonly home: string; readonly group: string } | null {
  const found = parseSections(stdout)
  const [home, group] = [found.get('home')?.trim() ?? '', found.get('group')?.trim() ?? '']
  return home === '' || group === '' ? null : { home, group }
}

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
