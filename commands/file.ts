import { dirname } from 'node:path/posix'
import type { Command } from '../schema/command.ts'
import { restoreFile, saveFile, temporaryBeside, type Backup } from './backup.ts'
import { plainMode } from './directory.ts'
import { and, command, lines, pipe, refuse, sh, shorten, strict, when, type Script } from './shell.ts'

export type FileToWrite = {
  readonly path: string
  readonly content: string
  readonly mode: string
  readonly owner: string
  readonly group: string
}

/** What fills a new file, and the room that it needs. */
export type Fill = { readonly script: Script; readonly bytes: number }

/**
 * Replaces a file in one rename: a new file beside it is filled, tested, given owner and mode, flushed and renamed.
 * `set -C` makes the shell open the new name exclusively, so that nobody's link there is written through.
 */
export const replaceFile = (file: Omit<FileToWrite, 'content'>, fill: Fill, test?: Script): Script => {
  const fresh = temporaryBeside(file.path)
  return lines(
    needRoom(dirname(file.path), fill.bytes),
    when(sh`[ -L ${file.path} ]`, refuse(`${file.path} is a symbolic link`)),
    when(sh`[ -d ${file.path} ]`, refuse(`${file.path} is a directory`)),
    sh`rm -f -- ${fresh}`,
    sh`trap ${sh`rm -f -- ${fresh}`.text} EXIT`,
    sh`set -C`,
    fill.script,
    sh`set +C`,
    ...(test === undefined ? [] : [test]),
    sh`chown -- ${`${file.owner}:${file.group}`} ${fresh}`,
    sh`chmod -- ${plainMode(file.mode)} ${fresh}`,
    sh`sync -- ${fresh}`,
    sh`mv -fT -- ${fresh} ${file.path}`,
  )
}

export const fillWith = ({ path, content }: Pick<FileToWrite, 'path' | 'content'>): Fill => ({
  script: sh`printf '%s' ${content} > ${temporaryBeside(path)}`,
  bytes: Buffer.byteLength(content),
})

/** Refuses before anything is written where there is too little room for everybody, in kibibytes (spec XFER-8). */
const needRoom = (folder: string, bytes: number): Script =>
  when(
    sh`[ "$(($(stat -f -c '%a * %S' -- ${folder}) / 1024))" -lt ${Math.ceil(bytes / 1024)} ]`,
    refuse(`${folder}: no space left on device for ${bytes} bytes`),
  )

/** Writes a file with content, mode and owner; with `backup`, what was there is kept first. */
export const writeFile = (file: FileToWrite, options: { readonly backup?: Backup } = {}): Command =>
  command({
    script: strict(
      ...(options.backup === undefined ? [] : [saveFile(file.path, options.backup)]),
      replaceFile(file, fillWith(file)),
    ),
    shown: `write ${file.path} (${Buffer.byteLength(file.content)} bytes, ${file.mode} ${file.owner}:${file.group})`,
    effect: 'change',
    category: 'files',
  })

export const restoreSavedFile = (path: string, backup: Backup): Command =>
  command({
    script: strict(restoreFile(path, backup)),
    shown: `restore ${path} as it was`,
    effect: 'change',
    category: 'files',
  })

/** Exit 0 when a file has this content, mode and owner. */
export const isFileLike = (file: FileToWrite): Command =>
  command({
    script: isLike(file),
    shown: shorten(`compare ${file.path}`),
    effect: 'read',
    category: 'files',
  })

export const isLike = (file: FileToWrite): Script =>
  and(hasAttributes(file), pipe(sh`printf '%s' ${file.content}`, sh`cmp -s -- - ${file.path}`))

export const hasAttributes = ({ path, mode, owner, group }: Omit<FileToWrite, 'content'>): Script =>
  and(
    sh`[ ! -L ${path} ]`,
    sh`[ -f ${path} ]`,
    sh`[ "$(stat -c '%a %U %G' -- ${path})" = ${`${plainMode(mode)} ${owner} ${group}`} ]`,
  )

export const removeFile = (path: string): Command =>
  command({ script: sh`rm -f -- ${path}`, effect: 'change', category: 'files' })

/** Prints a file in base64, at most `limitBytes` of it; `decodeFile` reads that. */
export const readFile = (path: string, limitBytes = 1_048_576): Command =>
  command({
    script: sh`head -c ${limitBytes} -- ${path} | base64 -w 0`,
    shown: `read ${path}`,
    effect: 'read',
    category: 'files',
  })

export const decodeFile = (stdout: string): Buffer => Buffer.from(stdout.trim(), 'base64')
