import { holdsBackups, isPassing } from './data-names.ts'
import { isUnknownKind, kindOf, type FileKind } from './file-kinds.ts'
import { isTemporary } from './protected.ts'
import { baseName } from './reading/call.ts'
import { isGlob, isLiteral, unknown } from './reading/marks.ts'
import { segmentsOf } from './reading/paths.ts'

/** Whether a path is of what comes and goes by its place or its name. */
export const isScratch = (path: string): boolean => {
  const segments = segmentsOf(path)
  return isTemporary(segments) || kindOf(segments.at(-1) ?? '') === 'scratch' || segments.some(isPassing)
}

/** What happens to a file, as far as its content is concerned. */
export type Fate = 'removes' | 'empties' | 'replaces'

/** Why a file must not be lost, and whether it is a setting of the system rather than data. */
export type Kept = { readonly because: string; readonly holds: 'data' | 'settings' }

type Named = {
  readonly path: string
  readonly segments: readonly string[]
  readonly name: string
  readonly kind: FileKind | null
  readonly fate: Fate
  /** A pattern, a loop or a list brings more than one. */
  readonly many: boolean
}

type Place = (file: Named) => string | null

/** Kinds of which another content is a loss. */
const minds: ReadonlySet<FileKind | null> = new Set(['database', 'key'])

/** What must not be lost of the files that a resolved path names; null where the loss is ordinary work. */
export function keptFile(path: string, fate: Fate, many: boolean): Kept | null {
  if (path.startsWith(unknown) || (fate === 'replaces' && !minds.has(kindOf(baseName(path))) && !audit.test(path)))
    return null
  const segments = segmentsOf(path)
  const name = segments.at(-1) ?? ''
  const [top = ''] = segments
  if (segments.length < 2 || isTemporary(segments) || name.startsWith(unknown)) return null
  const kind = kindOf(name)
  const file: Named = { path, segments, name, kind, fate, many: many || isGlob(path) }
  const logs = ofAudit(file)
  if (logs !== null) return { because: logs, holds: 'data' }
  if (kind === 'scratch' || segments.slice(1).some(isPassing)) return null
  const settings = top === 'etc' || top === 'boot' || /^\/var\/spool\/cron\/|^\/usr\/local\/etc\//.test(path)
  const because = (settings ? asSetting : (places[top] ?? inData))(file)
  return because === null ? null : { because, holds: settings ? 'settings' : 'data' }
}

const places: Readonly<Record<string, Place>> = {
  home: atHome,
  root: atHome,
  Users: atHome,
  usr: ofSystem,
  bin: ofSystem,
  sbin: ofSystem,
  lib: ofSystem,
  lib32: ofSystem,
  lib64: ofSystem,
  var: inState,
  // What these hold is the kernel's, or gone with the next start.
  proc: () => null,
  sys: () => null,
  dev: () => null,
  run: () => null,
}

/** Who logged in and what was done: nobody empties these to make room. */
const audit =
  /^\/var\/log\/((auth\.log|secure|wtmp|btmp|lastlog|faillog|sudo\.log|tallylog)$|audit\/|sudo-io\/|journal\/)|\/\.(bash|zsh|ash|ksh|sh)_history$/
const live = /^\/var\/log\/(syslog|messages|kern\.log|daemon\.log|maillog|mail\.log|cron|dpkg\.log|boot\.log|dmesg)$/

function ofAudit({ path, fate }: Named): string | null {
  if (audit.test(path) && !/\.(tmp|gz|xz|zst)$/.test(path)) return 'It is the record of who did what.'
  return fate === 'removes' && live.test(path) ? 'The system writes its log there.' : null
}

/** Drop-ins, links that switch something on, and what only greets: single ones come and go. */
const comesAndGoes =
  /\/([\w.-]+\.d|[\w-]+-(enabled|available)|conf\.avail|snippets|systemd\/(system|user|network)|cron\.\w+|motd|issue(\.net)?|nologin|logrotate\.d|alternatives|modules-load\.d|init\.d|skel|udev\/rules\.d|profile\.d)(\/|$)/
const unneeded =
  /(?!^backup$)(^|[-_.])(old|test|tmp|temp|backup|bak|orig|example|sample|default|legacy|unused|disabled|stale|obsolete|copy|staging|dev|demo|removed?)([-_.\d]|$)/i

