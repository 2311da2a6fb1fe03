import { parseSshdSettings, printSshdSettings, type SshdSettings } from '../sshd.ts'
import { lines, pipe, sh } from '../shell.ts'
import type { Reading } from './reading.ts'

/** Of those who come from outside; RFC 5737 keeps this address for examples, so no Match block is meant for it. */
const stranger = '203.0.113.1'

/** What holds for everybody; empty where sshd is not there or its configuration is wrong. */
export const sshdSettings: Reading<SshdSettings> = {
  name: 'sshd',
  script: printSshdSettings(),
  needsRoot: true,
  parse: ({ text }) => parseSshdSettings(text),
}

const keywords = 'permitrootlogin|passwordauthentication|kbdinteractiveauthentication|permitemptypasswords'

/** What holds for each user who has a shell and comes from outside, with the Match blocks that apply. */
export const sshdSettingsOfUsers: Reading<ReadonlyMap<string, SshdSettings>> = {
  name: 'sshd-users',
  script: pipe(
    sh`getent passwd`,
    sh`grep -vE '/(nologin|false|sync|halt|shutdown)$'`,
    sh`cut -d : -f 1`,
    sh`sort -u`,
    sh`head -n 100`,
    lines(
      sh`while read -r user; do`,
      sh`printf '@%s\n' "$user"`,
      sh`sshd -T -C "user=$user",host=${stranger},addr=${stranger} | grep -E ${`^(${keywords}) `}`,
      sh`done`,
    ),
  ),
  needsRoot: true,
  parse: ({ text }) =>
    new Map(
      [...text.matchAll(/^@(\S+)\n([^@]*)/gm)].map(([, user = '', settings = '']) => [
        user,
        parseSshdSettings(settings),
      ]),
    ),
}
