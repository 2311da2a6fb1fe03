import type { Closed } from './closed.ts'

/** Pools, volumes, arrays and clusters of disks. */
export const storage: readonly Closed[] = [
  {
    of: 'zpool',
    action: 'zfs_pool_destroy',
    values: '-o -O -R -T -d -t',
    harmless: 'iostat, replace, events, scrub, trim, resilver, online, clear, checkpoint, reguid, reopen, prefetch',
    never: /\breplace\b.*\s-f\b|^(\S+\s+)*?(import|clear)\b.*\s-\w*[FXD]|^set\b.*\b(readonly|failmode)=/,
    dry: /^(create|add|split|import|clear)\b.*\s-\w*n/,
    asks: ['zpool import -FX tank', 'zpool offline tank sdb', 'zpool export -f tank', 'zpool remove tank sdc'],
    passes: ['zpool scrub tank', 'zpool import', 'zpool status -xv', 'zpool online tank sdb'],
  },
  {
    of: 'zfs',
    action: 'zfs_dataset_destroy',
    values: '-o -x -t -s -S -d -I -i',
    harmless:
      'snap, rollback, holds, bookmark, userspace, groupspace, projectspace, inherit, unallow, recv, receive, load-key, change-key, redact, promote, unmount, umount, unshare, share, jail, program',
    never:
      /\bset\b.*\b(mountpoint=(none|legacy)|canmount=off|readonly=)|^inherit\b.*\b(mountpoint|canmount)\b|^(un\w+|unload-key)\b.*\s-\w*[af]/,
    dry: /^(destroy|recv|receive|send)\b.*\s-\w*n/,
    asks: [
      'zfs set mountpoint=none rpool/ROOT/ubuntu',
      'zfs unload-key -a',
      'zfs unmount -f tank/home',
      'zfs release keep tank/a@b',
    ],
    passes: [
      'zfs list -t snapshot',
      'zfs snapshot -r tank@a',
      'zfs set compression=lz4 tank',
      'zfs destroy -nv tank@a',
    ],
  },
  {
    of: 'btrfs',
    action: 'zfs_dataset_destroy',
    harmless:
      'version, help, (subvolume|subvol|sub|su) (list|show|snapshot|create|get-default|find-new|sync), (filesystem|fi|fs) (show|df|usage|du|sync|label|defrag\\w*|resize|mkswapfile|commit-stats), (device|dev|de) (stats|scan|usage|ready|add), scrub, (balance|bal|ba) (status|pause|cancel|start|resume), send, receive, property, (quota|qu) (enable|rescan|status), (qgroup|qg) (show|create|assign|limit), check, inspect-internal, inspect, restore, replace status',
    never:
      /\bcheck\b.*--(repair|init-\w+)|\bresize\b.*\s(\d+:)?(-\d|\d+[KMGT]\b)|\bbalance start\b.*(\s-f\b|--force|=single)/,
    strict: true,
    nearer: [[/\b(device|dev|check|rescue|replace|resize|balance)\b/, 'disk_format']],
    asks: ['btrfs check --repair /dev/sdb1', 'btrfs rescue zero-log /dev/sdb1', 'btrfs filesystem resize 1:-200G /mnt'],
    passes: [
      'btrfs subvolume list /',
      'btrfs check --readonly /dev/sdb1',
      'btrfs filesystem usage /mnt',
      'btrfs scrub start /mnt',
    ],
  },
  {
    of: 'mdadm',
    action: 'volume_group_remove',
    options:
      /^(-[DEQFsvbteYWwloiqh1Vacn]+|-[acxlnNucm]\S*|-A\S*|--(detail|examine|query|monitor|follow|scan|verbose|brief|export|test|assemble|add|add-spare|re-add|readwrite|readonly|wait|wait-clean|oneshot|mail|delay|daemonise|daemonize|syslog|program|metadata|name|uuid|config|help|version|action|quiet|manage|sparc2\.2|examine-bitmap|examine-badblocks|detail-platform|no-sharing|pid-file|homehost|incremental)(=.*)?)$/,
    asks: [
      'mdadm /dev/md0 --fail /dev/sdc',
      'mdadm --manage /dev/md0 --set-faulty /dev/sdc1',
      'mdadm --kill-subarray=0 /dev/md0',
    ],
    passes: [
      'mdadm --detail /dev/md0',
      'mdadm --assemble --scan',
      'mdadm /dev/md0 --add /dev/sdc1',
      'mdadm --examine --scan',
    ],
  },
  {
    of: 'cryptsetup',
    action: 'disk_format',
    values: '--type --key-file -d --header --key-slot -S --tries --token-id',
    harmless:
      'luksDump, isLuks, luksUUID, luksOpen, plainOpen, tcryptOpen, close, luksClose, bitlkOpen, benchmark, luksHeaderBackup, luksAddKey, luksChangeKey, luksResume, tcryptDump, bitlkDump, fvault2Dump, token',
    nearer: [[/\b(close|luksClose|luksSuspend)\b/, 'volume_group_remove']],
    asks: ['cryptsetup luksSuspend data', 'cryptsetup luksRemoveKey /dev/sdb'],
    passes: ['cryptsetup status data', 'cryptsetup luksDump /dev/sdb', 'cryptsetup open /dev/sdb data'],
  },
  {
    of: 'integritysetup veritysetup',
    action: 'disk_format',
    harmless: 'dump, status, open, verify',
    asks: ['integritysetup format /dev/sdb'],
    passes: ['integritysetup status data'],
  },
  {
    of: 'dmsetup',
    action: 'volume_group_remove',
    values: '-o -c -C --columns -S',
    harmless: 'deps, table, targets, mknodes, udevcookies, udevcomplete_all, splitname',
    never: /^(reload|load|suspend)\b/,
    asks: ['dmsetup remove_all --force', 'dmsetup wipe_table data', 'dmsetup clear data'],
    passes: ['dmsetup ls --tree', 'dmsetup info', 'dmsetup table data'],
  },
  {
    of: 'rbd',
    action: 'volume_group_remove',
    values: '-p --pool --image --snap -c --conf -n --id --name --cluster --namespace -s --size --format --keyring -m',
    harmless:
      'showmapped, map, bench, children, deep cp, lock (ls|list|add), trash (ls|list|restore|mv), snap (ls|list|create|protect|limit), export-diff, disk-usage, sparsify, object-map check, unmap, device (list|map|unmap), nbd, perf, image-meta (get|list|set)',
    never: /--allow-shrink|(^|\s)unmap\b.*(force|-a\b)|^import-diff\b/,
    asks: ['rbd -p vms snap purge vm-120', 'rbd trash purge vms', 'rbd snap unprotect vms/a@b', 'rbd flatten vms/a'],
    passes: ['rbd ls -l vms', 'rbd snap ls vms/a', 'rbd create --size 10G vms/a', 'rbd info vms/a'],
  },
  {
    of: 'ceph',
    action: 'volume_group_remove',
    values: '-n --name --id -c --conf -k --keyring --cluster -f --format -o -i -m --connect-timeout',
    harmless:
      'status, health, df, version, versions, log last, report, config (get|show\\S*|dump|log|ls|help|set), config-key (ls|dump|get|exists|set), fsid, features, quorum_status, time-sync-status, osd (df|dump|ls|stat|status|metadata|safe-to-destroy|ok-to-stop|tree|find|perf|blocked-by|in|lspools|utilization|numa-status|getmap|getcrushmap|count-metadata|scrub|deep-scrub|unset|reweight-by-utilization|test-reweight\\S*|set (noout|norebalance|nobackfill|norecover|noscrub|nodeep-scrub|noin|noup|nodown)|set-nearfull-ratio|pool (ls|get|stats|create|set|autoscale-status|application (get|enable|set))|crush (tree|dump|ls|rule (ls|dump|create-\\S+)|class (ls|create)|reweight|add|move|set)), pg, mon (ok-to-\\S+|stat|dump|metadata|getmap|versions|add), mds (stat|metadata|versions|ok-to-stop), mgr (stat|dump|metadata|services|versions|module (ls|enable)), fs (ls|status|dump|get|volume (ls|info|create)|subvolume(group)? (ls|info|getpath|create|snapshot (ls|create|info))), auth (ls|list|get\\S*|print\\S*|export|add|caps|import), orch (ls|ps|status|apply|restart|start|redeploy|reconfig|daemon (add|restart|redeploy|start)|host (ls|add|label|ok-to-stop)|device ls|upgrade (status|check|ls|start)), crash, device (ls|info|get-\\S+|check-\\S+), telemetry, balancer, progress, insights, iostat, tell \\S+ (version|config|perf|heap|status|help|dump\\S*), daemon, node ls, service, nfs (cluster|export) (ls|info|get|create)',
    never:
      /\bosd set (pause|full)|\bosd pool set\b.*\b(size|min_size) 1\b|\bset-full-ratio\b|\bdaemon \S+ (flush|injectargs)/,
    strict: true,
    nearer: [
      [/\bauth (del|rm)\b/, 'user_removal'],
      [/\borch device zap\b/, 'disk_format'],
    ],
    asks: [
      'ceph osd pause',
      'ceph auth del client.app',
      'ceph mgr module disable dashboard',
      'ceph osd crush remove osd.4',
      'ceph orch stop mon',
    ],
    passes: [
      'ceph -s',
      'ceph osd tree',
      'ceph osd safe-to-destroy osd.7',
      'ceph health detail',
      'ceph config dump',
      'ceph osd set noout',
    ],
  },
  {
    of: 'rados',
    action: 'volume_group_remove',
    values: '-p --pool -N --namespace -s --snap -n --id --name -c --conf --cluster --keyring -k -t -b',
    harmless:
      'lspools, df, ls, stat, bench, listxattr, getxattr, listomap\\S*, getomap\\S*, listsnaps, lssnap, mksnap, list-inconsistent-\\S+',
    strict: true,
    asks: ['rados -p data purge data --yes-i-really-really-mean-it', 'rados -p data rm obj', 'rados rmsnap -p data s1'],
    passes: ['rados df', 'rados -p data ls', 'rados lspools'],
  },
  {
    of: 'radosgw-admin',
    action: 'volume_group_remove',
    values: '--uid --bucket --tenant',
    nearer: [
      [/^user\b/, 'user_removal'],
      [/./, 'filesystem_bulk_delete'],
    ],
    asks: [
      'radosgw-admin user rm --uid=backup --purge-data',
      'radosgw-admin quota disable --uid=app',
      'radosgw-admin bucket rm --bucket=photos --purge-objects',
    ],
    passes: [
      'radosgw-admin user list',
      'radosgw-admin bucket stats --bucket=photos',
      'radosgw-admin user create --uid=a --display-name=a',
    ],
  },
  {
    of: 'gluster',
    action: 'volume_group_remove',
    harmless:
      'version, volume (info|status|list|create|start|set|add-brick|get|top|profile|statedump), volume heal \\S+( info.*| full)?$, volume heal \\S+ statistics, volume (rebalance|quota|bitrot|geo-replication)( \\S+)* (status|list|start|enable|limit-usage), peer (status|probe), pool list, snapshot (list|info|status|create|config), get-state',
    strict: true,
    asks: [
      'gluster volume stop gv0 force',
      'gluster peer detach node3',
      'gluster volume reset gv0',
      'gluster snapshot restore s1',
    ],
    passes: ['gluster volume info', 'gluster volume heal gv0 info', 'gluster peer status'],
  },
  {
    of: 'drbdadm drbdsetup drbdmanage linstor',
    action: 'volume_group_remove',
    harmless:
      'cstate, dstate, role, events2, show, dump-md, sh-\\S+, up, primary, connect, adjust, verify, show-gi, get-gi, wait-\\S+, apply-al, resize, \\S+ (l|lp|list-properties)',
    never: /--force|--overwrite-data-of-peer|--discard-my-data/,
    asks: ['drbdadm invalidate r0', 'drbdadm disconnect r0', 'drbdadm down all', 'drbdadm secondary r0'],
    passes: ['drbdadm status', 'drbdadm adjust r0', 'linstor node list', 'drbdadm cstate r0'],
  },
  {
    of: 'multipath',
    action: 'volume_group_remove',
    options: /^-(l|ll|v\d?|t|T|d|c|C|h|a|r|q|k\S*|B|i|e)$/,
    asks: ['multipath -F', 'multipath -w /dev/sdb'],
    passes: ['multipath -ll', 'multipath -v2'],
  },
  {
    of: 'iscsiadm',
    action: 'volume_group_remove',
    options:
      /^(-(m|n|T|p|t|P|l|R|L|S|d|I|s|D|V|h|v)\d*|-o|--(mode|targetname|portal|type|print|login|rescan|loginall|discover|show|op(=(show|new|update))?|name|value|interface|debug|stats|version|help)(=.*)?)$/,
    never: /(^|\s)(-o|--op)[= ]?delete\b/,
    asks: ['iscsiadm -m node -T iqn.2020 --logout', 'iscsiadm -m node -U all'],
    passes: ['iscsiadm -m node', 'iscsiadm -m discovery -t st -p 10.0.0.5', 'iscsiadm -m session -P 3'],
  },
  {
    of: 'targetcli',
    action: 'volume_group_remove',
    harmless: '\\S* ?ls, \\S* ?(create|info|status|get|set|pwd|saveconfig|sessions|enable|version)',
    asks: [
      'targetcli clearconfig confirm=True',
      'targetcli /backstores/block delete disk0',
      'targetcli restoreconfig old.json',
    ],
    passes: ['targetcli ls', 'targetcli /iscsi create', 'targetcli saveconfig'],
  },
  {
    of: 'nvme',
    action: 'disk_format',
    harmless:
      '\\S+-log, id-\\S+, list-\\S+, get-\\S+, show-\\S+, smart-log, discover, connect-all, connect, gen-hostnqn, show-hostnqn, effects-log, error-log, fw-log, device-self-test, telemetry-log, read, create-ns, attach-ns, ns-rescan, intel \\S+, wdc \\S+, nvme-mi.*, supported-log-pages, persistent-event-log',
    nearer: [[/^(disconnect|detach|delete)/, 'volume_group_remove']],
    asks: ['nvme disconnect-all', 'nvme delete-ns /dev/nvme0 -n 1', 'nvme reset /dev/nvme0'],
    passes: ['nvme list', 'nvme smart-log /dev/nvme0n1', 'nvme id-ctrl /dev/nvme0'],
  },
  {
    of: 'garage weed beegfs-ctl lctl',
    action: 'volume_group_remove',
    harmless:
      'layout (show|config|assign|apply), \\S+ (list|info|stats), dl, device_list, get_param, list_param, nodemap_(info|add), which_nid, list_nids, mark, conf_param',
    never: /--remove\w+|--delete\w*|^repair\b.*--yes/,
    asks: [
      'garage bucket delete --yes photos',
      'garage layout revert --version 7',
      'garage repair --all-nodes --yes blocks',
      'beegfs-ctl --removenode --nodetype=storage 4',
    ],
    passes: ['garage status', 'garage bucket list', 'lctl dl', 'garage layout show'],
  },
  {
    // What they are called is what they do.
    of: 'mmdelfs mmdeldisk mmdelnode mmshutdown mmumount mmdelfileset mmdelsnapshot mfsrmsnapshot',
    action: 'volume_group_remove',
    never: /^/,
    asks: ['mmdelfs gpfs1 -p', 'mmshutdown -a', 'mfsrmsnapshot -l /mnt/mfs/s'],
    passes: ['mmdelfs --help'],
  },
]
