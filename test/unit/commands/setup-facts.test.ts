import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectForSetup, parseSetupFacts, type SetupQuestions } from '../../../commands/setup-facts.ts'
import { expectScript } from './script.ts'

const captured = (name: string): string => readFileSync(join(import.meta.dirname, 'captured', `${name}.txt`), 'utf8')
const questions: SetupQuestions = {
  user: 'app',
  home: '/home/app',
  shell: '/bin/bash',
  groups: ['sudo', 'systemd-journal', 'app'],
  owners: ['app'],
  directories: [
    { path: '/opt/app', mode: '755', owner: 'app', group: 'app', reach: 'self' },
    { path: '/srv/a b/c', mode: '755', owner: 'app', group: 'app', reach: 'tree' },
  ],
  packages: ['curl', 'systemd', 'awk', 'no-such-package', 'sudo'],
  packageTool: 'apt',
}

describe('what setup looks at', () => {
  it('is asked in one read', () => expectScript(inspectForSetup(questions), 'setup-facts'))

  it.each(['bookworm', 'trixie'])('on a fresh %s is nothing yet', (image) => {
    expect(parseSetupFacts(captured(`setup-facts-${image}-fresh`), questions)).toEqual({
      user: null,
      shellExists: true,
      groups: new Set(['sudo', 'systemd-journal']),
      users: new Set(),
      home: null,
      sshDirectory: null,
      authorizedKeys: null,
      sudoers: null,
      sudo: { installed: true, readsDropIns: true },
      directories: new Map([
        ['/opt/app', { entry: null, missingParents: [], differsInside: false }],
        ['/srv/a b/c', { entry: null, missingParents: ['/srv/a b'], differsInside: false }],
      ]),
      packages: new Map([
        ['curl', 'available'],
        ['systemd', 'installed'],
        ['awk', 'virtual'],
        ['no-such-package', 'stale'],
        ['sudo', 'installed'],
      ]),
      keyFiles: ['.ssh/authorized_keys', '.ssh/authorized_keys2'],
    })
  })

  it('on a host in use is what is there', () => {
    const facts = parseSetupFacts(captured('setup-facts-bookworm-used'), questions)
    const owned = { owner: 'app', group: 'app' }
    expect(facts).toMatchObject({
      user: { uid: 1000, group: 'app', home: '/home/app', shell: '/bin/sh', groups: ['app', 'sudo'] },
      authorizedKeys: {
        entry: { kind: 'regular file', mode: '644', ...owned },
        // The byte before the line's end was Latin-1; it stays on the host as it is.
        content: 'ssh-ed25519 AAAAold \ufffd\n# a comment',
      },
      sshDirectory: { kind: 'directory', mode: '755', ...owned },
      sudoers: { entry: { mode: '644', owner: 'root' }, content: 'app ALL=(ALL) ALL\n' },
    })
    expect(facts.directories.get('/opt/app')?.entry?.kind).toBe('symbolic link')
    expect(facts.directories.get('/srv/a b/c')?.differsInside).toBe(true)
    expect(facts.packages.get('no-such-package')).toBe('absent')
  })

  it('is not made up where the host did not answer', () => {
    expect(() => parseSetupFacts('sh: 1: Syntax error\n', questions)).toThrow('did not answer')
  })
})
