import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  fillPart,
  hashAlong,
  hashPrefix,
  installPart,
  isInPlace,
  lookAtPlace,
  makePart,
  parseHash,
  parsePlace,
  partBeside,
  partInStaging,
  readFrom,
  removePart,
} from '../../../commands/transfer.ts'
import type { Command } from '../../../schema/command.ts'

const id = '01970000-0000-7000-8000-000000000001'
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-transfer-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const sh = ({ script }: Command, input?: Buffer) => spawnSync('sh', ['-c', script], { encoding: 'utf8', input })
const names = () => readdirSync(folder).toSorted()
const { username } = userInfo()
const group = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim()
const wanted = (content: string, name = "a 'b'") => ({
  path: join(folder, name),
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  mode: '640',
  owner: username,
  group,
})

const unreadable = (command: Command) => ({ ...command, script: `sha256sum() { exit 9; }\n${command.script}` })
const look = (name: string, bytes?: number) =>
  parsePlace(sh(lookAtPlace(join(folder, name), bytes === undefined ? {} : { bytes })).stdout)

describe('a file that is sent in parts', () => {
  test('is put in place whole, and nothing else stays', () => {
    const file = wanted('hello')
    const part = partBeside(file.path, id)
    expect(sh(makePart(part, 5)).status).toBe(0)
    expect(sh(fillPart(part, 0), Buffer.from('heXXX')).status).toBe(0)
    expect(parseHash(sh(hashPrefix(part.path, 2)).stdout)).toBe(createHash('sha256').update('he').digest('hex'))
    expect(sh(fillPart(part, 2), Buffer.from('llo')).status).toBe(0)
    expect(sh(isInPlace(file)).status).toBe(1)
    expect(sh(installPart(part, file))).toMatchObject({ status: 0, stderr: '' })
    expect(sh(isInPlace(file)).status).toBe(0)
    expect(names()).toEqual(["a 'b'"])
    expect(sh(readFrom(file.path, 2)).stdout).toBe('llo')
  })

  test('that arrived as another one leaves the old file as it was', () => {
    const file = wanted('hello')
    writeFileSync(file.path, 'old')
    const part = partInStaging(folder, id)
    sh(makePart(part, 5))
    sh(fillPart(part, 0), Buffer.from('hallo'))
    expect(sh(installPart(part, file))).toMatchObject({ status: 1, stderr: expect.stringContaining('SHA-256') })
    expect(readFileSync(file.path, 'utf8')).toBe('old')
    sh(removePart(part, file.path))
    expect(names()).toEqual(['.local', "a 'b'"])
    expect(readdirSync(join(folder, '.local/state/drydock/transfers'))).toEqual([])
  })

  test('and was hashed while it grew is not read again, unless somebody has written to it since', () => {
    const file = wanted('hello')
    const part = partBeside(file.path, id)
    const hashed = (content: string) => {
      sh(makePart(part, 5))
      sh(fillPart(part, 0), Buffer.from(content))
      expect(sh(hashAlong(part), Buffer.from('2\n3\n0\nkeep\n'))).toMatchObject({ status: 0, stderr: '' })
    }
    hashed('hello')
    expect(sh(unreadable(installPart(part, file)))).toMatchObject({ status: 0, stderr: '' })
    expect(names()).toEqual(["a 'b'"])
    hashed('hello')
    sh(fillPart(part, 4), Buffer.from('0'))
    expect(sh(installPart(part, file))).toMatchObject({ status: 1, stderr: expect.stringContaining('SHA-256') })
    hashed('hallo')
    expect(sh(installPart(part, file))).toMatchObject({ status: 1, stderr: expect.stringContaining('SHA-256') })
    expect(names()).toEqual(["a 'b'"])
  })

  test('and whose hashing was left keeps no hash, and none comes where the part is gone', () => {
    const part = partBeside(wanted('hello').path, id)
    sh(makePart(part, 5))
    sh(fillPart(part, 0), Buffer.from('hello'))
    expect(sh(hashAlong(part), Buffer.from('2\n3\n'))).toMatchObject({ status: 0, stderr: '' })
    expect(names().filter((name) => name.endsWith('.sum'))).toEqual([])
    const quoted = `'${part.path.replaceAll("'", `'\\''`)}'`
    const gone = hashAlong(part).script.replace('read -r keep', `rm -f ${quoted}; read -r keep`)
    spawnSync('sh', ['-c', gone], { input: '2\n3\n0\nkeep\n' })
    expect(names().filter((name) => name.endsWith('.sum'))).toEqual([])
  })

  test('has no part where there is no room for it', () => {
    const part = partBeside(join(folder, 'x'), id)
    const { script } = makePart(part, 2_049)
    const full = spawnSync('sh', ['-c', `stat() { echo '2 * 1024'; }\n${script}`], { encoding: 'utf8' })
    expect(full).toMatchObject({ status: 1, stderr: `${folder}: no space left on device for 2049 bytes\n` })
    expect(names()).toEqual([])
  })

  test('is not put into a folder that has become a link', () => {
    const real = join(folder, 'real')
    mkdirSync(real)
    symlinkSync(real, join(folder, 'link'))
    const file = { ...wanted('hello'), path: join(folder, 'link/x') }
    const part = partBeside(file.path, id)
    sh(makePart(part, 5))
    sh(fillPart(part, 0), Buffer.from('hello'))
    expect(sh(installPart(part, file))).toMatchObject({ status: 1, stderr: expect.stringContaining('symbolic link') })
    expect(readdirSync(real)).not.toContain('x')
  })
})

describe('a look at a place', () => {
  test('says what is there, with its hash only where its size fits', () => {
    const file = wanted('hello', 'x')
    writeFileSync(file.path, 'hello', { mode: 0o640 })
    expect(look('x', 5)).toMatchObject({
      user: username,
      folder,
      isWritable: true,
      kind: 'file',
      file: { bytes: 5, mode: '640', owner: username, sha256: file.sha256 },
    })
    expect(look('x', 6).file?.sha256).toBeNull()
    expect(look('x').file?.sha256).toBeNull()
  })

  test('follows links of folders and none of the file itself', () => {
    symlinkSync(folder, join(folder, 'to'))
    symlinkSync('/etc/hostname', join(folder, 'x'))
    expect(look('to/x')).toMatchObject({ folder, kind: 'link', file: null })
    expect(look('none/x')).toMatchObject({ folder: null })
    expect(look('to')).toMatchObject({ kind: 'link' })
    expect(look('y')).toMatchObject({ kind: 'none' })
  })
})
