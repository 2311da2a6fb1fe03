import { isAtLeast } from '../../schema/guard.ts'
import { destructive } from '../unit/guard/corpus.ts'
import { pick } from '../unit/guard/random.ts'
import { assessed } from '../unit/guard/situation.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Ways to run shell text that change nothing about what it does. */
export const wrappers: Readonly<Record<string, (text: string) => string>> = {
  sh: (text) => `sh -c ${quoted(text)}`,
  'bash -lc': (text) => `/bin/bash -lc ${quoted(text)}`,
  'bash -o': (text) => `bash -o pipefail -ec ${quoted(text)}`,
  sudo: (text) => `sudo -n -u root -- sh -c ${quoted(text)}`,
  doas: (text) => `doas sh -c ${quoted(text)}`,
  env: (text) => `env -i PATH=/bin sh -c ${quoted(text)}`,
  nohup: (text) => `nohup bash -c ${quoted(text)} > /dev/null 2>&1 &`,
  timeout: (text) => `timeout -s KILL 60 sh -c ${quoted(text)}`,
  nice: (text) => `nice -n 10 ionice -c 3 sh -c ${quoted(text)}`,
  setsid: (text) => `setsid sh -c ${quoted(text)}`,
  stdbuf: (text) => `stdbuf -oL sh -c ${quoted(text)}`,
  time: (text) => `time sh -c ${quoted(text)}`,
  exec: (text) => `exec sh -c ${quoted(text)}`,
  command: (text) => `command sh -c ${quoted(text)}`,
  eval: (text) => `eval ${quoted(text)}`,
  ssh: (text) => `ssh -o BatchMode=yes -p 22 host ${quoted(text)}`,
  docker: (text) => `docker exec -u root web sh -c ${quoted(text)}`,
  chroot: (text) => `chroot / sh -c ${quoted(text)}`,
  flock: (text) => `flock -n /tmp/lock -c ${quoted(text)}`,
  watch: (text) => `watch -n 60 ${quoted(text)}`,
  'systemd-run': (text) => `systemd-run --wait --collect sh -c ${quoted(text)}`,
  su: (text) => `su - root -c ${quoted(text)}`,
  trap: (text) => `trap ${quoted(text)} EXIT`,
  pipe: (text) => `printf '%s' ${quoted(text)} | sh`,
  'here-string': (text) => `bash <<< ${quoted(text)}`,
  'here-document': (text) => `sh <<'WRAPPED_${text.length}'\n${text}\nWRAPPED_${text.length}\n`,
  subshell: (text) => `(${text}\n)`,
  group: (text) => `{ ${text}\n}`,
  substitution: (text) => `: "$(${text}\n)"`,
  and: (text) => `true && {\n${text}\n}`,
  or: (text) => `false || {\n${text}\n}`,
  if: (text) => `if true; then\n${text}\nfi`,
  while: (text) => `while true; do\n${text}\nbreak; done`,
  for: (text) => `for i in 1; do\n${text}\ndone`,
  case: (text) => `case a in a)\n${text}\n;; esac`,
  function: (text) => `run_it() {\n${text}\n}\nrun_it`,
  xargs: (text) => `printf '%s\\0' ${quoted(text)} | xargs -0 -I{} sh -c ${quoted(text)}`,
  find: (text) => `find / -maxdepth 0 -exec sh -c ${quoted(text)} \\;`,
  variable: (text) => `W=${quoted(text)}; sh -c "$W"`,
  file: (text) => `printf '%s\\n' ${quoted(text)} > /tmp/w.sh; sh /tmp/w.sh`,
  before: (text) => `ls -la\n${text}`,
  after: (text) => `${text}\nls -la`,
  python: (text) => `python3 -c ${quoted(`import subprocess; subprocess.run(["sh", "-c", ${JSON.stringify(text)}])`)}`,
}

/**
 * Payloads whose text is whole in itself: what is unfinished on purpose means something else inside another, and
 * `{}` is what find and xargs put their own words for.
 */
export const payloads = destructive
  .filter(({ action, command, device }) => action !== 'opaque' && device === 'ubuntu' && !command.includes('{}'))
  .map(({ command }) => command)

const bareOf = new Map(payloads.map((payload) => [payload, assessed(payload)]))
export const wrapperNames = Object.keys(wrappers)

/** The pair where the wrapped command is rated milder than the bare one; null where it is not. */
export function milder(payload: string, by: readonly string[]): string | null {
  const bare = bareOf.get(payload) ?? assessed(payload)
  const wrapped = by.reduce((text, name) => wrappers[name]?.(text) ?? text, payload)
  const now = assessed(wrapped)
  const isMilder = now.verdict === 'allow' || !isAtLeast(now.risk, bare.risk)
  return isMilder ? `${by.join(' < ')}: ${wrapped}` : null
}

/** A payload in some wrappers, to a depth. */
export function wrapOnce(random: () => number, depth: number): string | null {
  const by = Array.from({ length: 1 + Math.floor(random() * depth) }, () => pick(random, wrapperNames))
  // Both put their own words for `{}`: round the other, they would change what it does.
  const once = by.filter((name, at) => !/^(xargs|find)$/.test(name) || !by.slice(0, at).includes('xargs'))
  return milder(pick(random, payloads), once)
}
