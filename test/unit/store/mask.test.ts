import { expect, test } from 'vitest'
import { masked } from '../../../store/mask.ts'

const token = `dd_${'A'.repeat(43)}`

test.each([
  [{ password: 'x' }, { password: '[removed]' }],
  [
    { sudoPassword: 'x', user: 'app' },
    { sudoPassword: '[removed]', user: 'app' },
  ],
  [{ deep: [{ apiKey: 'x', api_key: 1 }] }, { deep: [{ apiKey: '[removed]', api_key: '[removed]' }] }],
  [{ headers: { Authorization: 'Bearer abcdefghij' } }, { headers: { Authorization: '[removed]' } }],
  ['curl -H "Authorization: Bearer abcdefghij"', 'curl -H "Authorization: Bearer [removed]"'],
  ['https://user:hunter2@host/x', 'https://user:[removed]@host/x'],
  [`token ${token}`, 'token [removed]'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\nrest', '[removed]\nrest'],
])('%j is recorded as %j', (value, expected) => {
  expect(masked(value)).toEqual(expected)
})

test.each([
  { password: { kind: 'stored', name: 'web-1-root' } },
  { key: 'ssh-ed25519 AAAA', hasPassword: true, passphrase: null },
  { packages: ['git'], count: 3, nothing: null },
])('%j stays as it is', (value) => {
  expect(masked(value)).toEqual(value)
})
