import { describe, expect, it } from 'vitest'
import { addToGroups, groupOn, isInGroups, removeFromGroups } from '../../../commands/group.ts'
import { backup, expectScript } from './script.ts'

describe('groups', () => {
  it.each([
    ['debian', 'sudo', 'sudo'],
    ['redhat', 'sudo', 'wheel'],
    ['arch', 'sudo', 'wheel'],
    ['suse', 'sudo', 'wheel'],
    ['redhat', 'systemd-journal', 'systemd-journal'],
  ] as const)('on %s, %s is called %s', (family, group, name) => {
    expect(groupOn(family, group)).toBe(name)
  })

  it('are asked about one by one', () => {
    expect(isInGroups('app', ['sudo', 'www-data'])).toMatchObject({
      script: String.raw`id -Gn -- 'app' | tr ' ' '\n' | grep -qxF -- 'sudo' && id -Gn -- 'app' | tr ' ' '\n' | grep -qxF -- 'www-data'`,
      effect: 'read',
    })
  })

  it('are joined', () => expectScript(addToGroups('app', ['sudo', 'www-data'], backup), 'groups-add'))
  it('are left', () => expectScript(removeFromGroups('app', ['sudo', 'www-data'], backup), 'groups-remove'))
})
