import { isGlob, isLiteral } from './reading/marks.ts'

/** Names under which programs and people keep what nobody makes anew. */
const kept =
  /^(data|shares?|homes?|photos?|pictures|music|videos?|movies|series|media|documents|backups?|v?mail|maildir|vhosts|uploads?|repos|repositories|git-data|users?|library|databases|pgdata|volumes|archives?|exports?|customers?|clients|attachments|recordings|originals|appdata|timemachine|surveillance|customer-data|userdata|oradata|pgdata|(fast|flash)_recovery_area)$/i

/** In these, each directory is somebody's or some project's whole. */
const collections = /^(shares?|homes?|users|customers|clients|tenants|vhosts|repositories|exports|oradata)$/i

/** What people keep in their homes, as their desktops name it: in small letters they are directories of a project. */
const personal = /^(Documents|Pictures|Photos|Music|Videos|Desktop|OneDrive.*|Nextcloud|Maildir|Mail)$/

/** A directory on the way says that what is below it is made anew. */
const passing =
  /^(\.?cache|caches|\.?tmp|temp|node_modules|dist|build|builds|target|releases|workspace|thumbs|previews?|logs?|old|vendor|out|test|tests|fixtures|examples|[@#](eaDir|tmp|recycle)|\.Trash.*)$/i

/** The volumes of a Synology, the shares of a QNAP, mounts by number or kind: each directory in them is a whole one. */
const shareRoots = /^(volume\d+|share|u\d\d|pgdata|data\d+|disk\d+|raid\d*|array\d*|nas|nfs|gluster(fs)?|cephfs)$/

/** Whether nothing but data is kept below this top-level directory. */
export const isShareRoot = (top: string): boolean => shareRoots.test(top)

/** Why a directory below one that holds data is data by its name; null where it may be anything. */
export function dataByName(segments: readonly string[]): string | null {
  const [top = ''] = segments
  const last = segments.at(-1) ?? ''
  if (segments.length > 6 || segments.some((segment) => passing.test(segment))) return null
  if (top === 'home') return segments.length === 3 && personal.test(last) ? 'is what a person keeps' : null
  if (top === 'mnt' && /^[a-z]$/.test(segments[1] ?? '') && /^users$/i.test(segments[2] ?? ''))
    return segments.length === 4 || (segments.length === 5 && personal.test(last)) ? 'is the home of somebody' : null
  if (isShareRoot(top) && segments.length === 2) return 'is a whole share'
  if (top === 'share' && segments[1]?.endsWith('_DATA') === true && segments.length === 3) return 'is a whole share'
  if (segments.length < 3) return null
  if (segments.length === 3 && /^(samba|smb|nfs|ftp|sftp)$/.test(segments[1] ?? '') && !isGlob(last))
    return 'is a whole share'
  if (kept.test(last)) return 'holds data by its name'
  if (isGlob(last) || (isLiteral(last) && /\.\w{1,5}$/.test(last))) return null
  return collections.test(segments.at(-2) ?? '') && segments.length < 5 ? 'is one of a collection of data' : null
}

/** The uploads of a site, among all that a site is built of. */
export const isUploads = (segments: readonly string[]): boolean =>
  segments.length > 3 &&
  !segments.some((segment) => passing.test(segment)) &&
  /^(uploads?|media|user-?data|wp-content)$/.test(segments.at(-1) ?? '')
