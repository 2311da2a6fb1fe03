import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import {
  fetchArtifact,
  inspectArtifact,
  unpackRelease,
  verifyArtifact,
  type ArtifactOf,
} from '../../../commands/artifact.ts'
import { layoutOf } from '../../../commands/release.ts'
import { Artifact } from '../../../schema/application.ts'
import { backup, expectScript } from './script.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-artifact-'))
afterAll(() => rmSync(folder, { recursive: true }))

let tree = ''
beforeEach(() => {
  tree = mkdtempSync(join(folder, 'tree-'))
  writeFileSync(join(tree, 'app.js'), 'text')
  mkdirSync(join(tree, 'a folder/deep'), { recursive: true })
})

const tar = (...words: string[]): Buffer => execFileSync('tar', ['-cz', '-C', tree, ...words])

/** What a server would say of an archive: its exit status and its words. */
function inspect(archive: Buffer, change: Partial<Artifact> = {}): { status: number | null; said: string } {
  const sha256 = createHash('sha256').update(archive).digest('hex')
  const layout = layoutOf(mkdtempSync(join(folder, 'root-')))
  mkdirSync(layout.incoming)
  mkdirSync(layout.releases)
  writeFileSync(join(layout.incoming, sha256), archive)
  const artifact = { ...Artifact.parse({ source: 'https://example.net/a', sha256 }), ...change }
  const { script } = inspectArtifact({ artifact, layout, release: '1' })
  const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  return { status, said: stderr.trim() }
}

const link = (target: string, at = 'link'): Buffer => {
  symlinkSync(target, join(tree, at))
  return tar('.')
}

it('lets an archive pass with folders, spaces in names, and links that stay inside', () => {
  symlinkSync('../../app.js', join(tree, 'a folder/deep/inside'))
  symlinkSync('a folder', join(tree, 'beside'))
  expect(inspect(tar('.'))).toEqual({ status: 0, said: '' })
})

it.each([
  [
    'an absolute name',
    () => tar('-P', '--transform', 's,app.js,/etc/app.js,', 'app.js'),
    'an absolute name: /etc/app.js',
  ],
  [
    'a name that leads out',
    () => tar('-P', '--transform', 's,app.js,../app.js,', 'app.js'),
    'a name that leads out: ../app.js',
  ],
  [
    'a name that leads out in the middle',
    () => tar('-P', '--transform', 's,app.js,a/../../app.js,', 'app.js'),
    'leads out',
  ],
  ['a link to an absolute path', () => link('/etc/passwd'), 'a link to an absolute path: link -> /etc/passwd'],
  ['a link that leads out', () => link('../etc/passwd'), 'a link that leads out: link -> ../etc/passwd'],
  ['a link that leads out from a folder', () => link('../../x', 'a folder/link'), 'a link that leads out'],
  ['a link that climbs behind another', () => link('a folder/../../x'), 'a link that leads out'],
  ['a hard link that leads out', () => hardLinkOut(), 'a link that leads out'],
  ['a pipe', () => pipe(), 'a device, pipe or socket: ./pipe'],
  ['what is no archive', () => Buffer.from('no archive at all'), 'it cannot be read'],
  ['an archive that is cut off', () => cutOff(), 'it cannot be read'],
])('refuses %s', (_, archive, because) => {
  const { status, said } = inspect(archive())
  expect([status, said]).toEqual([1, expect.stringContaining(because)])
})

const hardLinkOut = (): Buffer => {
  execFileSync('ln', [join(tree, 'app.js'), join(tree, 'other.js')])
  return tar('-P', '--transform', 's,^app.js,../../etc/shadow,RSh', 'app.js', 'other.js')
}
const pipe = (): Buffer => {
  execFileSync('mkfifo', [join(tree, 'pipe')])
  return tar('.')
}
const cutOff = (): Buffer => {
  writeFileSync(join(tree, 'random'), execFileSync('head', ['-c', '100000', '/dev/urandom']))
  return tar('.').subarray(0, 50_000)
}

it('refuses more than allowed, in bytes and in files, whatever it is packed to', () => {
  execFileSync('truncate', ['-s', '64M', join(tree, 'bomb')])
  const bomb = tar('bomb')
  expect(bomb.length).toBeLessThan(200_000)
  expect(inspect(bomb, { bytes: 1_000_000 })).toEqual({
    status: 1,
    said: expect.stringContaining('larger than 1000000 bytes'),
  })
  expect(inspect(tar('--exclude', 'bomb', '.'), { entries: 2 })).toEqual({
    status: 1,
    said: expect.stringContaining('more than 2 files'),
  })
})

const shown: ArtifactOf = {
  artifact: Artifact.parse({ source: 'https://example.net/hello.tar.gz', sha256: 'a'.repeat(64) }),
  layout: layoutOf('/srv/hello'),
  release: '1.0.0-12345678',
}

it.each([
  ['artifact-fetch', fetchArtifact(shown)],
  ['artifact-verify', verifyArtifact(shown)],
  ['artifact-inspect', inspectArtifact(shown)],
  ['artifact-unpack', unpackRelease(shown, ['public/uploads'], backup)],
])('%s is the script that stands in its file', async (name, command) => {
  await expectScript(command, name)
})

it('unpacks nothing where a link turns out to lead out', () => {
  const archive = link('../app.js', 'a folder/up')
  const root = mkdtempSync(join(folder, 'root-'))
  const layout = layoutOf(root)
  const sha256 = createHash('sha256').update(archive).digest('hex')
  mkdirSync(layout.incoming)
  mkdirSync(layout.releases)
  writeFileSync(join(layout.incoming, sha256), archive)
  // One folder is left out of each name, so that the link climbs out of the release.
  const artifact = Artifact.parse({ source: 'https://example.net/a', sha256, strip: 2 })
  const { script } = unpackRelease({ artifact, layout, release: '1' }, [], backup)
  const ended = spawnSync('sh', ['-c', script.replaceAll('/var/lib/drydock', `${root}/drydock`)], { encoding: 'utf8' })
  expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining('holds a link that leads out')])
  expect(execFileSync('ls', ['-A', layout.releases], { encoding: 'utf8' })).not.toContain('1\n')
  expect(readFileSync(join(tree, 'app.js'), 'utf8')).toBe('text')
})
