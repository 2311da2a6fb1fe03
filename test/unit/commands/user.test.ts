import { describe, expect, it } from 'vitest'
import {
  createUser,
  isUserMade,
  mayUserWrite,
  mayWrite,
  removeCreatedUser,
  type NewUser,
} from '../../../commands/user.ts'
import { backup, expectScript } from './script.ts'

const app: NewUser = { name: 'app', home: '/home/app', shell: '/bin/bash', kind: 'person', ownGroup: 'new' }
const service: NewUser = { ...app, kind: 'system', ownGroup: 'existing', shell: '/usr/sbin/nologin' }

describe('a user', () => {
  it('is created', () => expectScript(createUser(app, backup), 'user-create'))
  it('is created as a service account with a group that is there', () =>
    expectScript(createUser(service, backup), 'user-create-system'))
  it('is there when somebody else made it, or this operation has and it is whole', () =>
    expectScript(isUserMade('app', backup), 'user-made'))
  it('is removed', () => expectScript(removeCreatedUser(app, backup), 'user-remove'))
  it('is removed while its group stays', () => expectScript(removeCreatedUser(service, backup), 'user-remove-system'))

  it.each([
    [mayWrite('/opt/app'), `[ -w '/opt/app' ] && [ -x '/opt/app' ]`],
    [mayUserWrite('app', '/opt/app'), `runuser -u 'app' -- test -w '/opt/app' -a -x '/opt/app'`],
  ])('is asked about by a read: $shown', (command, script) => {
    expect(command).toMatchObject({ script, effect: 'read' })
  })
})
