import { isGlob, isLiteral, some } from './reading/marks.ts'

/** Names under which programs and people keep what nobody makes anew. */
const kept =
  /^(data|shares?|homes?|photos?|pictures|music|videos?|movies|series|media|documents|backups?|v?mail|maildir|vhosts|uploads?|repos|repositories|git-data|users?|library|databases|pgdata|volumes|archives?|exports?|customers?|clients|attachments|recordings|originals|appdata|timemachine|surveillance|customer-data|userdata|oradata|pgdata|(fast|flash)_recovery_area|storage|files|filestore|blobs?|objects|buckets|dumps?|snapshots?|db|mysql|postgres(ql)?|mariadb|mongo(db)?|redis|influxdb|keys|certs|secrets|vaults?|registry|domains|vms?|isos?|cctv|footage|tv|films?|shows|books|projects?|sites?|public_html|www|wikis?|profiles|mailboxes|wal|pg_wal|pg_xlog|binlogs?|indices|chunks|shards|tenants|wallets?|scans|invoices|contracts|patients|medical|legal|finance|accounting|payroll|hr|students|research|datasets?|originals|inbox|outbox|records?|evidence|cases|ledger|html|htdocs|httpdocs|wwwroot|webroot|worlds?|world_nether|world_the_end|save(game|d)?s|playerdata)$/i

/** Whatever lies below these, at any depth, is what people or programs keep. */
const keptThroughout =
  /^(photos?|pictures|music|videos?|movies|films?|series|tv|tv[ _-]?shows?|shows|fotos|v?mail|maildir|mailboxes|homes|repos|repositories|git-data|pgdata|attachments|recordings|footage|originals|surveillance|customer-data|user-?data|oradata|timemachine|vaults?|documents|albums|audiobooks|podcasts|ebooks|books|scans|invoices|contracts|patients|medical|legal|finance|accounting|payroll|students|research|datasets|samba|nextcloud|owncloud|seafile|immich|photoprism|jellyfin|plex|paperless|mailcow|git(lab|ea)?|forgejo|svn|cvs|minio|dms|wiki|mysql|mariadb|postgres(ql)?|pgsql|mongo(db)?|elasticsearch|opensearch|clickhouse|cassandra|influxdb|prometheus|kafka|etcd|hadoop|hdfs|moodledata|pacs|dicom|orthanc|(customer|client|user|member|patient|tenant)s?[-_](data|files|uploads|docs))$/i

/** Whether all below a directory of this name is what people or programs keep. */
export const isKeptThroughout = (name: string): boolean => keptThroughout.test(name)

/** The same as the last part of a name, such as `postgres-data`. */
const keptAtEnd =
  /[-_. ](data|db|uploads?|files|backups?|storage|library|archives?|fotos?|photos?|bilder|mail|media|volumes?|filestore|vault|repos|pictures|videos)$|^(fotos|bilder|dokumente|musik|filme|tv[ _-]shows?|home ?videos?)$/i

/** In these, each directory is somebody's or some project's whole. */
const collections = /^(shares?|homes?|users|customers|clients|tenants|vhosts|repositories|exports|oradata)$/i

/** What people keep in their homes, as their desktops name it: in small letters they are directories of a project. */
const personal = /^(Documents|Pictures|Photos|Music|Videos|Desktop|Library|OneDrive.*|Nextcloud|Maildir|Mail)$/

