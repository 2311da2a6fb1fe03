import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { armRevert, isRevertAlive, type Revert } from '../../commands/auto-revert.ts'
import { parseRevert, readRevert } from '../../commands/revert-status.ts'
import { images } from '../../lab/index.ts'
import { runOn } from '../support/apply-plan.ts'
import { until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

/** The kernel has one wall clock for a host of the lab and this machine, so it cannot be moved: its tools are, by an hour. */
const jump = (hours: string): string =>
  `printf '#!/bin/sh\\nexec /usr/bin/date -d "${hours} hour" "$@"\\n' > /usr/local/sbin/date; chmod 755 /usr/local/sbin/date`

describe.each(images)('the automatic revert of a %s host', (image) => {
  const host = useHost({ name: 'clock', image })
  const revert: Revert = {
    operationId: randomUUID(),
    timeoutMs: 10_000,
    save: { files: ['/etc/motd'], units: [], firewall: false, kernelParameters: [], reload: [] },
  }
  const status = async () => parseRevert((await runOn(host(), readRevert(revert.operationId))).stdout)

  test('hangs on no wall clock: neither its timer, nor what is said of the time that is left', async () => {
    expect(await runOn(host(), armRevert(revert))).toMatchObject({ exitCode: 0, stderr: '' })
    const begun = performance.now()
    const { stdout } = await host().sh(
      `systemctl show -p TimersMonotonic -p TimersCalendar -p NextElapseUSecRealtime drydock-revert-${revert.operationId}.timer`,
    )
    expect(stdout).toMatch(/^TimersMonotonic=\{ OnActiveUSec=10s ;/m)
    expect(stdout).toMatch(/^NextElapseUSecRealtime=$/m)
    expect(stdout).not.toMatch(/^TimersCalendar=./m)

    await host().sh(`echo broken > /etc/motd; ${jump('+1')}`)
    expect((await status()).remainingMs).toBeGreaterThan(0)
    await host().sh(jump('-1'))
    const { state, remainingMs } = await status()
    expect(state).toBe('armed')
    expect(remainingMs).toBeLessThanOrEqual(revert.timeoutMs)
    expect(await runOn(host(), isRevertAlive(revert))).toMatchObject({ exitCode: 0 })

    await until(async () => ((await status()).state === 'restored' ? true : null), 30_000)
    expect(performance.now() - begun).toBeGreaterThan(revert.timeoutMs - 2_000)
    expect((await host().sh('cat /etc/motd')).stdout).not.toBe('broken\n')
  })
})
