import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, type Installation } from '../support/installation.ts'
import { through } from '../support/lockdowns.ts'
import { startOperation, succeeded } from '../support/operations.ts'
import { prepare, type PreparedServer } from '../support/prepared-host.ts'

const sshOnly = {
  firewall: { enabled: false },
  fail2ban: { enabled: false },
  automatic_updates: false,
  kernel: { enabled: false },
  revert_after_ms: 600_000,
}
const reverts = '/var/lib/drydock/reverts'

let drydock: Installation
let at: PreparedServer
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  at = await (await prepare(drydock, { name: 'states', image: 'trixie', kept: 'set-up' })).boot(drydock)
}, 240_000)
afterAll(async () => {
  await at.host.stop()
  await drydock.close()
})

const onHost = async () => (await at.host.sh(`ls -d ${reverts}/*/ | xargs -n 1 basename`)).stdout.trim().split('\n')

/** What operations that have ended have left on the host: more than it keeps. */
async function leaveStates(count: number): Promise<string[]> {
  const server = await drydock.store.servers.get(at.id)
  if (server === null) throw new Error('there is no such server')
  const ids: string[] = []
  for (let number = 0; number < count; number += 1) {
    const { id } = await startOperation(drydock.store, server)
    await drydock.store.operations.end(id, succeeded)
    ids.push(id)
  }
  const made = await at.host.sh(
    `for id in ${ids.join(' ')}; do mkdir -p ${reverts}/$id/saved; : > ${reverts}/$id/claimed-by-disarm; done`,
  )
  expect(made.exitCode, made.stderr).toBe(0)
  return ids
}

test('a lockdown that has succeeded sweeps what nothing needs, and leaves what a revert would put back', {
  timeout: 240_000,
}, async () => {
  const first = await through(drydock, at, 'lockdowns', sshOnly)
  expect(first.result, JSON.stringify(first)).toMatchObject({ state: 'succeeded' })
  const stranger = newId()
  await at.host.sh(`mkdir ${reverts}/${stranger}; : > ${reverts}/${stranger}/claimed-by-disarm`)
  const left = await leaveStates(23)
  const second = await through(drydock, at, 'lockdowns', { ...sshOnly, ssh: { max_auth_tries: 3 } })
  expect(second.result, JSON.stringify(second)).toMatchObject({ state: 'succeeded' })
  // Of 24 that are known beside the second's own, the newest twenty stay, and the first lockdown's is in force.
  const kept = [first.id, stranger, ...left.slice(-20), second.id]
  expect((await onHost()).toSorted()).toEqual(kept.toSorted())

  const reverted = await through(drydock, at, 'lockdown-reverts', { revert_after_ms: 600_000 })
  expect(reverted.result, JSON.stringify(reverted)).toMatchObject({ state: 'succeeded' })
})
