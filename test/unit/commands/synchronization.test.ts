import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packDifference, readArchive } from '../../../activities/packing.ts'
import {
  areInPlace,
  deleteFrom,
  dropStage,
  lookAtTree,
  makeStage,
  parseTree,
  partInTree,
  placeAll,
  putBack,
  treeAt,
  unpackInto,
} from '../../../commands/synchronization.ts'
import { compareTrees } from '../../../plans/compared-trees.ts'
import type { Command } from '../../../schema/command.ts'

let folder = ''
let source = ''
let target = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-synchronization-'))
  source = join(folder, 'source')
  target = join(folder, "a 'target'")
  mkdirSync(source)
})
afterEach(() => rmSync(folder, { recursive: true }))

const sh = ({ script }: Command) => spawnSync('sh', ['-c', script], { encoding: 'utf8' })

const runs = (command: Command) => expect(sh(command), command.shown).toMatchObject({ status: 0, stderr: '' })

function write(root: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

type Choice = { include?: string[]; exclude?: string[]; delete?: boolean }

/** Looks, compares and packs, and lays the archive where a host would have it. */
async function prepare(choice: Choice = {}) {
  const archive = join(folder, 'source.tar')
  spawnSync('tar', ['-cf', archive, '-C', source, '.'])
  const entries = await readArchive(archive)
  const facts = parseTree(
    sh(
      lookAtTree(
        target,
        entries.map(({ bytes }) => bytes),
      ),
    ).stdout,
  )
  const comparison = compareTrees(entries, facts, { include: [], exclude: [], delete: false, ...choice })
  const to = join(folder, 'packed.tar')
  const made = await packDifference({ from: archive, to, comparison, entries })
  const tree = treeAt(target, 'test')
  return { comparison, facts, to, packed: { ...tree, ...made, files: 0, owner: null } }
}

/** Up to where everything is in place, and what was there can still be put back. */
async function place(choice: Choice = {}) {
  const prepared = await prepare(choice)
  const { packed, to, comparison } = prepared
  runs(makeStage(packed))
  copyFileSync(to, partInTree(packed).path)
  runs(unpackInto(partInTree(packed), packed))
  runs(placeAll(packed, 'place'))
  runs(areInPlace(packed))
  runs(deleteFrom(target, comparison.deletedFiles, comparison.deletedDirectories))
  return prepared
}

/** Every file below a folder with its content. */
const contents = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
  )

const strange = {
  'a b': 'x',
  "it's": 'y',
  'back\\slash': 'z',
  '-n': 'w',
  [`long/${'n'.repeat(90)}/${'m'.repeat(90)}`]: 'v',
}

test('a directory is brought over with its names and modes, and the second time nothing differs', async () => {
  write(source, { ...strange, 'deep/er/file': 'content', empty: '' })
  mkdirSync(join(source, 'nothing/in it'), { recursive: true })
  chmodSync(join(source, 'empty'), 0o751)
  const { packed, comparison } = await place()
  expect(comparison).toMatchObject({ changed: [], same: 0, conflicts: [] })
  runs(dropStage(packed))
  expect(contents(target)).toEqual({ ...strange, 'deep/er/file': 'content', empty: '' })
  expect(statSync(join(target, 'nothing/in it')).isDirectory()).toBe(true)
  expect((statSync(join(target, 'empty')).mode & 0o777).toString(8)).toBe('751')
  const again = await prepare({ delete: true })
  expect(again.comparison).toMatchObject({
    added: [],
    changed: [],
    newDirectories: [],
    deletedFiles: [],
    deletedDirectories: [],
    same: 7,
  })
})

test('only what differs is packed, and what is not told to go stays', async () => {
  write(source, { 'a/one': 'new!', 'a/two': 'same', 'b/three': 'three' })
  write(target, { 'a/one': 'old!', 'a/two': 'same', 'a/mine': 'mine' })
  const { packed, comparison } = await place()
  expect(comparison.changed.map(({ path }) => path)).toEqual(['a/one'])
  expect(comparison.added.map(({ path }) => path)).toEqual(['b/three'])
  runs(dropStage(packed))
  expect(contents(target)).toEqual({ 'a/one': 'new!', 'a/two': 'same', 'a/mine': 'mine', 'b/three': 'three' })
})

