import { describe, expect, it } from 'vitest'
import { parseUnit } from '../../../commands/systemd.ts'
import {
  inspectUnitFile,
  isUnitFileInForce,
  parseUnitInspection,
  renderUnit,
  restoreUnitFile,
  unitFile,
  writeUnitFile,
} from '../../../commands/unit-file.ts'
import { UnitDefinition } from '../../../schema/unit-definition.ts'
import { backup, expectScript } from './script.ts'

const definition = (more: object = {}) =>
  UnitDefinition.parse({ description: 'The web', command: ['/usr/bin/node', 'server.js'], ...more })
const linesOf = (more: object) => renderUnit(definition(more)).split('\n')
const file = unitFile('web.service', definition())
const told = (changes: string) => parseUnit(`Id=web.service\nLoadState=loaded\n${changes}`)

describe('a unit file', () => {
  it('has what its definition says, and what is not said is left to systemd', () => {
    expect(
      renderUnit(definition()),
    ).toBe(`# Written by Drydock from a definition; what is changed here by hand is brought back.

[Unit]
Description=The web

[Service]
Type=exec
ExecStart=/usr/bin/node server.js
Restart=on-failure
RestartSec=1000ms

[Install]
WantedBy=multi-user.target
`)
  })

  it.each([
    [{ description: '100% sure' }, 'Description=100%% sure'],
    [
      { command: ['/bin/echo', 'a b', '$HOME', '%n', '"', '\\', ''] },
      'ExecStart=/bin/echo "a b" "$$HOME" "%%n" "\\"" "\\\\" ""',
    ],
    [{ command: ['/bin/a', ';'] }, 'ExecStart=/bin/a ";"'],
    [{ reload: ['/bin/kill', '-HUP', '$MAINPID'] }, 'ExecReload=/bin/kill -HUP $MAINPID'],
    [{ environment: { A: 'x $y "z" 5%' } }, 'Environment="A=x $y \\"z\\" 5%%"'],
    [{ environmentFiles: ['/etc/web.env'] }, 'EnvironmentFile=/etc/web.env'],
    [{ user: 'web', group: 'web', directory: '/srv/web' }, 'WorkingDirectory=/srv/web'],
    [{ after: ['db.service', 'network-online.target'] }, 'After=db.service network-online.target'],
    [{ type: 'oneshot', restart: 'always' }, 'Restart=on-failure'],
    [{ stopMs: 2_500 }, 'TimeoutStopSec=2500ms'],
    [{ limits: { memoryBytes: 67_108_864 } }, 'MemoryMax=67108864'],
    [{ limits: { cpuPercent: 150 } }, 'CPUQuota=150%'],
    [{ limits: { tasks: 20 } }, 'TasksMax=20'],
    [{ limits: { openFiles: 512 } }, 'LimitNOFILE=512'],
  ])('of %j has its line', (more, line) => expect(linesOf(more)).toContain(line))

  it.each([
    [{ description: 'two\nlines' }],
    [{ command: ['node', 'server.js'] }],
    [{ command: [] }],
    [{ command: ['/bin/echo', 'a\nExecStartPre=/bin/rm'] }],
    [{ environment: { 'A B': 'x' } }],
    [{ environment: { A: 'x\n[Install]' } }],
    [{ user: 'a b' }],
    [{ after: ['a b'] }],
    [{ ExecStart: '/bin/true' }],
  ])('of %j is none', (more) => {
    const parsed = UnitDefinition.safeParse({ description: 'The web', command: ['/bin/true'], ...more })
    expect(parsed.success).toBe(false)
  })

  it('is inspected, and checked in a place of its own, in one read', () =>
    expectScript(inspectUnitFile('web.service', file, backup.operationId), 'unit-file-inspect'))
  it('is written', () => expectScript(writeUnitFile('web.service', file, backup), 'unit-file-write'))
  it('is compared', () => expectScript(isUnitFileInForce('web.service', file), 'unit-file-compare'))
  it('goes back with a service that ran', () =>
    expectScript(
      restoreUnitFile('web.service', file, told('ActiveState=active\nUnitFileState=enabled\n'), backup),
      'unit-file-restore-running',
    ))
  it('goes back with a service that did not run', () =>
    expectScript(
      restoreUnitFile('web.service', file, told('ActiveState=inactive\n'), backup),
      'unit-file-restore-resting',
    ))
})

const analysed = (verify: string) =>
  parseUnitInspection(
    `@unit ${Buffer.from('Id=web.service\n').toString('base64')}\n@file \n@verify ${Buffer.from(verify).toString('base64')}\n`,
    'web.service',
    file,
    backup.operationId,
  )

describe('what the analyser says', () => {
  const staged = `/run/drydock-unit-${backup.operationId}/web.service`
  it.each([
    ['0\n\n', { faults: [], remarks: [] }],
    [
      `0\n${staged}:9: Special user nobody configured, this is not safe!\nother.service: is odd\n`,
      { faults: [], remarks: ['/etc/systemd/system/web.service:9: Special user nobody configured, this is not safe!'] },
    ],
    [
      '1\nweb.service: Command /usr/bin/nothere is not executable: No such file or directory\nother.service: is odd\n',
      {
        faults: ['web.service: Command /usr/bin/nothere is not executable: No such file or directory'],
        remarks: [],
      },
    ],
    ['1\nFailed to load: somewhere\n', { faults: ['Failed to load: somewhere'], remarks: [] }],
    ['1\n\n', { faults: ['it ended with status 1'], remarks: [] }],
    ['127\nsh: systemd-analyze: not found\n', null],
  ])('as %j', (verify, analysis) => {
    expect(analysed(verify)).toMatchObject({ unit: { unit: 'web.service' }, file: null, analysis })
  })
})
