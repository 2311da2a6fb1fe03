import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFacts, parseOsRelease, readFacts } from '../../../commands/facts.ts'
import { parseSections } from '../../../commands/sections.ts'
import { expectScript } from './script.ts'

const captured = (name: string): string => readFileSync(join(import.meta.dirname, 'captured', `${name}.txt`), 'utf8')
const answer = (sections: Record<string, string>): string =>
  Object.entries(sections)
    .map(([name, text]) => `@${name} ${Buffer.from(text).toString('base64')}\n`)
    .join('')
const host = { os: 'ID=debian\n', user: 'deploy\n1000\n', init: 'systemd\n' }

describe('facts', () => {
  it('are asked in one read', () => expectScript(readFacts(), 'facts'))

  it('are read from what Debian 12 answered', () => {
    expect(parseFacts(captured('facts-bookworm'))).toEqual({
      os: {
        id: 'debian',
        idLike: [],
        versionId: '12',
        prettyName: 'Debian GNU/Linux 12 (bookworm)',
        family: 'debian',
      },
      kernel: '6.1.0-18-amd64',
      architecture: 'x86_64',
      hostname: 'web-1',
      init: 'systemd',
      packageTool: 'apt',
      boot: '0d9f2f4e-8a2b-4a9e-b6f0-2f6d1c8e7a11:233083',
      user: { name: 'root', uid: 0 },
      sudo: 'root',
    })
  })

  it('are read from what Debian 13 answered', () => {
    expect(parseFacts(captured('facts-trixie'))).toMatchObject({ os: { versionId: '13' }, packageTool: 'apt' })
  })

  it.each([
    ['nopasswd', '/usr/bin/sudo\nallowed\n'],
    ['password', '/usr/bin/sudo\nsudo: a password is required\n'],
    ['none', '/usr/bin/sudo\nSorry, user deploy may not run sudo on web-1.\n'],
    ['none', ''],
  ])('say %s of sudo that answers %j', (sudo, text) => {
    expect(parseFacts(answer({ ...host, sudo: text })).sudo).toBe(sudo)
  })

  it.each([
    ['apt', '/usr/bin/apt-get\n'],
    ['dnf', '/usr/bin/dnf\n/usr/bin/yum\n'],
    ['yum', '/usr/bin/yum\n'],
    ['zypper', '/usr/bin/zypper\n'],
    ['pacman', '/usr/bin/pacman\n'],
    [null, ''],
  ])('find %s among %j', (tool, text) => {
    expect(parseFacts(answer({ ...host, tools: text })).packageTool).toBe(tool)
  })

  it('refuse an answer without a user', () => {
    expect(() => parseFacts('bash: command not found\n')).toThrow()
  })
})

describe('os-release', () => {
  it.each([
    ['debian', 'ID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04.2 LTS"\nVERSION_ID="24.04"\n'],
    ['debian', 'ID=raspbian\nID_LIKE=debian\n'],
    ['redhat', 'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=42\n'],
    ['redhat', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'],
    ['arch', 'ID=arch\n'],
    ['arch', 'ID=manjaro\nID_LIKE=arch\n'],
    ['suse', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n'],
    ['unsupported', 'ID=alpine\nVERSION_ID=3.22.1\n'],
    ['unsupported', ''],
  ])('puts into the family %s: %j', (family, text) => {
    expect(parseOsRelease(text).family).toBe(family)
  })

  it('reads quoted and escaped values', () => {
    expect(parseOsRelease('ID=x\nPRETTY_NAME="A \\"B\\" \\$1"\n').prettyName).toBe('A "B" $1')
  })
})

describe('sections', () => {
  it('cannot be forged by the content of another', () => {
    const text = answer({ keys: 'x\n@sudo cm9vdA==\n' })
    expect([...parseSections(text).keys()]).toEqual(['keys'])
  })

  it('pass over what start-up files print', () => {
    expect(parseSections(`Welcome!\n${answer({ user: 'a' })}bye`)).toEqual(new Map([['user', 'a']]))
  })
})
