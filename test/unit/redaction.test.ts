import { expect, test } from 'vitest'
import { redactShapes, showCommand, showWhole } from '../../schema/redaction.ts'
import { createScrubber } from '../../workers/redact.ts'

test.each([
  ['a URL with credentials', 'psql postgresql://app:marked@db/x'],
  ['a bearer token', 'curl -H "Authorization: Bearer marked-0123456789"'],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nmarked\n-----END OPENSSH PRIVATE KEY-----'],
  ['a password as a pair', 'PGPASSWORD=marked pg_dump'],
  ['a password as an option', 'mysqldump --password marked db'],
  ['a token of our own', `drydock token revoke dd_marked${'A'.repeat(37)}`],
  ['a field of JSON', '{"password":"marked","user":"x"}'],
])('%s is cut', (_, text) => {
  expect(redactShapes(text)).not.toContain('marked')
})

test('ordinary words stay', () => {
  const text = 'systemctl restart nginx && echo "passed: 3, tokens: none"'
  expect(redactShapes('ls -la /var/log')).toBe('ls -la /var/log')
  expect(redactShapes(text)).toContain('systemctl restart nginx')
})

test('a long command is shown on one line and shortened', () => {
  const shown = showCommand(`echo a\necho ${'b'.repeat(400)}`)
  expect(shown).not.toContain('\n')
  expect(shown.length).toBeLessThanOrEqual(201)
})

test('characters that turn or hide the text beside them are shown by their numbers', () => {
  expect(showCommand('rm -rf /srv/\u202Eatad\u202C\u200B')).toBe('rm -rf /srv/<U+202E>atad<U+202C><U+200B>')
})

test.each([
  ['a pair', "PGPASSWORD='marked' pg_dump"],
  ['an option', 'mysqldump --password marked db'],
  ['a URL with credentials', 'psql postgresql://app:marked@db/x'],
  ['a private key', 'cat > k <<E\n-----BEGIN RSA PRIVATE KEY-----\nmarked\n-----END RSA PRIVATE KEY-----\nE'],
])('who decides sees the whole command but for %s', (_, text) => {
  const long = `${'echo a\n'.repeat(100)}${text}`
  expect(showWhole(long)).not.toContain('marked')
  expect(showWhole(long)).toContain('echo a\necho a')
  expect(showWhole(long).length).toBeGreaterThan(600)
})

test.each([
  'passwd root',
  'x --password "$(reboot)"',
  'PASSWORD=`reboot`',
  'curl http://a:b;reboot;@c',
  '-----BEGIN PRIVATE KEY-----\nrm -rf /srv\n-----END PRIVATE KEY-----',
])('nothing that would run is hidden from who decides: %j', (text) => {
  expect(showWhole(text)).toBe(text)
})

test('who decides sees characters that would not show, or would move the cursor', () => {
  expect(showWhole('a\u001b[2Jb\u202ec\n\td')).toBe('a<U+001B>[2Jb<U+202E>c\n\td')
})

test('a remembered secret is found plainly and inside a line of JSON', () => {
  const scrubber = createScrubber()
  scrubber.remember('first line\nsecond "line"')
  expect(scrubber.scrub('x first line\nsecond "line" y')).toBe('x [redacted] y')
  expect(scrubber.scrub(JSON.stringify({ m: 'first line\nsecond "line"' }))).toBe('{"m":"[redacted]"}')
})

test('it forgets the oldest, so that memory stays bounded', () => {
  const scrubber = createScrubber(2)
  for (const value of ['secret-1', 'secret-2', 'secret-3']) scrubber.remember(value)
  expect(scrubber.scrub('secret-1 secret-3')).toBe('secret-1 [redacted]')
})
