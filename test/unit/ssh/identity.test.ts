import { describe, expect, test } from 'vitest'
import { chooseIdentity, hostKeyOf } from '../../../ssh/index.ts'
import { hostKeyMismatch, judgeHostKey } from '../../../ssh/host-key.ts'

describe('the identity', () => {
  test.each([
    [
      { locked: true, setupComplete: true, as: 'root' },
      { login: 'app', sudo: true },
    ],
    [
      { locked: true, setupComplete: true, as: 'app' },
      { login: 'app', sudo: false },
    ],
    [
      { locked: false, setupComplete: true, as: 'root' },
      { login: 'root', sudo: false },
    ],
    [
      { locked: false, setupComplete: true, as: 'app' },
      { login: 'app', sudo: false },
    ],
    [
      { locked: false, setupComplete: false, as: 'app' },
      { login: 'root', sudo: false },
    ],
  ] as const)('for %j is %j', (asked, chosen) => expect(chooseIdentity(asked)).toEqual(chosen))
})

const blob = (last: number) =>
  Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, last)])

describe('a host key', () => {
  const [one, other] = [hostKeyOf(blob(1)), hostKeyOf(blob(2))]

  test('is known by its whole blob', () => {
    expect(one).toMatchObject({ type: 'ssh-ed25519', fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) })
    expect(judgeHostKey({ presented: one, known: [other, one], policy: 'registered_only' })).toBe('known')
  })

  test('is learned only where none is known and the policy says so', () => {
    expect(judgeHostKey({ presented: one, known: [], policy: 'first_contact' })).toBe('learned')
    expect(judgeHostKey({ presented: one, known: [], policy: 'registered_only' })).toBe('refused')
    expect(judgeHostKey({ presented: one, known: [other], policy: 'first_contact' })).toBe('refused')
  })

  test('that changed is told with both fingerprints', () => {
    const { message } = hostKeyMismatch('web-1', one, [other])
    expect(message).toContain(one.fingerprint)
    expect(message).toContain(other.fingerprint)
  })
})