function asSetting({ path, name, kind, fate, many, segments }: Named): string | null {
  if (/^\/boot\/config\/plugins\/[^/]+$/.test(path) || unneeded.test(name)) return null
  if (fate === 'empties') return 'What is set there is gone, and the file stays as if it were valid.'
  if (fate === 'replaces') return null
  if (/^\/boot\/|^\/var\/spool\/cron\//.test(path)) return 'The system starts, or works, by what is in it.'
  if (comesAndGoes.test(path)) return many && !isNarrowed(name) ? 'It is every setting of its kind.' : null
  if (kind === 'key') return 'It is a key or a certificate.'
  return kind !== 'code' || segments.length === 2 || many ? 'What is set there is lost.' : null
}

const isNarrowed = (name: string): boolean => /[\w-]{3,}/.test(name.replace(/\.\w+$/, ''))

/** Programs and libraries of the system; below usr/local and usr/src lies what somebody put there himself. */
function ofSystem({ path, fate }: Named): string | null {
  return fate !== 'replaces' && /^\/(usr\/)?(s?bin|lib(32|64|exec)?)\//.test(path) ? 'It belongs to the system.' : null
}

const isSecretPlace =
  /\/(\.ssh\/(id_\w+|identity)|\.gnupg\/|\.password-store\/|\.(thunderbird|mozilla|electrum|bitcoin|ethereum|monero)\/|\.config\/(sops|rclone|borg|restic)\/|\.local\/share\/(keyrings|kwalletd)\/|\.kube\/config$|\.aws\/credentials$|Maildir\/|\.?[Mm]ail\/)/
const personal = /\/(Documents|Pictures|Photos|Music|Videos|Movies|Desktop|OneDrive[^/]*|Nextcloud|Dropbox)\//

/** In somebody's home a file is his own work in progress, but for secrets, mail and what is kept in its folders. */
function atHome({ path, segments, kind, fate, many }: Named): string | null {
  if (fate === 'replaces') return null
  if (isSecretPlace.test(path) && !/\/(known_hosts|config)$/.test(path)) return 'It is a key, a secret or mail.'
  if (kind === 'mail' || /\.kdbx$|\/wallet\.dat$/.test(path)) return 'It holds mail or secrets.'
  if (kind === 'disk' && /\/(VirtualBox VMs|VMs?|vms?|libvirt|images|vmware)\//.test(path))
    return 'It is the disk of a machine.'
  if (
    kind !== null &&
    kind !== 'scratch' &&
    (many || kind === 'disk') &&
    holdsBackups.test(segments.slice(1, -1).join('/'))
  )
    return 'It may be the only copy there is.'
  if (kind === 'key' && /\/(ca|pki|private|keys|secrets?|ssl|certs?|vault|tls)\//i.test(path))
    return 'It is a key or a certificate.'
  if (kind === 'database' && segments.length === 3 && isLiteral(segments[1] ?? ''))
    return 'A program keeps its state in it.'
  if (kind === null || kind === 'settings' || kind === 'code') return null
  // Pictures of a site and tables of a program lie in projects as well; a pattern over every home means people's own.
  const everybody = isGlob(segmentsOf(path)[1] ?? '')
  return many && (personal.test(path) || everybody) ? 'It is what people keep.' : null
}

const ofDatabases =
  /^\/var\/lib\/(mysql|mariadb|percona|postgresql|pgsql|mongodb?|redis|valkey|ldap|slapd|openldap|etcd|influxdb|elasticsearch|opensearch|clickhouse|cassandra|couchdb|neo4j|rabbitmq|kafka|zookeeper|consul|vault|nomad|samba\/private|ceph|glusterd|dpkg\/(status|info)|rpm|pacman|docker\/(?!tmp)|containerd|kubelet|rancher|prometheus|grafana|loki|gitea|forgejo|gitlab|nextcloud|jenkins|bitwarden|vaultwarden|authelia|keycloak|znapzend|pve-cluster|libvirt|lxc|lxd|incus|tor|acme|letsencrypt|step-ca|bind|named|powerdns|unifi|plexmediaserver|jellyfin|AccountsService|sss\/db|fail2ban|dovecot|cyrus|imap|mailman|roundcube|firebird|neo4j)(\/|$)/

/** What programs keep: databases, mail, disks and keys; the rest of a state is made anew. */
function inState({ path, kind, fate, many, segments }: Named): string | null {
  const [, second] = segments
  if (fate === 'replaces')
    return second === 'lib' && (kind === 'database' || kind === 'key') ? 'A program keeps its state in it.' : null
  if (second === 'mail' || second === 'vmail' || path.startsWith('/var/spool/mail/')) return 'It is somebody’s mail.'
  if (second === 'lib' && ofDatabases.test(path) && (kind !== null || many || !path.startsWith('/var/lib/docker')))
    return 'A program keeps its state in it.'
  if (second === 'www' || second === 'backups')
    return inData({ path, kind, fate, many, segments, name: segments.at(-1) ?? '' })
  if (kind === 'database' || kind === 'key' || kind === 'mail' || kind === 'disk')
    return 'A program keeps its state in it.'
  if (kind === null && second === 'lib' && /^\/var\/lib\/[^/]+\/(db|data|databases?)\/./.test(path))
    return 'A program keeps its state in it.'
  return many && (kind === 'dump' || kind === 'document' || kind === 'media') ? 'Nobody makes these anew.' : null
}

/** Where data lies: what a program or a person cannot make again. */
function inData({ path, kind, fate, many, name }: Named): string | null {
  if (fate === 'replaces')
    return kind === 'database' &&
      !/backup|dump|restore|import|test|dev/i.test(path) &&
      /(prod|live|main)[\w-]*\./i.test(name)
      ? 'A program keeps its state in it.'
      : null
  if (many && isUnknownKind(name)) return 'Of what kind they are, nobody here knows.'
  if (kind === null || kind === 'code' || (kind !== 'document' && kind !== 'media' && unneeded.test(name))) return null
  if (kind === 'document' || kind === 'media') return many ? 'Nobody makes these anew.' : null
  if (kind === 'key') return 'It is a key, a certificate or a secret.'
  if (kind === 'settings')
    return setsUp.test(name) && isLiteral(path) ? 'A program is set up by it, secrets included.' : null
  if (kind === 'dump') return many || isLastOne.test(name) ? 'It may be the only copy there is.' : null
  return 'Nobody makes it anew.'
}

const setsUp =
  /^(\.env(\.prod\w*)?|wp-config\.php|configuration\.php|LocalSettings\.php|env\.php|local\.xml|settings\.php|config(\.inc)?\.php)$/
const isLastOne = /(latest|full|master|prod|final|last|weekly|monthly|yearly)/i