test('what is deleted is exactly what is not in the source and not excluded', async () => {
  write(source, { keep: '1' })
  write(target, { keep: '1', 'old/file': '2', 'old/log.tmp': '3', 'gone/file': '4' })
  symlinkSync('/etc', join(target, 'link'))
  const { comparison, packed } = await place({ delete: true, exclude: ['*.tmp'] })
  expect(comparison.deletedFiles).toEqual(['gone/file', 'link', 'old/file'])
  expect(comparison.deletedDirectories).toEqual(['gone'])
  runs(dropStage(packed))
  expect(contents(target)).toEqual({ keep: '1', 'old/log.tmp': '3' })
  expect(existsSync('/etc/hostname') || existsSync('/etc/passwd')).toBe(true)
})

test('it is put back as it was, also what was deleted', async () => {
  write(source, { 'a/one': 'new!', 'a/added': 'x', 'fresh/file': 'y' })
  const before = { 'a/one': 'old!', 'gone/file': 'z' }
  write(target, before)
  const { packed } = await place({ delete: true })
  expect(contents(source)).toEqual(
    Object.fromEntries(Object.entries(contents(target)).filter(([path]) => !path.startsWith('.drydock'))),
  )
  runs(putBack(packed))
  runs(dropStage(packed))
  expect(contents(target)).toEqual(before)
  expect(readdirSync(target).toSorted()).toEqual(['a', 'gone'])
})

test('nothing is written over or through a link, whether it was there before or comes in between', async () => {
  write(source, { 'a/one': 'new' })
  const outside = join(folder, 'outside')
  mkdirSync(outside)
  mkdirSync(target)
  symlinkSync(outside, join(target, 'a'))
  expect((await prepare()).comparison.conflicts).toEqual([expect.stringContaining('symbolic link')])
  rmSync(join(target, 'a'))
  mkdirSync(join(target, 'a'))
  const { packed, to } = await prepare()
  runs(makeStage(packed))
  copyFileSync(to, partInTree(packed).path)
  runs(unpackInto(partInTree(packed), packed))
  rmSync(join(target, 'a'), { recursive: true })
  symlinkSync(outside, join(target, 'a'))
  expect(sh(placeAll(packed, 'place'))).toMatchObject({ status: 1, stderr: expect.stringContaining('symbolic link') })
  expect(readdirSync(outside)).toEqual([])
  expect(lstatSync(join(target, 'a')).isSymbolicLink()).toBe(true)
})

test('an archive that is not what was packed is refused before it is unpacked', async () => {
  write(source, { one: '1' })
  const { packed, to } = await prepare()
  runs(makeStage(packed))
  copyFileSync(to, partInTree(packed).path)
  writeFileSync(partInTree(packed).path, 'x', { flag: 'r+' })
  expect(sh(unpackInto(partInTree(packed), packed))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('SHA-256'),
  })
  expect(readdirSync(packed.stage)).toEqual(['archive'])
})

test.each([
  ['an absolute name', ['-cPf', '{}', '/etc/hostname'], 'leads out'],
  ['a name that leads out', ['-cPf', '{}', '-C', '/etc', '../etc/hostname'], 'leads out'],
  ['a link', ['-cf', '{}', '-C', '{folder}', 'link'], 'link, device or pipe'],
])('an archive with %s is refused', async (_, words, why) => {
  symlinkSync('/etc/passwd', join(folder, 'link'))
  const archive = join(folder, 'bad.tar')
  spawnSync(
    'tar',
    words.map((word) => word.replace('{}', archive).replace('{folder}', folder)),
  )
  await expect(readArchive(archive)).rejects.toThrow(why)
})

test('what is no archive, or half of one, is refused', async () => {
  const archive = join(folder, 'bad.tar')
  writeFileSync(archive, 'no archive')
  await expect(readArchive(archive)).rejects.toThrow('ends in the middle')
  writeFileSync(archive, Buffer.alloc(1024, '1'))
  await expect(readArchive(archive)).rejects.toThrow('no tar archive')
})
