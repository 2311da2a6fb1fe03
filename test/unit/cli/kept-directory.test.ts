import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unpackHere } from '../../../cli/kept-directory.ts'

let base = ''
const here = () => join(base, 'here')
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'drydock-kept-'))
  for (const folder of ['there/logs', 'here/logs']) mkdirSync(join(base, folder), { recursive: true })
})
afterEach(() => rmSync(base, { recursive: true }))

function archiveOf(files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(base, 'there', path), text)
  execFileSync('tar', ['-C', join(base, 'there'), '-cf', join(base, 'all.tar'), ...readdirSync(join(base, 'there'))])
  return join(base, 'all.tar')
}

it('leaves alone here what does not count, also where the archive holds it', async () => {
  const archive = archiveOf({ 'site.html': 'new', 'local.env': 'theirs', 'logs/app.log': 'theirs' })
  writeFileSync(join(here(), 'local.env'), 'mine')
  await unpackHere(archive, here(), { include: [], exclude: ['*.env', 'logs/'] })
  expect(readFileSync(join(here(), 'local.env'), 'utf8')).toBe('mine')
  expect(readFileSync(join(here(), 'site.html'), 'utf8')).toBe('new')
  expect(readdirSync(join(here(), 'logs'))).toEqual([])
})

it('writes nothing at all where one of its files would take the place of a folder', async () => {
  const archive = archiveOf({ 'a.txt': 'new', 'b.txt': 'new' })
  mkdirSync(join(here(), 'b.txt'))
  await expect(unpackHere(archive, here(), { include: [], exclude: [] })).rejects.toThrow(/is here and is no file/)
  expect(readdirSync(here()).toSorted()).toEqual(['b.txt', 'logs'])
})
