import { describe, expect, it } from 'vitest'
import {
  addAuthorizedKeys,
  authorizesInstead,
  hasAuthorizedKeys,
  keysWithOptions,
  mergeAuthorizedKeys,
  parseKeyPlace,
  removeAuthorizedKeys,
  restoreAuthorizedKeys,
  withdrawAuthorizedKeys,
} from '../../../commands/authorized-keys.ts'
import { backup, expectScript } from './script.ts'

const [a, b] = ['ssh-ed25519 AAAAa ann', "ssh-rsa AAAAb bob's"]
const wanted = { user: 'app', group: 'app', home: '/home/app', keys: [a, b] }
const backups = { directory: { ...backup, item: 'ssh' }, file: { ...backup, item: 'keys' } }

describe('authorized keys', () => {
  it('are looked for', () => expectScript(hasAuthorizedKeys(wanted), 'authorized-keys-check'))
  it('are added', () => expectScript(addAuthorizedKeys(wanted, backups), 'authorized-keys-add'))
  it('are removed', () => expectScript(removeAuthorizedKeys({ ...wanted, keys: [a] }, [b]), 'authorized-keys-remove'))
  it('are looked for, and old ones missed', () =>
    expectScript(authorizesInstead({ ...wanted, keys: [a] }, [b]), 'authorized-keys-instead'))
  it('are taken out again', () =>
    expectScript(withdrawAuthorizedKeys({ ...wanted, keys: [a] }, backups), 'authorized-keys-withdraw'))
  it('are restored', () => expectScript(restoreAuthorizedKeys(wanted, backups), 'authorized-keys-restore'))
})

describe('merging', () => {
  it.each([
    ['into nothing', '', [a, b], `${a}\n${b}\n`],
    ['nothing', 'x', [], 'x'],
    ['what is there already', `${a}\n`, [a], `${a}\n`],
    ['after a last line without its end', 'ssh-rsa AAAAz zoe', [a], `ssh-rsa AAAAz zoe\n${a}\n`],
    ['a key that is there with another comment', 'ssh-ed25519 AAAAa other', [a], 'ssh-ed25519 AAAAa other'],
    ['a key that is there with options', 'from="10.0.0.1" ssh-ed25519 AAAAa', [a], 'from="10.0.0.1" ssh-ed25519 AAAAa'],
    ['a key that is only in a comment', `# ${a}\n`, [a], `# ${a}\n${a}\n`],
    ['the same key twice', '', [a, 'ssh-ed25519 AAAAa again'], `${a}\n`],
    ['keeps comments and order', `# first\n\n${b}\n# last\n`, [a, b], `# first\n\n${b}\n# last\n${a}\n`],
  ])('%s', (_, before, keys, after) => {
    expect(mergeAuthorizedKeys(before, keys)).toBe(after)
  })

  it('finds keys whose options restrict them', () => {
    expect(keysWithOptions(`command="true" ${a}\n${b}\n`, [a, b])).toEqual([a])
  })
})

const section = (name: string, text: string) => `@${name} ${Buffer.from(text).toString('base64')}`

describe('the place of the keys', () => {
  it.each([
    ['a user', [section('home', '/home/app\n'), section('group', 'app\n')], { home: '/home/app', group: 'app' }],
    ['nobody', [section('home', ''), section('group', '')], null],
  ])('of %s', (_, printed, place) => {
    expect(parseKeyPlace(printed.join('\n'))).toEqual(place)
  })
})
