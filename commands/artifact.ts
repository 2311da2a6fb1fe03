import type { Artifact } from '../schema/application.ts'
import type { Command } from '../schema/command.ts'
import { backupPath, openBackup, type Backup } from './backup.ts'
import { draftPath, releasePath, type Layout } from './release.ts'
import { command, lines, refuse, sh, strict, when, type Script } from './shell.ts'
import { fetchFile, withoutKeys } from './web-file.ts'

/** An artifact of a release, and where it comes to lie. */
export type ArtifactOf = { readonly artifact: Artifact; readonly layout: Layout; readonly release: string }

const fetchLimitMs = 3_600_000
const unpackLimitMs = 3_600_000

const hostPath = (source: string): string | null => (source.startsWith('host:') ? source.slice('host:'.length) : null)

/** The whole artifact as it was fetched and verified; a directory is taken from where it lies. */
export const artifactPath = ({ artifact, layout }: Pick<ArtifactOf, 'artifact' | 'layout'>): string =>
  artifact.kind === 'directory' ? (hostPath(artifact.source) ?? '') : `${layout.incoming}/${artifact.sha256 ?? ''}`

const partPath = (of: ArtifactOf): string => `${artifactPath(of)}.part`

/** The server itself fetches it, or copies what lies there already. */
export function fetchArtifact(of: ArtifactOf): Command {
  const { artifact, layout } = of
  const part = partPath(of)
  const path = hostPath(artifact.source)
  return command({
    script: strict(
      sh`mkdir -p -m 700 -- ${layout.incoming}`,
      sh`rm -f -- ${part}`,
      clearOnFailure([part], layout.incoming),
      path === null
        ? fetchFile({ url: artifact.source, protocols: 'http,https' }, part, artifact.bytes)
        : sh`cp -T -- ${path} ${part}`,
      sh`sync -- ${part}`,
    ),
    shown: `fetch ${path ?? withoutKeys(artifact.source)}`,
    effect: 'change',
    category: 'files',
    timeoutMs: fetchLimitMs,
  })
}

/**
 * What is not whole goes at once: a full disk has no room for the run that would take it away later. Nor had it for what
 * tar said, and curl does not say why it cannot write.
 */
function clearOnFailure(paths: readonly string[], folder: string): Script {
  const clear = lines(
    sh`if [ $? != 0 ]; then`,
    sh`free=$(($(stat -f -c '%a * %S' -- ${folder})))`,
    sh`rm -rf -- ${paths}`,
    sh`[ "$free" -ge 65536 ] || printf 'No space left on device: %s bytes were free.\n' "$free" >&2`,
    sh`fi`,
  )
  return sh`trap ${clear.text} EXIT`
}

/** With the folder, as long as nobody else has something in it. */
export const removeFetched = (of: ArtifactOf): Command =>
  command({
    script: sh`rm -f -- ${partPath(of)} ${artifactPath(of)} && { rmdir -- ${of.layout.incoming} 2> /dev/null || :; }`,
    shown: `remove ${artifactPath(of)}`,
    effect: 'change',
    category: 'files',
  })

/** Exit 0 when the verified artifact, or the release that came of it, is there. */
export const isFetched = (of: ArtifactOf): Command =>
  command({
    script: sh`[ -d ${releasePath(of.layout, of.release)} ] || [ -f ${artifactPath(of)} ]`,
    shown: `look for ${artifactPath(of)}`,
    effect: 'read',
    category: 'files',
  })

/** What is not what it should be goes at once, so that nobody takes it for it. */
export const verifyArtifact = (of: ArtifactOf): Command => {
  const part = partPath(of)
  return command({
    script: strict(
      sh`[ -f ${part} ] || { [ -f ${artifactPath(of)} ] && exit 0; }`,
      sh`sum=$(sha256sum < ${part})`,
      sh`sum=${{ text: '${sum%% *}' }}`,
      when(
        sh`[ "$sum" != ${of.artifact.sha256 ?? ''} ]`,
        lines(
          sh`rm -f -- ${part}`,
          sh`printf '%s\n' ${'What was fetched is not what was declared. Its SHA-256 is '}"$sum"${`, declared is ${of.artifact.sha256}.`} >&2`,
          sh`exit 1`,
        ),
      ),
      sh`mv -fT -- ${part} ${artifactPath(of)}`,
    ),
    shown: `compare the SHA-256 with ${of.artifact.sha256?.slice(0, 12)}…`,
    effect: 'change',
    category: 'files',
    timeoutMs: fetchLimitMs,
  })
}

