import { lines, pipe, sh } from '../shell.ts'
import { fieldsOf, linesOf, type Reading } from './reading.ts'

export type Account = {
  readonly name: string
  /** 'x' where the password is in /etc/shadow, as it should be. */
  readonly password: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

export const accounts: Reading<readonly Account[]> = {
  name: 'accounts',
  // What stands there instead of a password may be one, and must not leave the host.
  script: pipe(sh`cat /etc/passwd`, sh`sed -E 's/^([^:]*):[^x:][^:]*:/\1:set:/'`),
  needsRoot: false,
  neverEmpty: true,
  parse: (answer) =>
    linesOf(answer).flatMap((line) => {
      const [name = '', password = '', uid, gid, , home = '', shell = ''] = line.split(':')
      return uid === undefined ? [] : [{ name, password, uid: Number(uid), gid: Number(gid), home, shell }]
    }),
}

export const mayLogIn = ({ shell }: Pick<Account, 'shell'>): boolean =>
  !/\/(nologin|false|sync|halt|shutdown)$/.test(shell)

/** How a user's password is kept. The hash itself never leaves the host. */
export type PasswordState = { readonly user: string; readonly state: 'none' | 'locked' | 'set'; readonly hash: string }

export const passwords: Reading<readonly PasswordState[]> = {
  name: 'passwords',
  script: pipe(
    sh`cut -d : -f 1,2 /etc/shadow`,
    sh`sed -E 's/:([!*]*)(\$[A-Za-z0-9]+)\$.*/:\1\2/; s/:([!*]*)[^$!*:].*/:\1des/'`,
  ),
  needsRoot: true,
  neverEmpty: true,
  parse: (answer) =>
    linesOf(answer).map((line) => {
      const [user = '', field = ''] = line.split(':')
      return { user, state: field === '' ? 'none' : /^[!*]/.test(field) ? 'locked' : 'set', hash: field }
    }),
}

/** The rules of sudo as they are written, each with its file; comments left out. */
export const sudoRules: Reading<readonly { readonly file: string; readonly rule: string }[]> = {
  name: 'sudoers',
  script: sh`grep -HvE '^[[:space:]]*(#|$)' /etc/sudoers /etc/sudoers.d/*`,
  needsRoot: true,
  parse: (answer) =>
    linesOf(answer).map((line) => ({
      file: line.slice(0, line.indexOf(':')),
      rule: line
        .slice(line.indexOf(':') + 1)
        .trim()
        .replaceAll(/\s+/g, ' '),
    })),
}

/** A file that decides who may log in: whose it is to be, and how it lies there. */
export type KeyFile = { readonly user: string; readonly mode: string; readonly owner: string; readonly path: string }

export const keyFiles: Reading<readonly KeyFile[]> = {
  name: 'key-files',
  script: pipe(
    sh`getent passwd`,
    sh`cut -d : -f 1,6`,
    sh`sort -u`,
    sh`head -n 500`,
    lines(
      sh`while IFS=: read -r user home; do`,
      sh`[ -d "$home/.ssh" ] || continue`,
      sh`for path in "$home" "$home/.ssh" "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2"; do`,
      sh`[ -e "$path" ] && stat -L -c "$user %a %U %n" -- "$path"`,
      sh`done`,
      sh`done`,
    ),
  ),
  needsRoot: true,
  parse: (answer) =>
    fieldsOf(answer, 4).map(([user = '', mode = '', owner = '', path = '']) => ({ user, mode, owner, path })),
}

/** Homes of those who may log in. */
export const homes: Reading<readonly KeyFile[]> = {
  name: 'homes',
  script: pipe(
    sh`grep -vE '/(nologin|false|sync|halt|shutdown)$' /etc/passwd`,
    sh`cut -d : -f 1,6`,
    sh`while IFS=: read -r user home; do [ -d "$home" ] && stat -L -c "$user %a %U %n" -- "$home"; done`,
  ),
  needsRoot: false,
  parse: keyFiles.parse,
}
