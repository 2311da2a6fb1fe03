import { describe, expect, it } from 'vitest'
import { keepWayBack, reachedBy } from '../../../commands/way-back.ts'
import { armRevert } from '../../../commands/auto-revert.ts'
import { createDoor, digestOf, rollbackCommand } from '../../../guard/index.ts'
import { assessed } from '../guard/situation.ts'
import { expectScript } from './script.ts'

const operationId = '01970000-0000-7000-8000-000000000001'
const server = { id: 's', name: 'web-1', deviceType: 'ubuntu', environment: 'unknown', services: [] } as const

describe('the way back from a change of firewall or network', () => {
  const arm = armRevert({ operationId, timeoutMs: 120_000, save: reachedBy })

  it.each([
    ['way-back-arm', arm],
    ['way-back-keep', keepWayBack(operationId)],
  ] as const)('%s is this script', (name, command) => expectScript(command, name))

  it.each([
    ['arms', arm],
    ['keeps', keepWayBack(operationId)],
  ])('what %s it passes the door by its own digest, and by no other', (_, command) => {
    const door = createDoor({ isBound: () => false })
    const pass = (digest: string) =>
      door.clear({
        command,
        server,
        operationId,
        requester: 'ann',
        runId: 'r',
        evidence: { kind: 'auto_revert', digest },
      })
    expect(pass(digestOf(command))).toMatchObject({ clearedBecause: 'the automatic revert of the plan' })
    expect(pass('0')).toMatchObject({ refused: 'not_the_auto_revert' })
  })

  it('is a command that a person is asked about, and that has a way back itself', () => {
    const { rollback } = assessed('iptables -F')
    expect(rollback).toMatchObject({ saved: true, command: '' })
    const back = rollback === null ? '' : rollbackCommand(rollback, operationId)
    expect(back).toBe(`sh /var/lib/drydock/reverts/${operationId}/put-back`)
    expect(assessed(back)).toMatchObject({ verdict: 'confirm', rollback: { saved: true } })
  })

  it.each([
    'nft flush ruleset',
    'ufw --force reset',
    'ip link set eth0 down',
    'ip route del default',
    'ufw deny 22/tcp',
  ])('is made for %s', (command) => expect(assessed(command).rollback).toMatchObject({ saved: true }))

  it.each([
    'systemctl stop ssh',
    'iptables -F; rm -rf /srv/data',
    'ssh web-2 iptables -F',
    'docker exec web iptables -F',
  ])('is not made for %s', (command) => expect(assessed(command).rollback).toBeNull())
})
