import { describe, expect, it } from 'vitest'
import { isReadFirst, linesAbout, readSshdFile, showLine } from '../../../commands/sshd-config.ts'
import type { SshdFile } from '../../../commands/sshd-facts.ts'

const file = (path: string, content: string): SshdFile => ({
  path,
  content,
  entry: { kind: 'regular file', mode: '644', owner: 'root', group: 'root' },
})
const ours = '/etc/ssh/sshd_config.d/00-drydock.conf'
const debian = '# comment\n\nInclude /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n'

describe('the lines of sshd_config', () => {
  it('are read with their place and the Match block that they stand in', () => {
    const lines = readSshdFile(
      file(
        '/f',
        '# PermitRootLogin no\nPermitRootLogin=yes\n\nmatch user app\n\tPasswordAuthentication "yes"\nMatch all\nX11Forwarding no',
      ),
    )
    expect(lines.map(showLine)).toEqual([
      '/f, line 2: permitrootlogin yes',
      '/f, line 5: passwordauthentication yes (under Match user app)',
      '/f, line 7: x11forwarding no',
    ])
  })

  it('end their Match block with the file', () => {
    const included = [file('/etc/ssh/sshd_config.d/10.conf', 'Match User bob\nPermitRootLogin yes')]
    const main = file('/etc/ssh/sshd_config', 'PermitRootLogin no')
    expect(linesAbout({ main, included }, ['permitrootlogin']).map(({ match }) => match)).toEqual(['User bob', null])
  })
})

describe('our file', () => {
  it.each([
    ['where the main file begins with the Include', debian, [], true],
    ['beside files that sort behind it', debian, ['/etc/ssh/sshd_config.d/50-cloud-init.conf'], true],
    ['when it is there already', debian, [ours], true],
    ['where it alone is included', `Include ${ours}\n${debian}`, ['/etc/ssh/sshd_config.d/00-a.conf'], true],
    ['by a relative pattern', 'Include sshd_config.d/*.conf\n', [], true],
    ['among several patterns, when it is in the first', 'Include /etc/ssh/sshd_config.d/*.conf /x/*.conf', [], true],
  ])('is read first %s', (_, content, included, first) => {
    expect(isReadFirst({ main: file('/m', content), included: included.map((path) => file(path, '')) }, ours)).toBe(
      first,
    )
  })

  it.each([
    ['where there is no Include', 'PermitRootLogin yes\n', []],
    ['where something stands before the Include', `PasswordAuthentication yes\n${debian}`, []],
    ['where a Match block stands before the Include', `Match User bob\n${debian}`, []],
    ['where another file sorts before it', debian, ['/etc/ssh/sshd_config.d/00-cloud.conf']],
    ['where the Include is about other names', 'Include /etc/ssh/sshd_config.d/*.cnf\n', []],
    ['where the pattern does not reach into the folder', 'Include /etc/ssh/*.conf\n', []],
  ])('is not read first %s', (_, content, included) => {
    expect(isReadFirst({ main: file('/m', content), included: included.map((path) => file(path, '')) }, ours)).toBe(
      false,
    )
  })

  it('is not read first without a main file', () => {
    expect(isReadFirst({ main: null, included: [] }, ours)).toBe(false)
  })
})
