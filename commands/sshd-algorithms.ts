/** Best first, after what ssh-audit calls safe: no NIST curves, no SHA-1, no MAC before encryption, no short groups. */
const modern = {
  KexAlgorithms: [
    'mlkem768x25519-sha256',
    'sntrup761x25519-sha512',
    'sntrup761x25519-sha512@openssh.com',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  Ciphers: [
    'aes256-gcm@openssh.com',
    'aes128-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes256-ctr',
    'aes192-ctr',
    'aes128-ctr',
  ],
  MACs: ['hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256-etm@openssh.com', 'umac-128-etm@openssh.com'],
} as const

const signaturesOf = (type: string): readonly string[] =>
  type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]
const isStrong = ({ type, bits }: HostKeyOnHost): boolean =>
  type === 'ssh-ed25519' || type === 'sk-ssh-ed25519@openssh.com' || (type === 'ssh-rsa' && bits >= 3072)

/** `type` as in a public key line. */
export type HostKeyOnHost = { readonly type: string; readonly bits: number }

export type Algorithms = {
  readonly lines: readonly string[]
  /** Types of weak host keys that stay, because a pinned key or every key of the host is weak. */
  readonly weakKeysKept: readonly string[]
}

/**
 * The lines of sshd_config with the algorithms that this host's OpenSSH has. `pinned` are the types of the keys by which
 * the registry knows the host: one of them stays usable, whatever it is.
 */
export function modernAlgorithms(o: {
  readonly known: ReadonlySet<string>
  readonly hostKeys: readonly HostKeyOnHost[]
  readonly pinned: readonly string[]
}): Algorithms {
  const strong = o.hostKeys.filter(isStrong).map(({ type }) => type)
  const needed = o.pinned.some((type) => strong.includes(type)) ? [] : o.pinned
  const present = o.hostKeys.map(({ type }) => type)
  const kept = strong.length === 0 ? present : [...strong, ...needed.filter((type) => present.includes(type))]
  const signatures = [...new Set(kept)].flatMap(signaturesOf)
  const lists = [
    ...Object.entries(modern),
    ...(signatures.length === 0 ? [] : [['HostKeyAlgorithms', signatures] as const]),
  ]
  return {
    lines: lists.flatMap(([keyword, names]) => {
      const usable = names.filter((name) => o.known.has(name))
      return usable.length === 0 ? [] : [`${keyword} ${usable.join(',')}`]
    }),
    weakKeysKept: [...new Set(kept.filter((type) => !strong.includes(type)))],
  }
}
