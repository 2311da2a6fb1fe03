import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseKey } from '../../../ssh/credentials.ts'

const made = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed25519: generateKeyPairSync('ed25519'),
}
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
const forms = Object.entries(made).flatMap(([name, { privateKey }]) => [
  { name: `${name} in PKCS#8`, key: privateKey.export(pkcs8).toString(), passphrase: undefined },
  {
    name: `${name} in PKCS#8 with a passphrase`,
    key: privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'open' }).toString(),
    passphrase: 'open',
  },
])

const openSsh = (passphrase: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-key-'))
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(folder, 'key')])
    return readFileSync(join(folder, 'key'), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('a private key', () => {
  test.each([
    ...forms,
    {
      name: 'rsa in PKCS#1',
      key: made.rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      passphrase: undefined,
    },
    { name: 'OpenSSH', key: openSsh(''), passphrase: undefined },
    { name: 'OpenSSH with a passphrase', key: openSsh('open'), passphrase: 'open' },
  ])('is read: $name', ({ key, passphrase }) => {
    const parsed = parseKey('web-1', key, passphrase)
    const signature = parsed.sign('text')
    if (signature instanceof Error) throw signature
    expect(parsed.verify('text', signature)).toBe(true)
  })

  test.each([...forms.filter((form) => form.passphrase !== undefined), { name: 'OpenSSH', key: openSsh('open') }])(
    'that is locked asks for its passphrase: $name',
    ({ key }) => {
      for (const passphrase of [undefined, 'wrong']) {
        expect(() => parseKey('web-1', key, passphrase)).toThrow(
          expect.objectContaining({ type: 'passphrase_required' }),
        )
      }
    },
  )

  test('that is no key, or a public one, is told as such', () => {
    const publicPem = made.rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    for (const key of ['nonsense', publicPem]) {
      expect(() => parseKey('web-1', key, undefined)).toThrow(expect.objectContaining({ type: 'key_not_found' }))
    }
  })
})
