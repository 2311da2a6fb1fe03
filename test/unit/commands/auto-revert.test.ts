import { describe, expect, it } from 'vitest'
import {
  armRevert,
  canArmRevert,
  disarmRevert,
  isRevertAlive,
  putStateBack,
  restoreNow,
  standDown,
} from '../../../commands/auto-revert.ts'
import { parseRevert, readRevert } from '../../../commands/revert-status.ts'
import type { SavedState } from '../../../schema/plan.ts'
import { expectScript } from './script.ts'

const operationId = '01970000-0000-7000-8000-000000000001'
const save: SavedState = {
  files: ['/etc/ssh/sshd_config.d/00-drydock.conf', "/etc/it's here"],
  units: ['fail2ban.service'],
  firewall: true,
  kernelParameters: ['net.ipv4.tcp_syncookies'],
  reload: ['ssh.service'],
}
const revert = { operationId, timeoutMs: 120_000, save }

describe('an automatic revert', () => {
  it.each([
    ['auto-revert-arm', armRevert(revert)],
    ['auto-revert-can-arm', canArmRevert(revert)],
    ['auto-revert-alive', isRevertAlive(revert)],
    ['auto-revert-disarm', disarmRevert({ ...revert, drop: ['01960000-0000-7000-8000-000000000001'] })],
    ['auto-revert-stand-down', standDown(revert)],
    ['auto-revert-put-back', putStateBack(revert)],
    ['auto-revert-restore-now', restoreNow(operationId)],
    ['auto-revert-read', readRevert(operationId)],
  ] as const)('%s is this script', (name, command) => expectScript(command, name))
})

describe('what has become of it', () => {
  it('is armed, and says how long the host still waits', () => {
    expect(parseRevert('armed 1010.25 1000.00 120000 - 0\n')).toEqual({
      state: 'armed',
      remainingMs: 109_750,
      restoredAt: null,
      problems: 0,
      others: [],
      left: [],
      log: '',
    })
  })

  it('names those that have left what they saved, apart from what the host has written', () => {
    const said = 'armed 1010.25 1000.00 120000 - 0\nleft op-1\nleft op-2\n12:00 restored\n'
    expect(parseRevert(said)).toMatchObject({ left: ['op-1', 'op-2'], log: '12:00 restored' })
  })

  it('is restored, with what the host has written', () => {
    const said =
      'restored 1200.00 1000.00 120000 2026-11-21T12:00:00Z 1\n12:00 problem: it\n12:01 restored, 1 problems\n'
    expect(parseRevert(said)).toMatchObject({
      state: 'restored',
      restoredAt: '2026-11-21T12:00:00Z',
      problems: 1,
      log: '12:00 problem: it\n12:01 restored, 1 problems',
    })
  })

  it('names another that is armed', () => {
    expect(parseRevert('none 50.00 0 0 - 0\nother op-2 40.00 60000\n').others).toEqual([
      { operationId: 'op-2', remainingMs: 50_000 },
    ])
  })

  it('is nothing that another output could be taken for', () => {
    expect(() => parseRevert('sh: 1: syntax error\n')).toThrow()
  })
})
