import { describe, expect, it } from 'vitest'
import {
  hasSudoers,
  isPlainSudoCommand,
  maySudo,
  restoreSudoers,
  sudoersFile,
  writeSudoers,
  type SudoRights,
} from '../../../commands/sudoers.ts'
import { backup, expectScript } from './script.ts'

const some: SudoRights = { kind: 'commands', commands: ['/usr/bin/systemctl restart web', '/usr/bin/a,b:c=d'] }

describe('sudo rights', () => {
  it.each([
    [{ kind: 'full' }, 'app ALL=(ALL:ALL) NOPASSWD: ALL'],
    [some, String.raw`app ALL=(ALL:ALL) NOPASSWD: /usr/bin/systemctl restart web, /usr/bin/a\,b\:c\=d`],
  ] as const)('%j stand in the file', (rights, line) => {
    expect(sudoersFile('app', rights)).toEqual({
      path: '/etc/sudoers.d/drydock-app',
      content: `# Written by Drydock for app.\n${line}\n`,
      mode: '440',
      owner: 'root',
      group: 'root',
    })
  })

  it('become active only after visudo', () =>
    expectScript(writeSudoers(sudoersFile('app', some), backup), 'sudoers-write'))
  it('are compared', () => expectScript(hasSudoers(sudoersFile('app', some)), 'sudoers-check'))
  it('are taken back', () => expectScript(restoreSudoers(sudoersFile('app', some), backup), 'sudoers-restore'))

  it.each([
    ['/usr/bin/systemctl restart web', true],
    ['/usr/bin/*', false],
    ['/bin/sh ^.*$', false],
    ['/bin/cat "a"', false],
    ['/bin/sh, !/bin/ls', false],
    ['ALL', false],
  ])('of %j are plain: %s', (text, plain) => {
    expect(isPlainSudoCommand(text)).toBe(plain)
  })

  it.each([
    [{ kind: 'full' }, 'sudo -n true'],
    [
      { kind: 'commands', commands: ['/usr/bin/systemctl restart web', '/bin/ls'] },
      `sudo -n -l -- '/usr/bin/systemctl' 'restart' 'web' > /dev/null && sudo -n -l -- '/bin/ls' > /dev/null`,
    ],
  ] as const)('%j are tried', (rights, script) => {
    expect(maySudo(rights)).toMatchObject({ script, effect: 'read' })
  })
})
