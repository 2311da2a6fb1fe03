import type { Closed } from './closed.ts'

/** What keeps backups; forget and prune with a time that they keep are weighed by rules of their own. */
export const backups: readonly Closed[] = [
  {
    of: 'restic rustic',
    action: 'filesystem_bulk_delete',
    values:
      '-r --repo --repository-file -p --password-file --password-command --cache-dir -o --option --host -H --tag --limit-download --limit-upload',
    harmless:
      'snapshots, stats, ls, find, cache, key (list|add|passwd), list, migrate, repair (index|packs), rebuild-index, recover, unlock, forget, prune, restore, mount, self-update, generate, copy, dump, features, options',
    never: /\brepair snapshots\b.*--forget/,
    asks: ['restic key remove abcd', 'restic rewrite --forget --exclude a', 'restic repair snapshots --forget'],
    passes: ['restic snapshots', 'restic check', 'restic backup /srv', 'restic unlock --remove-all', 'restic stats'],
  },
  {
    of: 'borg borgmatic borg1 borg2',
    action: 'filesystem_bulk_delete',
    values: '--repo -r --rsh --lock-wait --remote-path --verbosity -v --config -c --override --log-file',
    harmless:
      'key (export|change-passphrase|import), prune, compact, with-lock, benchmark, serve, umount, export-tar, import-tar, rlist, rinfo, repo-list, repo-info, repo-create, rcreate, break-lock, transfer, borg, extract, config, upgrade, list, info',
    asks: ['borg delete /bk::x', 'borg recreate /bk', 'borg rdelete'],
    passes: ['borg list /bk', 'borg info /bk', 'borg create /bk::a /srv', 'borg check /bk', 'borgmatic --verbosity 1'],
  },
  {
    of: 'kopia',
    action: 'filesystem_bulk_delete',
    harmless:
      'repository (status|connect|create|validate-provider|sync-to|throttle get), repo (status|connect|create), (snapshot|snap) (list|ls|create|verify|estimate|restore|pin|migrate|fix), policy (list|ls|show|get|set|edit|export), maintenance (info|run|set), ls, (blob|content|index|manifest) (list|show|stats|verify|inspect), server, restore, diff, benchmark, acl list, user list, users list',
    strict: true,
    never: /--safety=none|\bsync-to\b.*--delete/,
    asks: [
      'kopia policy remove --global',
      'kopia snapshot expire --all --delete',
      'kopia maintenance run --full --safety=none',
      'kopia repository disconnect',
      'kopia blob gc --delete=yes',
    ],
    passes: [
      'kopia snapshot list --all',
      'kopia repository status',
      'kopia snapshot create /srv',
      'kopia maintenance run',
    ],
  },
  {
    of: 'duplicity duplicati-cli bupstash obnam backy attic rdiff-backup urbackupclientctl',
    action: 'filesystem_bulk_delete',
    harmless: 'collection-status, list-\\S+, incr\\S*, incremental, full, \\S+ \\S+, cleanup, regress, calculate',
    never: /^(delete|remove\S*|purge|forget|rm|repair-delete|gc)\b|--remove-older-than/,
    asks: [
      'bupstash rm id=a',
      'duplicati-cli delete file:///bk --version=0',
      'obnam forget --keep=1d',
      'rdiff-backup remove increments --older-than 1M /bk',
    ],
    passes: [
      'duplicity collection-status file:///bk',
      'duplicity /srv file:///bk',
      'bupstash list',
      'rdiff-backup /a /b',
    ],
  },
  {
    of: 'rclone',
    action: 'filesystem_bulk_delete',
    values:
      '--config --transfers --checkers --bwlimit --log-file --log-level --min-age --max-age --include --exclude --filter --filter-from --files-from --backup-dir --max-delete',
    harmless:
      'lsd, lsl, lsf, lsjson, copyto, copyurl, moveto, sync, bisync, mkdir, about, size, ncdu, hashsum, md5sum, sha1sum, cryptcheck, rcat, serve, obscure, listremotes, touch, settier, rcd, rc, genautocomplete, backend (features|drives|versioning|stats), deletefile, move, delete, purge, cleanup, dedupe list, authorize, test, rmdir, cryptdecode, checksum, gendocs',
    never: /^((-\S+|\S+=\S+) )*(delete|purge|rmdirs)\b(?!.*\b(tmp|temp|cache|trash)\b)|--drive-use-trash=false/,
    dry: /(^|\s)(-n|--interactive|-\w*i)(\s|$)/,
    asks: [
      'rclone delete --min-age 30d s3:offsite/pgdumps --rmdirs',
      'rclone rmdirs gdrive:old',
      'rclone config delete gdrive',
      'rclone backend cleanup s3:b',
      'rclone dedupe newest gdrive:',
    ],
    passes: [
      'rclone lsd gdrive:',
      'rclone copy /a gdrive:a',
      'rclone check /a gdrive:a',
      'rclone delete --dry-run b2:old',
      'rclone deletefile remote:a.txt',
    ],
  },
  {
    of: 'rsnapshot',
    action: 'filesystem_bulk_delete',
    harmless: 'daily, weekly, monthly, hourly, yearly, alpha, beta, gamma, delta, sync, configtest, du, diff, \\S+',
    never: /^delete\b/,
    asks: ['rsnapshot delete daily.0'],
    passes: ['rsnapshot -t daily', 'rsnapshot configtest'],
  },
  {
    of: 'pgbackrest barman wal-g wal-e pg_probackup',
    action: 'filesystem_bulk_delete',
    harmless:
      '(stanza-(create|upgrade)|repo-(ls|get)|archive-(push|get)), start, server\\S*, \\S+-(push|fetch|list|show|verify|receive), list-\\S+, show-\\S+, receive-wal, cron, recover, switch-\\S+, replication-status, wal-\\S+, sync-\\S+, check\\S*, checkdb, catchup, merge, st',
    asks: [
      'pgbackrest --stanza=main expire',
      'barman delete main oldest',
      'pgbackrest stop --force',
      'wal-g delete retain 1',
    ],
    passes: ['pgbackrest info', 'pgbackrest --stanza=main check', 'barman list-backup main', 'wal-g backup-list'],
  },
  {
    of: 'snapper timeshift btrbk',
    action: 'filesystem_bulk_delete',
    values: '-c --config --comments --tags --snapshot-device --snapshot -d --description -u --userdata',
    harmless:
      'ls, list-configs, create-config, get-config, set-config, diff, xadiff, setup-quota, dryrun, stats, usage, origin, resume, run, snapshot, archive, extents',
    never: /--(delete|restore)\b/,
    asks: ['snapper -c home undochange 1..2', 'snapper delete-config', 'btrbk clean', 'snapper cleanup number'],
    passes: ['snapper -c root list', 'snapper create -d a', 'timeshift --list', 'btrbk run', 'snapper status 1..2'],
  },
]