/**
 * Reads the list of an archive, unpacks nothing: no absolute name, no `..`, no link that leads out, no device; no more
 * and no larger than allowed, and than there is room for.
 */
export function inspectArtifact(of: ArtifactOf): Command {
  const { artifact, layout } = of
  return command({
    script: lines(
      sh`export LC_ALL=C`,
      sh`room=$(($(stat -f -c '%a * %S' -- ${layout.releases})))`,
      sh`inodes=$(stat -f -c '%d %c' -- ${layout.releases})`,
      sh`list() { ${listing(of)}; }`,
      sh`list | awk -v entries=${artifact.entries} -v bytes=${artifact.bytes} -v room="$room" -v inodes="$inodes" -v zip=${artifact.kind === 'zip' ? 1 : 0} ${judging} >&2 || exit 1`,
    ),
    shown: `look at what is in ${artifactPath(of)}`,
    effect: 'change',
    category: 'files',
    timeoutMs: unpackLimitMs,
  })
}

/** Lines of `mode links-or-owner size ... name`, as `judging` reads them; an archive that cannot be read says so in a last line. */
function listing(of: ArtifactOf): Script {
  const path = artifactPath(of)
  switch (of.artifact.kind) {
    case 'tar.gz':
      return sh`tar -tvPzf ${path} --numeric-owner --quoting-style=escape 2>&1 || echo unreadable`
    case 'zip':
      return sh`unzip -Z -s ${path} 2>&1 || echo unreadable`
    case 'directory':
      return sh`find ${path} -mindepth 1 -printf '%M 0/0 %s - - %P -> %l\n' 2>&1 || echo unreadable`
    case 'file':
      return sh`stat -c '-rw------- 0/0 %s - - file' -- ${path} 2>&1 || echo unreadable`
    default:
      return of.artifact.kind satisfies never
  }
}

/** Leading `..` of a link may climb as high as its own folder is deep, and no further. */
const judging = `
BEGIN { split(inodes, two, " "); free = two[1]; countable = two[2] > 0 } # btrfs counts none
function fail(why) { print "The artifact is refused: " why; failed = 1; exit 1 }
function climbs(target, depth,   parts, count, i, up) {
  count = split(target, parts, "/"); up = 0
  for (i = 1; i <= count; i++) if (parts[i] == "..") { if (i > up + 1) return 1; up++ }
  return up > depth
}
$0 == "unreadable" { fail("it cannot be read (" said ")") }
(zip ? !/^[^ ][-rwxsStTah]+ +[0-9]+\\.[0-9]+ +[a-z]+ +[0-9]+ / : !/^[-dlhbcps][-rwxsStT]+[.+]? +[0-9]+\\/[0-9]+ /) { said = $0; next }
{
  mode = substr($1, 1, 1)
  name = $0
  if (zip) { size = $4; sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[0-9]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ /, "", name) }
  else { size = $3; sub(/^[^ ]+ +[^ ]+ +[0-9]+ +[^ ]+ +[^ ]+ /, "", name) }
  if (mode !~ /[-dlh]/) fail("it holds a device, pipe or socket: " name)
  if (zip && mode == "l") fail("it holds a symbolic link, which is only allowed in a tar.gz: " name)
  target = ""
  if (mode == "l" || mode == "h") {
    by = mode == "l" ? " -> " : " link to "
    if (split(name, two, by) != 2) fail("it holds a link whose name cannot be read: " name)
    name = two[1]; target = two[2]
  } else if (mode != "l") sub(/ -> $/, "", name)
  sub(/^(\\.\\/)+/, "", name)
  if (name ~ /^\\//) fail("it holds an absolute name: " name)
  if (name ~ /(^|\\/)\\.\\.(\\/|$)/) fail("it holds a name that leads out: " name)
  if (target ~ /^\\//) fail("it holds a link to an absolute path: " name " -> " target)
  depth = gsub(/\\//, "/", name)
  if (mode == "l" && climbs(target, depth)) fail("it holds a link that leads out: " name " -> " target)
  if (mode == "h" && target ~ /(^|\\/)\\.\\.(\\/|$)/) fail("it holds a link that leads out: " name " -> " target)
  if (++seen > entries) fail("it holds more than " entries " files and folders")
  total += size
  if (total > bytes) fail("it is larger than " bytes " bytes once it is unpacked")
  needed += int((size + 4095) / 4096) * 4096
  if (needed > room) fail("there is no space left on device: more than " room " bytes are needed")
  if (seen > free && countable) fail("there is no space left on device: no more than " free " files and folders fit")
}
END { if (!failed && seen == 0) { print "The artifact is refused: it is empty"; exit 1 } if (failed) exit 1 }`

