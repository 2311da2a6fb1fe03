import { describe, expect, it } from 'vitest'
import { modernAlgorithms } from '../../../commands/sshd-algorithms.ts'

const known = new Set(
  'curve25519-sha256 ecdh-sha2-nistp256 diffie-hellman-group14-sha1 aes128-cbc aes256-ctr chacha20-poly1305@openssh.com hmac-sha1 hmac-sha2-256-etm@openssh.com ssh-ed25519 ecdsa-sha2-nistp256 rsa-sha2-256 rsa-sha2-512 ssh-rsa'.split(
    ' ',
  ),
)
const ed25519 = { type: 'ssh-ed25519', bits: 256 }
const ecdsa = { type: 'ecdsa-sha2-nistp256', bits: 256 }
const rsa = (bits: number) => ({ type: 'ssh-rsa', bits })

const signaturesWith = (hostKeys: Parameters<typeof modernAlgorithms>[0]['hostKeys'], pinned: readonly string[]) => {
  const { lines, weakKeysKept } = modernAlgorithms({ known, hostKeys, pinned })
  return [lines.find((line) => line.startsWith('HostKeyAlgorithms'))?.split(' ')[1] ?? null, weakKeysKept]
}

describe('modern algorithms', () => {
  it("are only those that the host's own OpenSSH has", () => {
    expect(modernAlgorithms({ known, hostKeys: [ed25519], pinned: ['ssh-ed25519'] }).lines).toEqual([
      'KexAlgorithms curve25519-sha256',
      'Ciphers chacha20-poly1305@openssh.com,aes256-ctr',
      'MACs hmac-sha2-256-etm@openssh.com',
      'HostKeyAlgorithms ssh-ed25519',
    ])
  })

  it('leave a list alone of which the host has nothing', () => {
    expect(modernAlgorithms({ known: new Set(['ssh-ed25519']), hostKeys: [ed25519], pinned: [] }).lines).toEqual([
      'HostKeyAlgorithms ssh-ed25519',
    ])
  })

  it.each([
    [
      'drop a weak host key beside a strong one',
      [ecdsa, ed25519],
      ['ssh-ed25519', 'ecdsa-sha2-nistp256'],
      'ssh-ed25519',
      [],
    ],
    ['drop it where nothing is pinned', [ecdsa, ed25519], [], 'ssh-ed25519', []],
    [
      'keep it where it alone is pinned',
      [ecdsa, ed25519],
      ['ecdsa-sha2-nistp256'],
      'ssh-ed25519,ecdsa-sha2-nistp256',
      ['ecdsa-sha2-nistp256'],
    ],
    ['keep it where the host has no other', [ecdsa], [], 'ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
    ['have long RSA keys sign with SHA-2', [rsa(3072)], ['ssh-rsa'], 'rsa-sha2-512,rsa-sha2-256', []],
    ['take a short RSA key for weak', [rsa(2048), ed25519], ['ssh-ed25519'], 'ssh-ed25519', []],
    ['say nothing about keys that nobody could read', [], ['ssh-ed25519'], null, []],
  ] as const)('%s', (_, hostKeys, pinned, signatures, weak) => {
    expect(signaturesWith(hostKeys, pinned)).toEqual([signatures, weak])
  })
})
