import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryBeside } from '../../../commands/backup.ts'
import { decodeFile, isFileLike, readFile, removeFile, restoreSavedFile, writeFile } from '../../../commands/file.ts'
import { backup, expectScript } from './script.ts'

const file = { path: '/etc/app/a.conf', content: "name='$x'\n", mode: '0640', owner: 'root', group: 'app' }

describe('a file', () => {
  it('is written', () => expectScript(writeFile(file), 'file-write'))
  it('is kept, then written', () => expectScript(writeFile(file, { backup }), 'file-write-saved'))
  it('is restored', () => expectScript(restoreSavedFile(file.path, backup), 'file-restore'))
  it('is compared', () => expectScript(isFileLike(file), 'file-compare'))

  it.each([
    [removeFile("/tmp/a 'b'"), `rm -f -- '/tmp/a '\\''b'\\'''`, 'change'],
    [readFile('/etc/motd', 10), `head -c '10' -- '/etc/motd' | base64 -w 0`, 'read'],
  ])('$shown', (command, script, effect) => {
    expect(command).toMatchObject({ script, effect })
  })

  it('does not show its content', () => {
    expect(writeFile(file).shown).toBe('write /etc/app/a.conf (10 bytes, 0640 root:app)')
  })

  it('is prepared under a name that sudo and run-parts pass over', () => {
    expect(temporaryBeside('/etc/sudoers.d/x')).toBe('/etc/sudoers.d/.x.drydock-new')
    expect(temporaryBeside('/x')).toBe('/.x.drydock-new')
  })

  it('comes back from base64 byte by byte', () => {
    expect([...decodeFile('AP/+\n')]).toEqual([0, 255, 254])
  })

  it('is refused before anything is written where there is no room for it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-file-'))
    try {
      const path = join(folder, 'a.conf')
      const { script } = writeFile({ ...file, path, content: 'x'.repeat(2_049) })
      const on = (free: string) =>
        spawnSync('sh', ['-c', `stat() { echo '${free}'; }\n${script}`], { encoding: 'utf8' })
      expect(on('2 * 1024')).toMatchObject({ status: 1, stderr: `${folder}: no space left on device for 2049 bytes\n` })
      expect(readdirSync(folder)).toEqual([])
      // Further than the room, there is no group `app` here.
      expect(on('3 * 1024').stderr).toContain('chown')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
