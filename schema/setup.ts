import { z } from 'zod'
import { UserName } from './server.ts'

/** An absolute path without `..`, doubled slashes, NUL or control characters. */
export const AbsolutePath = z
  .string()
  .max(4096)
  .regex(
    // Parts that start with no dot, with one dot and more, or with two dots and more. Without look-ahead, which tools that read the OpenAPI document do not know.
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    /^\/(?:(?:[^/.\x00-\x1f\x7f]|\.[^/.\x00-\x1f\x7f]|\.\.[^/\x00-\x1f\x7f])[^/\x00-\x1f\x7f]*(?:\/|$))*$/,
    'an absolute path without "..", "//" or control characters',
  )
export type AbsolutePath = z.infer<typeof AbsolutePath>

/** Package names as apt, dnf, pacman and zypper spell them. */
export const PackageName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+_:-]{0,127}$/, 'letters, digits and . + _ : -, up to 128')
export type PackageName = z.infer<typeof PackageName>

/** One line of an authorized_keys file: type, base64 blob, comment; no options. */
export const PublicKey = z
  .string()
  .trim()
  .max(16_384)
  .regex(
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]+={0,3}( [^\x00-\x1f\x7f]*)?$/,
    'a public key line such as "ssh-ed25519 AAAA... name"',
  )
export type PublicKey = z.infer<typeof PublicKey>

const Mode = z.string().regex(/^0?[0-7]{3}$/, 'three octal digits such as 755')

/** What setup brings about (spec SETUP-2): user, groups, keys, directories, sudo, packages. The firewall belongs to lockdown. */
export const SetupSettings = z.object({
  user: z
    .object({
      name: UserName.optional().describe("defaults to the server's application user"),
      shell: AbsolutePath.default('/bin/bash'),
      home: AbsolutePath.optional(),
      system: z.boolean().default(false),
      groups: z.array(UserName).max(32).default(['sudo', 'systemd-journal']),
    })
    .prefault({}),
  authorizedKeys: z
    .array(PublicKey)
    .max(100)
    .default([])
    .describe("in addition to the key of the application user's log-in"),
  directories: z
    .array(
      z.object({
        path: AbsolutePath,
        mode: Mode.default('755'),
        owner: UserName.optional(),
        group: UserName.optional(),
        recursive: z.boolean().default(false),
      }),
    )
    .max(100)
    .optional()
    .describe('defaults to /opt/<user>, owned by the user'),
  sudo: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('full') }),
      z.object({ kind: z.literal('commands'), commands: z.array(AbsolutePath).min(1).max(100) }),
      z.object({ kind: z.literal('none') }),
    ])
    .default({ kind: 'full' }),
  packages: z.array(PackageName).max(500).default(['curl', 'wget', 'unzip', 'git', 'systemd']),
})
export type SetupSettings = z.infer<typeof SetupSettings>
