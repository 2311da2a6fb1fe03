import { describe, expect, it } from 'vitest'
import { isActive, isStopped, isUnitFile, parseUnit, readUnit } from '../../../commands/systemd.ts'
import { listUnits, parseUnitList } from '../../../commands/unit-list.ts'

const words = 'export LC_ALL=C TZ=UTC\n'

const answer = (units: string, files: string): string =>
  [
    ['units', units],
    ['files', files],
  ]
    .map(([name, text = '']) => `@${name} ${Buffer.from(text).toString('base64')}\n`)
    .join('')

describe('a unit', () => {
  it.each([
    [isActive({ unit: 'ssh.service' }), `${words}systemctl is-active --quiet -- 'ssh.service'`],
    [
      isActive({ unit: 'app.service', scope: 'user' }),
      `${words}export XDG_RUNTIME_DIR="/run/user/$(id -u)"\nsystemctl --user is-active --quiet -- 'app.service'`,
    ],
    [
      isStopped({ unit: 'a.service' }),
      `${words}case "$(systemctl show --property=ActiveState -- 'a.service')" in\nActiveState=inactive | ActiveState=failed) ;;\n*) exit 1 ;;\nesac`,
    ],
    [
      isUnitFile({ unit: 'a.service' }, 'enabled'),
      `${words}[ "$(systemctl show --property=UnitFileState -- 'a.service')" = 'UnitFileState=enabled' ]`,
    ],
  ])('$shown', (command, script) => {
    expect(command).toMatchObject({ script, effect: 'read' })
  })

  it('is asked for in one read', () => {
    const { script, shown, effect } = readUnit({ unit: 'x.service' })
    expect(script).toMatch(/^export LC_ALL=C TZ=UTC\nsystemctl show --property=Id,[A-Za-z,]+ -- 'x.service'$/)
    expect({ shown, effect }).toEqual({ shown: 'systemctl show x.service', effect: 'read' })
  })
})

/** What Debian 12 answered of its message bus, and what it answers where memory is counted. */
const bus = `Type=notify
MainPID=30
Result=success
NRestarts=2
ExecMainStatus=0
MemoryCurrent=[not set]
CPUUsageNSec=1234567890
Id=dbus.service
Requires=dbus.socket sysinit.target system.slice
Wants=
BindsTo=sys-bus.device
RequiredBy=
WantedBy=multi-user.target
BoundBy=
ConsistsOf=part.service
Before=multi-user.target shutdown.target
After=systemd-journald.socket system.slice
TriggeredBy=dbus.socket
Description=D-Bus System Message Bus = the bus
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/lib/systemd/system/dbus.service
DropInPaths=
UnitFileState=static
StateChangeTimestamp=Sat 2026-11-21 19:07:21 UTC
CanReload=yes
NeedDaemonReload=no
`

describe('what systemd says of a unit', () => {
  it('is read property by property', () => {
    expect(parseUnit(bus)).toEqual({
      unit: 'dbus.service',
      description: 'D-Bus System Message Bus = the bus',
      load: 'loaded',
      active: 'active',
      sub: 'running',
      enabled: 'static',
      type: 'notify',
      result: 'success',
      exitStatus: 0,
      mainPid: 30,
      memoryBytes: null,
      cpuMs: 1235,
      restarts: 2,
      since: '2026-11-21T19:07:21.000Z',
      path: '/lib/systemd/system/dbus.service',
      dropIns: [],
      canReload: true,
      needsDaemonReload: false,
      dependencies: {
        requires: ['dbus.socket', 'sysinit.target', 'system.slice', 'sys-bus.device'],
        wants: [],
        requiredBy: ['part.service'],
        wantedBy: ['multi-user.target'],
        before: ['multi-user.target', 'shutdown.target'],
        after: ['systemd-journald.socket', 'system.slice'],
        triggeredBy: ['dbus.socket'],
      },
    })
  })

  it.each([
    ['that is not there', 'Id=x.service\nLoadState=not-found\nActiveState=inactive\nMainPID=0\nMemoryCurrent=\n'],
    [
      'whose figures are beyond counting',
      'Id=x.service\nLoadState=not-found\nActiveState=inactive\nMemoryCurrent=18446744073709551615\nStateChangeTimestamp=\n',
    ],
  ])('of one %s', (_, stdout) => {
    expect(parseUnit(stdout)).toMatchObject({
      load: 'not-found',
      mainPid: null,
      memoryBytes: null,
      since: null,
      path: null,
      restarts: 0,
      exitStatus: null,
    })
  })
})

describe('a list of units', () => {
  it('is asked for in one read', () => {
    const { script } = listUnits('timer', 'system')
    expect(script).toContain('systemctl list-units --all --full --plain --no-legend --no-pager --type=')
    expect(script).toContain('systemctl list-unit-files --full --plain')
  })

  it('has those that run, and those that only have a file, by name', () => {
    const stdout = answer(
      'web.service     loaded active  running The web of things\nold.service not-found inactive dead old.service\n',
      'at.service  disabled enabled\nweb.service enabled  enabled\n',
    )
    expect(parseUnitList(stdout)).toEqual([
      { unit: 'at.service', load: '', active: 'inactive', sub: 'dead', description: '', enabled: 'disabled' },
      {
        unit: 'old.service',
        load: 'not-found',
        active: 'inactive',
        sub: 'dead',
        description: 'old.service',
        enabled: '',
      },
      {
        unit: 'web.service',
        load: 'loaded',
        active: 'active',
        sub: 'running',
        description: 'The web of things',
        enabled: 'enabled',
      },
    ])
  })

  it('is none where systemd did not answer', () => expect(parseUnitList(answer('', ''))).toBeNull())
})
