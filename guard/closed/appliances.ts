import type { Closed } from './closed.ts'

/** Boxes that are administered by a tool of their maker. */
export const appliances: readonly Closed[] = [
  {
    of: 'midclt',
    action: 'configuration_reset',
    harmless:
      '(call )?(-\\S+ )*[\\w.]+\\.(query|config|info|get\\w*|state|status|list\\w*|summary|alerts|choices|\\w+_choices|ready|version\\w*|product_\\w+|is_\\w+|check\\w*|validate\\w*|stats|topology|attachments|processes|flags|features|host_id|boot_id|feature_enabled|available\\w*|create|update|start|restart|run|upgrade\\w*|sync|scrub\\.(run|query|scrub)|snapshot\\.create|scan\\w*|ping|lock|unlock|import_pool|import|test\\w*|send\\w*|add\\w*|query_\\w+|outdated_\\w+|used_\\w+|clone|resume|manual_test|abort_manual_test|smart\\w*|temperature\\w*|alias|reload|generate\\w*|download\\w*|upload\\w*|dump|save|stop|pull_images)\\b, subscribe, sql, ping, waitready, dump_events',
    strict: true,
    never:
      /\b(call )?(-\S+ )*(service|vm|app|chart\.release|virt\.instance|jail|plugin)\.stop\b|\bdisk\.(wipe|retaste_all)|\bsystem\.(reboot|shutdown)/,
    nearer: [
      [/system\.reboot/, 'system_reboot'],
      [/system\.shutdown/, 'system_shutdown'],
      [/\buser\.|\bgroup\./, 'user_removal'],
      [/\bpool\.(export|remove|detach|offline|expand)/, 'zfs_pool_destroy'],
      [/\b(zfs|pool)\.(dataset|snapshot)/, 'zfs_dataset_destroy'],
      [/\bservice\./, 'service_bulk_disable'],
      [/\b(vm|virt)\./, 'virtual_machine_destroy'],
      [/\bdisk\./, 'disk_format'],
    ],
    asks: [
      'midclt call system.reboot',
      'midclt call user.delete 34',
      'midclt call vm.stop 3',
      'midclt call zfs.snapshot.rollback tank@a',
      'midclt call service.stop cifs',
    ],
    passes: [
      'midclt call pool.query',
      'midclt call system.info',
      'midclt call pool.dataset.create \'{"name":"tank/a"}\'',
      'midclt call service.restart cifs',
    ],
  },
  {
    of: 'mdcmd',
    action: 'array_stop',
    harmless: 'status, check, nocheck PAUSE, nocheck RESUME, spinup, spindown, clear',
    strict: true,
    never: /^check\b.*RECON|^clear\b/,
    asks: ['mdcmd nocheck', 'mdcmd stop', 'mdcmd set invalidslot 0 29', 'mdcmd import 1'],
    passes: ['mdcmd status', 'mdcmd check NOCORRECT', 'mdcmd spindown 1'],
  },
  {
    of: 'synopkg synouser synogroup synoshare synovolume synospace synodisk synonet synowebapi synoacltool synopartition synostgpool synoiscsiep synobackup synoraid synoraidtool synocheckshare synodsmnotify synofirewall synologset1 synostorage synofileutil synosnapshot synosharesnapshot',
    action: 'configuration_reset',
    harmless:
      'list, status, start, restart, version, install\\S*, is_onoff, checkupdate, upgrade\\S*, log, query, stop',
    options:
      /^--(enum|enum_\S+|list|get\S*|info|status|show|add|set\S*|create|detect\S*|detail|read|help|h|name|all|check\S*|m|login|memberof|memberadd|descset|modify|pw|rename|smart_info_get|temp|hostname|version|raid_status|map|cache|exec|enable|local|domain|a)(=.*)?$|^-(get|add|list|enum|h|t|v|l|i|get-perm|copy)$/,
    never:
      /\b(uninstall|remove|delete|del|disable|reset|format|erase|wipe|clean|expunge|deactivate|destroy|umount|stop)\b/,
    nearer: [
      [/^(?=.*--(del|mod\S*)\b)/, 'user_removal'],
      [/\bstop\b/, 'service_bulk_disable'],
      [/\buninstall\b/, 'package_bulk_remove'],
    ],
    asks: [
      'synopkg uninstall SynologyDrive',
      'synouser --del jdoe',
      'synovolume --delete 2',
      'synogroup --del staff',
      'synofirewall --disable',
    ],
    passes: [
      'synopkg list',
      'synopkg status HyperBackup',
      'synouser --enum local',
      'synoshare --enum ALL',
      'synodisk --enum -t internal',
    ],
  },
  {
    of: 'omv-rpc omv-confdbadm omv-salt omv-mkconf omv-config omv-initsystem omv-firstaid omv-upgrade qcli_storage qcli_volume qcli_pool qcli qpkg_cli pvs-tools asustor ugcli',
    action: 'configuration_reset',
    values: '-u -f -a',
    harmless:
      '\\S+ (get\\S*|enumerate\\S*|list\\S*|set\\S*|isReferenced|execute|apply\\S*|info\\S*|status|read\\S*|create\\S*|mount), (read|list-ids|exists|isreferenced|populate|migrate|update|create|list), (stage|deploy) (run|list), \\S+, dpkg, -\\S+',
    never:
      /(^|\s)(-\S+ \S+ )*\S+ (delete|umount|remove|wipe|destroy|unmount|format|shutdown|reboot|standby|clear|reset|revert)\w*|^(delete|remove|wipe|uninstall)\b|\bwipe\b/i,
    nearer: [
      [/\b(umount|FileSystemMgmt|DiskMgmt|RaidMgmt|wipe)\b/, 'volume_group_remove'],
      [/reboot/, 'system_reboot'],
      [/shutdown|standby/, 'system_shutdown'],
      [/ShareMgmt/, 'filesystem_bulk_delete'],
    ],
    asks: [
      "omv-rpc ShareMgmt delete '{}'",
      "omv-rpc -u admin ShareMgmt delete '{}'",
      "omv-rpc FileSystemMgmt umount '{}'",
      'omv-confdbadm delete conf.system.sharedfolder --uuid x',
      'omv-rpc System reboot',
    ],
    passes: [
      'omv-rpc System getInformation',
      'omv-confdbadm read conf.system.sharedfolder',
      'omv-salt deploy run nginx',
    ],
  },
  {
    of: 'upscmd upsdrvctl apcaccess powerpanel pwrstat',
    action: 'system_shutdown',
    harmless: '-\\S+, test\\.\\S+, (-\\S+ )*\\S+ (beeper|test|calibrate)\\.\\S+, status, start, -status, \\S+',
    never: /\b(shutdown|load\.off|driver\.killpower|bypass)\S*|^stop\b/,
    asks: ['upscmd -u admin -p x ups shutdown.return', 'upscmd ups load.off', 'upsdrvctl shutdown'],
    passes: ['upscmd -l ups', 'upsdrvctl start', 'apcaccess status', 'upscmd ups beeper.mute'],
  },
]
