import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createEnvelope, SealError } from '../../../store/envelope.ts'

const key = randomBytes(32)
const envelope = createEnvelope(key)

test.each(['', 'plain', 'zwölf Boxkämpfer \0 \u{1F680}', 'x'.repeat(100_000)])('what was sealed opens: %#', (value) => {
  expect(envelope.open('row/1', envelope.seal('row/1', value))).toBe(value)
})

test('a sealed value shows nothing of what is in it, and is another each time', () => {
  const [a, b] = [envelope.seal('row/1', 'hunter2'), envelope.seal('row/1', 'hunter2')]
  expect(a.includes('hunter2')).toBe(false)
  expect(a.equals(b)).toBe(false)
})

test('it opens for its own row only', () => {
  expect(() => envelope.open('row/2', envelope.seal('row/1', 'v'))).toThrow(/row\/2 was changed, moved/)
})

test('changing any one byte is noticed', () => {
  const sealed = envelope.seal('row/1', 'value')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => envelope.open('row/1', changed), `byte ${at}`).toThrow(SealError)
  }
})

test('another master key does not open it', () => {
  const sealed = envelope.seal('row/1', 'value')
  for (let n = 0; n < 20; n++) expect(() => createEnvelope(randomBytes(32)).open('row/1', sealed)).toThrow(SealError)
})

test.each([0, 16, 31, 33])('a master key of %d bytes is refused', (length) => {
  expect(() => createEnvelope(randomBytes(length))).toThrow(`must have 32 bytes; this one has ${length}`)
})

test.each([Buffer.alloc(0), Buffer.from('too short'), Buffer.alloc(64)])(
  'what is no sealed value is called so: %#',
  (bytes) => {
    expect(() => envelope.open('row/1', bytes)).toThrow('row/1 is not a sealed value')
  },
)

test('fingerprints are equal for equal texts under one key, and say nothing under another', () => {
  expect(envelope.fingerprint('a')).toEqual(createEnvelope(key).fingerprint('a'))
  expect(envelope.fingerprint('a')).not.toEqual(envelope.fingerprint('b'))
  expect(envelope.fingerprint('a')).not.toEqual(createEnvelope(randomBytes(32)).fingerprint('a'))
})
