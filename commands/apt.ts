import type { Packaging, PackageState } from './packages.ts'
import { and, lines, or, pipe, sh, when, type Script } from './shell.ts'

/** The package lists count as fresh for an hour after they were fetched, by us or by apt's daily timer. */
const listsAreFresh: Script = sh`find /var/lib/drydock/package-lists /var/lib/apt/periodic/update-success-stamp -maxdepth 0 -mmin -60 2> /dev/null | grep -q .`

const lockWait = sh`-o DPkg::Lock::Timeout=300`
const quiet: Script = sh`export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l LC_ALL=C`

/** The lock of the lists, unlike dpkg's, is not waited for by apt itself; on a fresh cloud server apt-daily holds it. Five minutes at most. */
const waitForLists: Script = lines(
  sh`lock=/var/lib/apt/lists/lock`,
  sh`waited=0`,
  sh`while [ -e "$lock" ] && grep -q ":$(stat -c %i "$lock") " /proc/locks && [ "$waited" -lt 300 ]; do`,
  sh`sleep 1; waited=$((waited + 1))`,
  sh`done`,
)

const isInstalled = (name: string): Script =>
  sh`[ "$(dpkg-query -W -f ${'${db:Status-Status}'} -- ${name} 2> /dev/null)" = installed ]`

const hasCandidate = (name: string): Script =>
  pipe(sh`LC_ALL=C apt-cache policy -- ${name}`, sh`grep -q 'Candidate: [^(]'`)

/** dpkg keeps a log of its own for this transaction: exact under its lock, and there even when it is killed. */
const install = (names: readonly string[], record: string): Script =>
  lines(
    quiet,
    sh`status=0`,
    // Recommended packages come as the host's own settings say: curl without ca-certificates would be of little use.
    sh`apt-get -q -y ${lockWait} -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o ${`Dpkg::Options::=--log=${record}`} install -- ${names} < /dev/null || status=$?`,
    when(sh`[ -e ${record} ]`, sh`cat -- ${record} >> /var/log/dpkg.log`),
    sh`exit "$status"`,
  )

const recorded = (record: string, oldVersion: Script): Script =>
  pipe(sh`awk ${`$3 == "install" && $5 ${oldVersion.text} "<none>" { print $4 }`} ${record}`, sh`sort -u`)

/** dpkg itself, since apt-get would also remove what came to depend on these later. */
const removeRecorded = (record: string): Script =>
  lines(
    quiet,
    // sudo's own script refuses while root has no password; it came with this operation, so root got in without it.
    sh`export SUDO_FORCE_REMOVE=yes`,
    // Waits until nobody else is installing; dpkg would give up at once.
    sh`apt-get -q ${lockWait} check > /dev/null || true`,
    pipe(recorded(record, sh`==`), sh`xargs -r dpkg --purge --`),
    // Known to dpkg before, by configuration files that somebody had left on purpose: those stay.
    pipe(recorded(record, sh`!=`), sh`xargs -r dpkg --remove --`),
  )

const inspect = (names: readonly string[]): Script =>
  lines(
    and(listsAreFresh, sh`echo 'fresh'`),
    sh`dpkg-query -W -f ${'status ${Package} ${binary:Package} ${db:Status-Status}\\n'} -- ${names}`,
    sh`apt-cache policy -- ${names}`,
  )

/** Reads the output of dpkg-query and `apt-cache policy`, which prints a stanza for every name it has heard of. */
function parseStates(stdout: string, names: readonly string[]): ReadonlyMap<string, PackageState> {
  const installed = new Set<string>()
  for (const [, name = '', full = ''] of stdout.matchAll(/^status (\S+) (\S+) installed$/gm))
    installed.add(name).add(full)
  const candidates = new Map<string, string>()
  for (const [, name = '', candidate = ''] of stdout.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm))
    candidates.set(name, candidate)
  const missing: PackageState = /^fresh$/m.test(stdout) ? 'absent' : 'stale'
  const stateOf = (name: string): PackageState => {
    if (installed.has(name)) return 'installed'
    const candidate = candidates.get(name)
    if (candidate === undefined) return missing
    return candidate === '(none)' ? 'virtual' : 'available'
  }
  return new Map(names.map((name) => [name, stateOf(name)]))
}

export const apt: Packaging = {
  areInstalled: (names) => and(...names.map(isInstalled)),
  areKnown: (names) =>
    lines(
      sh`missing=0`,
      when(sh`! { ${listsAreFresh}; }`, sh`echo 'the package lists are older than an hour' >&2; missing=1`),
      ...names.map((name) =>
        or(
          sh`{ ${hasCandidate(name)}; }`,
          sh`{ printf '%s\n' ${`no package ${name} can be installed: the lists do not have it, or only as a virtual name`} >&2; missing=1; }`,
        ),
      ),
      sh`exit "$missing"`,
    ),
  refresh: lines(
    quiet,
    waitForLists,
    sh`apt-get -q update`,
    sh`mkdir -p /var/lib/drydock`,
    sh`touch /var/lib/drydock/package-lists`,
  ),
  install,
  removeRecorded,
  inspect,
  parseStates,
}
