import { describe, expect, it } from 'vitest'
import { isActive, parseUnitStatus, readUnitStatus, restartUnit } from '../../../commands/systemd.ts'

describe('a unit', () => {
  it.each([
    [isActive('ssh.service'), `systemctl is-active --quiet -- 'ssh.service'`, 'read'],
    [
      readUnitStatus('ssh.service'),
      `systemctl show --property=Id,LoadState,ActiveState,SubState,Result,ExecMainStatus,NRestarts -- 'ssh.service'`,
      'read',
    ],
    [restartUnit('ssh.service'), `systemctl restart -- 'ssh.service'`, 'change'],
  ])('$shown', (command, script, effect) => {
    expect(command).toMatchObject({ script, effect })
  })

  it('has a status', () => {
    const stdout =
      'NRestarts=2\nResult=exit-code\nExecMainStatus=203\nId=web.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\n'
    expect(parseUnitStatus(stdout)).toEqual({
      unit: 'web.service',
      load: 'loaded',
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
      exitStatus: 203,
      restarts: 2,
    })
  })

  it('that is not there has one too', () => {
    expect(parseUnitStatus('Id=x.service\nLoadState=not-found\nActiveState=inactive\n')).toMatchObject({
      load: 'not-found',
      exitStatus: null,
      restarts: 0,
    })
  })
})
