import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootHost, type LabHost } from '../../lab/index.ts'
import { install, type Installation } from '../support/installation.ts'

let drydock: Installation
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
})
afterAll(() => drydock.close())

/** Everything that setup may touch, by hash. */
// Directories of runs are swept when their operations have ended, now or in a minute.
const fingerprint = async (host: LabHost): Promise<string> =>
  (
    await host.sh(
      `find /etc /home /opt -xdev -type f ! -path '/etc/.pwd.lock' ! -path '*/drydock/runs/*' -exec sha256sum {} + | sort -k 2; find /home /opt -xdev ! -path '*/drydock/runs/*' -printf '%p %u %g %m\\n' | sort`,
    )
  ).stdout

describe.each(['bookworm'] as const)('setup of a fresh %s server', (image) => {
  let host: LabHost
  let server: { id: string; name: string }
  beforeAll(async () => {
    host = await bootHost({ name: 'setup', image })
    server = await drydock.register(host)
  })
  afterAll(() => host.stop())

  test('a dry run shows the diffs and changes nothing', async () => {
    const before = await fingerprint(host)
    const preview = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { dry_run: true })
    expect(preview.result?.state).toBe('unchanged')
    expect(JSON.stringify(await drydock.operation(preview.id))).toContain('/etc/sudoers.d/drydock-app')
    expect(await fingerprint(host)).toBe(before)
  })

  test('it leaves a user who logs in by key and may use sudo, with the packages there', async () => {
    const done = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, {})
    expect(done.result).toMatchObject({ state: 'succeeded' })
    const run = await drydock.finish('POST', `/v1/servers/${server.name}/commands`, {
      command: 'id -un && sudo -n id -un && command -v curl git',
    })
    expect(run.result).toMatchObject({ state: 'succeeded', exit_code: 0 })
  })

  test('a second run is unchanged and leaves every file as it was', async () => {
    const before = await fingerprint(host)
    const again = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, {})
    expect(again.result?.state).toBe('unchanged')
    expect(await fingerprint(host)).toBe(before)
  })
})
