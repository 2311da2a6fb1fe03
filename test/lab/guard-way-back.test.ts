import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Guarded, guarded } from '../support/guarded.ts'
import { until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'way-back', packages: ['nftables', 'iptables'] })
let it: Guarded

beforeAll(async () => {
  it = await guarded(host(), 'ubuntu', { settings: { guard: { restoreAfterMs: 10_000 } } })
})
afterAll(() => it.close())

/** The firewall and the network as people see them, without what counts by itself. */
const look = async (): Promise<string> =>
  (
    await host().sh(
      `iptables-save | sed 's/ \\[[0-9:]*\\]$//; /^#/d'; nft -s list tables; ip -o addr show | awk '{ print $2, $4 }'; ip route`,
    )
  ).stdout

/** Takes an operation back, as a person who confirms that as well. */
async function takeBack(operationId: string) {
  const { id } = await it.drydock.start('POST', `/v1/operations/${operationId}/rollback`, {})
  const asked = await until(() => it.drydock.store.approvals.forOperation(id))
  expect((await it.confirm(asked)).status).toBe(200)
  return it.ended(id)
}

describe('before the ways to a host change, it saves them', () => {
  test('and a flushed firewall comes back, rule by rule, by the operation that takes it back', async () => {
    await host().sh(
      `iptables -A INPUT -p tcp --dport 9999 -j DROP; nft 'table inet ours { chain in { type filter hook input priority 0; tcp dport 9998 drop; }; }'`,
    )
    const before = await look()
    const asked = await it.asks('iptables -F; nft delete table inet ours')
    expect(asked.assessment).toMatchObject({ rollbackPossible: true, rollback: { saved: true } })
    expect((await it.confirm(asked)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({ state: 'succeeded' })
    expect(await look()).not.toBe(before)
    expect(await takeBack(asked.operationId)).toMatchObject({ state: 'succeeded' })
    expect(await look()).toBe(before)
  })

  test('and addresses and routes that were taken away come back', async () => {
    await host().sh('ip addr add 10.91.0.1/24 dev lo; ip route add 10.92.0.0/16 dev lo')
    const before = await look()
    const asked = await it.asks('ip route flush 10.92.0.0/16; ip addr flush dev lo to 10.91.0.0/16')
    expect((await it.confirm(asked)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({ state: 'succeeded' })
    expect(await look()).not.toBe(before)
    expect(await takeBack(asked.operationId)).toMatchObject({ state: 'succeeded' })
    expect(await look()).toBe(before)
  })

  test('and whoever shuts everybody out gets in again by the clock of the host, which is told', async () => {
    const before = await look()
    const asked = await it.asks('iptables -P INPUT DROP; iptables -F')
    expect((await it.confirm(asked)).status).toBe(200)
    const result = await it.ended(asked.operationId)
    expect(result).toMatchObject({ state: 'rolled_back', message: expect.stringContaining('restored its firewall') })
    expect(await look()).toBe(before)
  })
})
