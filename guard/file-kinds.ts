import { byName } from './reading/by-name.ts'

/** What a file holds, as its name tells. */
export type FileKind =
  | 'database'
  | 'disk'
  | 'dump'
  | 'key'
  | 'mail'
  | 'document'
  | 'media'
  | 'settings'
  | 'code'
  | 'scratch'

const kinds: readonly (readonly [kind: FileKind, suffixes: string])[] = [
  [
    'scratch',
    'tmp temp part partial crdownload swp swo bak old orig save backup rej pid lock lck sock socket pyc pyo o a obj class log out err trc trm core dpkg-old dpkg-dist dpkg-new dpkg-bak ucf-old ucf-dist rpmsave rpmnew rpmorig disabled off sample example dist stamp done nzb nfo torrent map',
  ],
  [
    'database',
    'db db3 sqlite sqlite2 sqlite3 sqlitedb s3db sl3 mdb accdb mdf ndf ldf ibd frm myd myi dbf fdb rdb aof wt edb nsf realm duckdb kdbx tdb wallet leveldb rrd whisper wsp ldb',
  ],
  ['disk', 'qcow qcow2 vmdk vdi vhd vhdx img raw hdd ova vma avhdx qed vmsd vmsn vmem'],
  ['dump', 'dump dmp sql tfstate pgdump mysqldump bkp bson zfs vbk vib vrb gho tib mrimg'],
  ['key', 'key pem crt cer p12 pfx jks keystore keytab ppk gpg asc kbx pgp age secret secrets vault htpasswd'],
  ['mail', 'mbox eml pst ost msf maildir'],
  [
    'document',
    'doc docx xls xlsx ppt pptx odt ods odp pdf rtf dwg dxf skp blend psd ai indd vsd vsdx csv epub djvu tex one msg',
  ],
  [
    'media',
    'jpg jpeg png gif heic heif tif tiff cr2 cr3 nef arw dng orf rw2 raf mp4 mkv mov avi m4v mpg mpeg mts m2ts webm wmv mp3 flac wav m4a aac ogg opus wma aiff braw r3d iso',
  ],
  ['settings', 'conf cnf cf cfg ini toml yaml yml json xml properties env plist rules zone hosts policy acl'],
  [
    'code',
    'js mjs cjs ts tsx jsx css scss less html htm php phtml py rb pl pm sh bash go rs java jar war c h cc cpp hpp so md rst txt vue svelte lua sum mod whl egg gem deb rpm apk po mo woff woff2 ttf svg ico snap patch diff j2 tf hcl pub list dat in am m4 wasm dll exe msi bin rom hex elf gz bz2 xz zst',
  ],
]

const bySuffix = new Map(kinds.flatMap(([kind, suffixes]) => suffixes.split(' ').map((suffix) => [suffix, kind])))

/** Files that are known by their whole name. */
const wholeNames: readonly (readonly [kind: FileKind, name: RegExp])[] = [
  ['database', /^(ibdata\d*|ib_logfile\d+|undo_\d+|aria_log\S*|pg_control|PG_VERSION|dbsystem|dump\.rdb|wallet\.dat)$/],
  ['database', /^(logins\.json|key[34]\.db|cookies\.sqlite|places\.sqlite)$/],
  [
    'key',
    /^(id_(rsa|dsa|ecdsa|ed25519)\S*|ssh_host_\S+|secring\.\w+|pubring\.\w+|master\.key|credentials|tls\.\w+|\.pgpass|\.netrc|\.my\.cnf|\.vault[-_]?pass\S*|krb5\.keytab|unseal\S*)$/,
  ],
  [
    'settings',
    /^(\.env(\.\w+)?|wp-config\.php|configuration\.php|LocalSettings\.php|settings\.php|env\.php|local\.xml|docker-compose\.ya?ml|compose\.ya?ml)$/,
  ],
  [
    'scratch',
    /^(\.DS_Store|Thumbs\.db|desktop\.ini|nohup\.out|core\.\d+|\._.*|.*~|\..*\.drydock-new|lock|LOCK|pid|\.lock-\w+|__db.*)$/,
  ],
]

/** Any of these names: most files have none, and are looked at once instead of once for each. */
const anyName = new RegExp(wholeNames.map(([, { source }]) => source).join('|'))

/** What is packed counts as what it was; an archive of anything as what somebody kept. */
const packed = /\.(gz|bz2|xz|zst|lz4|lzma|Z|enc)$/
const archives = /\.(tar|tgz|tbz2?|txz|zip|7z|rar|borg|tar\.\w+|vma\.\w+)$/

/** A pattern of a kind that nobody here knows: it may be what nobody makes anew. */
export const isUnknownKind = (name: string): boolean =>
  /[*\uE001]\.[A-Za-z]\w{1,9}$/.test(name) && kindOf(name) === null

/** What a file holds by its name, which may be a pattern; null where it may be anything. */
export const kindOf = byName((name): FileKind | null => {
  if (anyName.test(name)) for (const [kind, pattern] of wholeNames) if (pattern.test(name)) return kind
  if (!name.includes('.')) return null
  if (archives.test(name)) return 'dump'
  const bare = name.replace(packed, '')
  // A number behind a log, or behind what was packed, is its turn.
  if (/\.log([.-]\S*)?$/.test(bare) || (bare !== name && /\.\d+$/.test(bare))) return 'scratch'
  const dated = bare.replace(/[-.](\d{6,}|\d{4}-\d\d-\d\d)$/, '')
  const dot = dated.lastIndexOf('.')
  return dot < 0 ? null : (bySuffix.get(dated.slice(dot + 1).toLowerCase()) ?? null)
})
