import { describe, expect, it } from 'vitest'
import { readJournal } from '../../../commands/journal.ts'
import { moveUnit, plainWords, restartUntilUp, switchUnit } from '../../../commands/unit-action.ts'
import { JournalSettings } from '../../../schema/journal.ts'
import { expectScript } from './script.ts'

const web = { unit: 'web.service' }
const patience = { deadlineMs: 30_000 }
const settings = (more: object = {}) => JournalSettings.parse(more)

describe('an act on a unit', () => {
  it('restarts it and waits until it is up', () => expectScript(restartUntilUp(web, patience), 'restart-until-up'))

  it('stops it and waits until it is down', () => expectScript(moveUnit('stop', web, patience), 'stop-until-down'))

  it("is one of the user's own systemd where told", () =>
    expectScript(
      moveUnit('start', { ...web, scope: 'user' }, { ...patience, settleMs: 5_000, logLines: 5 }),
      'start-user',
    ))

  it.each([
    [moveUnit('reload', web, patience), 'systemctl reload-or-restart web.service, and wait until it is up', 60_000],
    [moveUnit('stop', web, { deadlineMs: 1_500 }), 'systemctl stop web.service, and wait until it is down', 32_000],
    [switchUnit('enable', web), 'systemctl enable web.service', 120_000],
    [switchUnit('disable', { ...web, scope: 'user' }), 'systemctl --user disable web.service', 120_000],
  ])('%# is shown in its own words, with a limit above what it waits', (command, shown, timeoutMs) => {
    expect(command).toMatchObject({ shown, timeoutMs, effect: 'change' })
  })

  it('quotes what it is about', () => {
    expect(moveUnit('start', { unit: "a'b" }, patience).script).toContain(`start -- 'a'\\''b'`)
    expect(plainWords('stop', 'web', 'system')).toBe('systemctl stop web')
  })
})

describe('a journal', () => {
  it.each([
    [{}, `journalctl --no-pager --quiet --no-hostname --output='short-iso' --lines='100' --unit='web.service'`],
    [
      {
        lines: 5,
        since: '2026-11-21T19:00:00+01:00',
        until: '2026-11-21T18:30:00.5Z',
        priority: 'err',
        format: 'json',
      },
      `exec 3>&1\nstatus=$( { { journalctl --no-pager --quiet --no-hostname --output='json' --since='@1795284000.000' --until='@1795285800.500' --priority='err' --unit='web.service' 4>&-; echo $? >&4; } | tail -n '5' >&3; } 4>&1)\nexit "$status"`,
    ],
    [
      { follow: true, followMs: 1_500 },
      `timeout '2' journalctl --no-pager --quiet --no-hostname --output='short-iso' --lines='100' --follow --unit='web.service'\nstatus=$?\n[ "$status" -eq 124 ] || exit "$status"`,
    ],
  ])('is read with %j', (more, script) => {
    expect(readJournal(web, settings(more))).toMatchObject({
      script: `export LC_ALL=C TZ=UTC\n${script}`,
      effect: 'read',
    })
  })

  it("of a user's own unit is asked for as that", () =>
    expect(readJournal({ ...web, scope: 'user' }, settings()).script).toContain("--user-unit='web.service'"))
})
