import { describe, expect, it } from 'vitest'
import { palette } from '../../../cli/colour.ts'
import { unitLines, UnitAnswer, unitTable, UnitRowAnswer } from '../../../cli/unit-lines.ts'

const plain = palette(false)
const row = {
  unit: 'web.service',
  description: 'The web',
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
}

describe('services', () => {
  it('are a table', () => {
    const rows = [row, { ...row, unit: 'old.service', active: 'failed', sub: 'failed', enabled: '' }].map((one) =>
      UnitRowAnswer.parse(one),
    )
    expect(unitTable(rows, plain)).toEqual([
      'UNIT         STATE             ENABLED  DESCRIPTION',
      'web.service  active (running)  enabled  The web',
      'old.service  failed (failed)   -        The web',
    ])
  })

  it('are shown one by one with what is known', () => {
    const unit = UnitAnswer.parse({
      ...row,
      main_pid: 812,
      memory_bytes: 3_145_728,
      cpu_ms: 1_234,
      restarts: 2,
      result: 'exit-code',
      exit_status: 3,
      path: '/etc/systemd/system/web.service',
      needs_daemon_reload: true,
      dependencies: { requires: ['db.service'], triggered_by: ['web.socket'] },
    })
    expect(unitLines(unit, plain)).toEqual([
      'web.service: active (running)',
      '  description:  The web',
      '  enabled:      enabled',
      '  main process: 812',
      '  memory:       3.0 MiB',
      '  cpu:          1.2 s',
      '  restarts:     2 by systemd itself',
      '  last end:     exit-code, exit status 3',
      '  file:         /etc/systemd/system/web.service',
      '  requires:     db.service',
      '  triggered by: web.socket',
      '  ! Its files have changed since systemd read them.',
    ])
  })

  it('that rest show only what there is', () => {
    const unit = UnitAnswer.parse({ ...row, active: 'inactive', sub: 'dead', enabled: '', dependencies: {} })
    expect(unitLines(unit, plain)).toEqual(['web.service: inactive (dead)', '  description: The web'])
  })
})