/** Unpacks beside, and only what is whole becomes a release, by one rename. Nothing of it belongs to who runs it. */
export function unpackRelease(of: ArtifactOf, shared: readonly string[], backup: Backup): Command {
  const { layout, release } = of
  const draft = draftPath(layout, release)
  return command({
    script: strict(
      openBackup(backup),
      sh`rm -rf -- ${draft}`,
      clearOnFailure([draft, `${draft}.links`], layout.releases),
      sh`mkdir -m 755 -- ${draft}`,
      unpacking(of, draft),
      sh`find ${draft} '(' -type b -o -type c -o -type p -o -type s ')' -print -quit | grep -q . && ${{ text: '{' }} ${refuse('The artifact holds a device, pipe or socket')}; ${{ text: '}' }}`,
      staysInside(draft),
      // Before owner and mode are set, which then hold for the folders made here, too.
      ...shared.map((path) => linkShared(layout, draft, path)),
      sh`chown -R -h -- root:root ${draft}`,
      sh`chmod -R -- u=rwX,go=rX ${draft}`,
      sh`sync -f -- ${draft}`,
      sh`: > ${backupPath(backup, 'made')}`,
      sh`mv -T -- ${draft} ${releasePath(layout, release)}`,
    ),
    shown: `unpack into ${releasePath(layout, release)}`,
    effect: 'change',
    category: 'files',
    timeoutMs: unpackLimitMs,
  })
}

function unpacking(of: ArtifactOf, draft: string): Script {
  const { artifact } = of
  const path = artifactPath(of)
  switch (artifact.kind) {
    case 'tar.gz':
      return sh`tar -xzf ${path} -C ${draft} --no-same-owner --no-same-permissions --strip-components=${artifact.strip}`
    case 'zip':
      return sh`unzip -q -o ${path} -d ${draft}`
    case 'directory':
      return sh`cp -a -- ${`${path}/.`} ${draft}`
    case 'file':
      return lines(
        sh`cp -T -- ${path} ${`${draft}/${fileName(artifact)}`}`,
        sh`chmod -- ${artifact.mode} ${`${draft}/${fileName(artifact)}`}`,
      )
    default:
      return artifact.kind satisfies never
  }
}

/** What a single file is called in its release: as its source calls it. */
const fileName = ({ source }: Artifact): string =>
  source
    .replace(/[?#].*$/, '')
    .split('/')
    .at(-1)
    ?.replaceAll(/[^A-Za-z0-9._+-]/g, '_')
    .replace(/^\.*$/, '') || 'artifact'

/** What the list could not tell is seen now: where each link really leads. */
const staysInside = (draft: string): Script =>
  lines(
    sh`find ${draft} -type l > ${`${draft}.links`}`,
    sh`while IFS= read -r link; do`,
    sh`case "$(realpath -m -- "$link")" in ${draft}|${draft}/*) ;; *) rm -f -- ${`${draft}.links`}; printf '%s\n' "The artifact is refused: it holds a link that leads out: $link" >&2; exit 1 ;; esac`,
    sh`done < ${`${draft}.links`}`,
    sh`rm -f -- ${`${draft}.links`}`,
  )

function linkShared(layout: Layout, draft: string, path: string): Script {
  const place = `${draft}/${path}`
  return lines(
    sh`rm -rf -- ${place}`,
    sh`mkdir -p -- ${place.slice(0, place.lastIndexOf('/'))}`,
    sh`ln -s -- ${`${layout.shared}/${path}`} ${place}`,
  )
}
