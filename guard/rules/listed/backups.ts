import type { Row } from './row.ts'

const lost = 'It removes backups, or what they are made of.'
const stored = 'It deletes what a remote holds, in bulk.'

/** Tools that keep backups, and tools that keep files elsewhere. */
export const backupRows: readonly Row[] = [
  {
    action: 'filesystem_bulk_delete',
    of: 'unison',
    words: /(^|\s)-force\b/,
    because: 'What one side has and the other has not is deleted.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'restic rustic autorestic resticprofile',
    words:
      /(^|\s)forget\b.*--prune\b|(^|\s)prune\b|(^|\s)forget\b(?!.*--keep-)|\bforget\b.*--keep-last[ =][0-2]\b(?!.*--keep-[dwmy])|\bkey remove\b|\brepair (snapshots|index)\b.*--forget/,
    unless:
      /(^|\s)-n(\s|$)|(^|\s)(backup|restore|ls|find|check)\s|--keep-(?!last)\w+[ =](\d{2,}|[5-9])|-[dwm] ?(\d{2,}|[5-9])\b|--keep-last[ =](\d{2,}|[5-9])|--keep-within/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'borg borgmatic',
    words:
      /(^|\s)delete\b|(^|\s)prune\b(?!.*(--keep-(?!last)\w+[ =]\d|-[dwmy] ?\d|--keep-last[ =]\d\d))|^prune$|\brecreate\b|\brdelete\b|\brepo-delete\b/,
    unless:
      /(^|\s)-n(\s|$)|(^|\s)(create|list|info|extract|check|mount)\s|--keep-(?!last)\w+[ =](\d{2,}|[5-9])|-[dwm] ?(\d{2,}|[5-9])\b|--keep-last[ =](\d{2,}|[5-9])|--keep-within/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'borg borgmatic restic rustic proxmox-backup-client',
    words:
      /(^|\s)(prune|forget)\b(?=.*--keep-\w+[ =][0-4]\b)(?!.*(--keep-\w+[ =]([5-9]|\d\d)|--keep-\w+[ =]\d+\b.*--keep-\w+[ =]\d|--keep-within))/,
    unless: /(^|\s)-n(\s|$)/,
    because: 'It keeps next to nothing of the backups.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'kopia',
    words:
      /^(snapshot|snap|manifest|policy|blob|content) (delete|rm|remove|expire)\b|^maintenance run\b.*--safety=none/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'duplicity',
    words: /^remove-\S+.*--force\b|^cleanup\b.*--force\b.*--extra-clean/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'rdiff-backup',
    words: /--remove-older-than\b.*--force|--force\b.*--remove-older-than|\bremove increments\b/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'duplicati-cli dar_manager urbackupsrv backintime',
    words: /^(delete|remove\S*|purge|cleanup)\b/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'proxmox-backup-client',
    words:
      /^(snapshot|snapshots|group) forget\b|^prune\b(?!.*--keep-(?!last)\w+[ =][1-9])(?!.*--keep-last[ =]([3-9]|\d\d))/,
    unless: /--dry-run\b/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'proxmox-backup-manager',
    words: /^(datastore|remote|sync-job|verify-job|prune-job) remove\b|^garbage-collection start\b.*--force/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'tmutil',
    words: /^(delete\w*|thinlocalsnapshots|removedestination)\b/i,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'snapper',
    words: /(^|\s)(delete|rm|remove|undochange|rollback|delete-config)\b/,
    because: 'It removes snapshots, or goes back to one.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'timeshift',
    words: /--(delete(-all)?|restore)\b/,
    because: 'It removes snapshots, or goes back to one.',
  },
  { action: 'filesystem_bulk_delete', of: 'pgbackrest', words: /\b(stanza-delete|expire)\b/, because: lost },
  {
    action: 'filesystem_bulk_delete',
    of: 'wal-g barman barman-cloud-backup-delete pg_probackup',
    words: /\b(delete|del-backup|delete-garbage)\b|^/,
    unless:
      /^(backup|list|show|check|status|cron|receive|wal|backup-(push|list|show|fetch)|restore|init|validate|catalog)/,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'bconsole',
    words: /(^|\s)(purge|delete|prune\b.*\byes)\b/,
    fed: true,
    because: lost,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'mt mtx',
    words: /(^|\s)(erase|weof|eof|mkpartition|setpartition)\b/,
    because: 'It writes over a tape, or ends what can be read of it.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'synoshare',
    words: /^--del\b/,
    because: 'It removes a shared folder with what is in it.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'rclone',
    words:
      /(^|\s)(purge|delete|rmdirs|cleanup)\s|(^|\s)(sync|bisync)\s(?!.*(-n|--interactive|-i)(\s|$))|(^|\s)move\s.*\s\/dev\/null/,
    unless: /(^|\s)-n(\s|$)|--(min-age|max-age|include|filter|files-from)\b/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 's3cmd',
    words: /(^|\s)(rb|del|rm)\s.*(--recursive|-r|--force|-f|\*)|(^|\s)rb\s|(^|\s)sync\s.*--delete-removed/,
    unless: /(^|\s)-n(\s|$)/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'mc mcli',
    words: /^(rm|rb)\b.*(--recursive|-r|--force|\*)|^rb\b|^mirror\b.*--remove\b|^ilm rule (rm|remove)\b.*--all/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'gsutil',
    words: /(^|\s)rm\b.*(\s-r|\s-R|\*)|(^|\s)rb\b|(^|\s)rsync\b(?!.*\s-\w*n).*\s-\w*d/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'b2 b2v4',
    words: /^(delete-bucket|bucket delete|rm\b.*(--recursive|-r)|sync\b.*--delete)\b/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'azcopy',
    words: /^(remove|rm)\b.*--recursive|^sync\b.*--delete-destination[= ]true/,
    because: stored,
  },
  { action: 'filesystem_bulk_delete', of: 'swift', words: /^delete\b.*(--all|-a)\b|^delete\s+\S+$/, because: stored },
  {
    action: 'filesystem_bulk_delete',
    of: 's5cmd',
    words: /(^|\s)rm\s.*\*|(^|\s)rb\s|(^|\s)sync\s.*--delete/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'lftp ncftp',
    words: /\b(mirror\b[^;]*\s(-e|--delete)|rm -r|mrm)\b/,
    because: stored,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'ipfs',
    words: /\brepo gc\b.*|\bpin rm\b.*--recursive/,
    many: true,
    because: stored,
  },
]
