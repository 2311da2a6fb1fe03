import { lines, sh, type Script } from './shell.ts'

/** Somebody who can log in with a password today. Hashes never leave the host. */
export type PasswordAccount = { readonly user: string; readonly uid: number; readonly hasKeys: boolean }

/** Prints `NAME UID HOME` of every account with a password and a shell, and `keys` where its home holds any. Run it as root. */
export const printPasswordAccounts: Script = lines(
  sh`awk -F : '$2 ~ /^[^!*]/ { print $1 }' /etc/shadow | while read -r user; do`,
  sh`getent passwd "$user" | awk -F : '$7 !~ /(nologin|false)$/ { print $1, $3, $6 }' | while read -r name uid home; do`,
  sh`keys=; [ -s "$home/.ssh/authorized_keys" ] && keys=keys`,
  sh`echo "$name $uid $keys"`,
  sh`done; done`,
)

export const parsePasswordAccounts = (stdout: string): readonly PasswordAccount[] =>
  [...stdout.matchAll(/^(\S+) (\d+) (keys)?$/gm)].map(([, user = '', uid, keys]) => ({
    user,
    uid: Number(uid),
    hasKeys: keys !== undefined,
  }))