/** A directory on the way says that what is below it is made anew. */
const passing =
  /^(\.?cache|caches|\.?tmp|temp|node_modules|dist|build|builds|target|releases|workspace|thumbs|previews?|logs?|old|vendor|out|test|tests|fixtures|examples|__pycache__|\.(next|nuxt|venv|tox|gradle|turbo|terraform|parcel-cache|(pytest|mypy|ruff)_cache)|venv|coverage|_work|_temp|[@#](eaDir|tmp|recycle)|\.Trash.*)$/i

/** Whether what lies below a directory of this name is made anew. */
export const isPassing = (name: string): boolean => passing.test(name) || isOwnName(name)

/** What Drydock lays beside a file, or into a directory, until all of it is there and gets its name. */
const own = /^\.(.+\.)?drydock-(new|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(\.sum)?)$/

/** Whether a file or directory of this name is on its way: it holds nothing that was there before. */
export const isOwnName = (name: string): boolean => name.includes('drydock-') && own.test(name)

/** The volumes of a Synology, the shares of a QNAP, mounts by number or kind: each directory in them is a whole one. */
const shareRoots = /^(volume\d+|share|u\d\d|pgdata|data\d+|disk\d+|raid\d*|array\d*|nas|nfs|gluster(fs)?|cephfs)$/

/** Whether nothing but data is kept below this top-level directory. */
export const isShareRoot = (top: string): boolean => shareRoots.test(top)

/** A share of these names is emptied by its device itself. */
const cleared = /^(\.?cache|\.?te?mp|lost\+found|[@#.].*)$/i

/** Why a directory below one that holds data is data by its name; null where it may be anything. */
export function dataByName(segments: readonly string[]): string | null {
  const [top = ''] = segments
  const last = segments.at(-1) ?? ''
  if (isShareRoot(top) && segments.length === 2 && !cleared.test(last)) return 'is a whole share'
  if (segments.length > 6 || segments.some((segment) => passing.test(segment))) return null
  if (top === 'home' || top === 'Users') return ofPerson(segments, 2)
  if (top === 'root') return ofPerson(['home', ...segments], 2)
  if (top === 'mnt' && /^[a-z]$/.test(segments[1] ?? '') && /^users$/i.test(segments[2] ?? ''))
    return segments.length === 4 || (segments.length === 5 && personal.test(last)) ? 'is the home of somebody' : null
  if (top === 'share' && segments[1]?.endsWith('_DATA') === true && segments.length === 3) return 'is a whole share'
  if (segments.length < 3) return null
  if (segments.length === 3 && /^(samba|smb|nfs|ftp|sftp)$/.test(segments[1] ?? '') && !isGlob(last))
    return 'is a whole share'
  if (kept.test(last) || keptAtEnd.test(last)) return 'holds data by its name'
  if (turns.test(last.replace(/\.?\uE001$/, '')) && segments.some((segment) => holdsBackups.test(segment)))
    return 'is a whole row of backups'
  if (isOnDisk(segments)) return 'is a directory on a disk that holds nothing but data'
  if (isAllOfKept(segments)) return 'is everything of a kind that somebody keeps'
  if (liesInKept(segments) && !/\.\w{1,5}$/.test(last)) return 'lies where nothing but data is kept'
  if (isGlob(last) || (isLiteral(last) && /\.\w{1,5}$/.test(last))) return null
  return collections.test(segments.at(-2) ?? '') && segments.length < 5 ? 'is one of a collection of data' : null
}

/** Names of what takes backups, and of what it takes. */
export const holdsBackups =
  /back-?up|bkp|snapshot|archiv|rsnap|rdiff|(pg_?|mysql|mongo|redis|db|sql|ldap|etcd)dump|basebackup|(luks|lvm|gpt|mbr)[-_]?header|dirvish|duplicity|duplicati|borg|restic|kopia|bacula|bareos|amanda|barman|wal-?g|pgbackrest|vzdump|timeshift|snapper|veeam|urbackup|burp/i

/** What is taken every so often, all there is of it. */
const turns = /^(hourly|daily|weekly|monthly|yearly|nightly|full|incr(emental)?s?)$/i

/** Names of what nobody means to keep. */
const forNow = /(^|[-_.])(te?mp|test|old|restored?|scratch|demo|incomplete|partial|logs?|cache)([-_.\d]|$)/i

/** No program lives there: what is mounted holds what somebody put there. */
const isOnDisk = (segments: readonly string[]): boolean => {
  const [top = '', second = ''] = segments
  const last = segments.at(-1) ?? ''
  return (
    (segments.length === 3 || (segments.length === 4 && top === 'media')) &&
    !/^(home|opt|srv|data|u\d\d|export|exports)$/.test(top) &&
    !/^(c|d|e|f|wsl|disks?|ci|data|repo|src|work|app)$/.test(second) &&
    /^[\w. -]+$/.test(last) &&
    !forNow.test(last) &&
    !/\.\w{1,5}$|^(docker|apps?|src|ci|work|downloads?)$/i.test(last)
  )
}

/** Below these, from the third part of a path on, there is nothing but data either. */
const keptBelow = /^(data|uploads?|files|filestore|storage|userdata|shares?|media|customers|clients|tenants)$/i

const liesInKept = (segments: readonly string[]): boolean =>
  !forNow.test(segments.at(-1) ?? '') &&
  segments
    .slice(1, -1)
    .some(
      (segment, index) =>
        keptThroughout.test(segment) ||
        ((index > 0 || /^(opt|srv)$/.test(segments[0] ?? '')) && keptBelow.test(segment)),
    )

/** `daily.*` in a directory of backups; with a date in it only some of them are meant. */
const isAllOfKept = (segments: readonly string[]): boolean => {
  const last = segments.at(-1) ?? ''
  return isGlob(last) && kept.test(segments.at(-2) ?? '') && !/\d{4}|\.\w{1,5}$|old|test|tmp/i.test(last)
}

/** In a home that is named, small letters say as much. */
const ofNamed =
  /^(backups?|data|files|repositories|photos?|pictures|documents|videos?|music|v?mail|uploads|storage|vms?|databases?|pgdata|archives?|\.config|\.local|\.acme\.sh|\.docker|\.vault|\.minio|\.bitwarden.*)$/

/** What lies in the folders of a person, all of it or a folder of it. */
function ofPerson(segments: readonly string[], at: number): string | null {
  if (segments[1] !== some && segments.length === 3 && ofNamed.test(segments[2] ?? '')) return 'is what a person keeps'
  if (/^(filestore|pgdata|attachments|mailboxes)$/.test(segments.at(-1) ?? '')) return 'holds data by its name'
  if (/^repositories$/.test(segments[2] ?? '')) return 'is a repository that others push to'
  const folder = segments.findIndex((segment, index) => index >= at && personal.test(segment))
  return folder < 0 ||
    (folder > at && !/Maildir|Mail/.test(segments[folder] ?? '')) ||
    /\.\w{1,5}$/.test(segments.at(-1) ?? '')
    ? null
    : 'is what a person keeps'
}

/** Where a program runs from a directory of its own at the top, such as in a container: what it keeps beside itself. */
export const isOwnData = (segments: readonly string[]): boolean =>
  (segments.length === 2 &&
    /^(scratch|work|projects?)$/.test(segments[0] ?? '') &&
    collections.test(segments[1] ?? '')) ||
  (segments.length < 4 &&
    /^(apps?|web|site)$/.test(segments[0] ?? '') &&
    !segments.some((segment) => passing.test(segment)) &&
    /^(data|uploads?|media|storage|db|databases?|attachments|files|userdata|user-data|backups?|pgdata|repositories)$/.test(
      segments.at(-1) ?? '',
    ))

/** What a program set up by hand below usr/local keeps. */
export const isStateByHand = (segments: readonly string[]): boolean =>
  segments[1] === 'local' &&
  segments.length > 3 &&
  /^(data|db|pgdata|var|mysql-files|spool)$/.test(segments.at(-1) ?? '')

/** The uploads of a site, among all that a site is built of. */
export const isUploads = (segments: readonly string[]): boolean =>
  segments.length > 3 &&
  !segments.some((segment) => passing.test(segment)) &&
  /^(uploads?|media|user-?data|user-?files|wp-content|storage|files|attachments|documents|private|data|gallery|photos?|avatars|filestore)$/.test(
    segments.at(-1) ?? '',
  )
