import type { Closed } from './closed.ts'

/** What runs on a machine, and how it starts; stopping one unit is weighed by a rule of its own. */
export const machines: readonly Closed[] = [
  {
    // What they are called is what they do.
    of: 'tpm2_clear tpm2_changeauth runit-init amrmtape',
    action: 'configuration_reset',
    never: /^/,
    nearer: [[/^[06]$/, 'system_shutdown']],
    asks: ['tpm2_clear', 'tpm2_clear -c p', 'runit-init 0'],
    passes: ['tpm2_clear --help'],
  },
  {
    of: 'systemctl',
    action: 'service_bulk_disable',
    values:
      '-H --host -M --machine -t --type -p --property -o --output -n --lines -s --signal --state --root --job-mode --what --kill-whom',
    harmless:
      'stop, disable, mask, kill, reset-failed, daemon-\\S+, is-\\S+, show-environment, set-\\S+, unset-environment, import-environment, unmask, preset\\S*, reenable, try-\\S+, reload-or-\\S+, force-reload, condrestart, cancel, freeze, thaw, get-\\S+, isolate, default, add-\\S+, cat, log-level, log-target, service-log-\\S+, bind, whoami, help',
    never: /^(-\S+ )*switch-root\b/,
    nearer: [
      [/\b(reboot|soft-reboot|kexec)\b/, 'system_reboot'],
      [/\b(poweroff|halt|suspend\S*|hibernate|hybrid-sleep|exit|sleep)\b/, 'system_shutdown'],
    ],
    asks: [
      'systemctl clean --what=state postgresql',
      'systemctl revert ssh',
      'systemctl switch-root /new',
      'systemctl soft-reboot',
    ],
    passes: [
      'systemctl status ssh',
      'systemctl stop nginx',
      'systemctl daemon-reload',
      'systemctl list-units --failed',
      'systemctl enable --now a',
    ],
  },
  {
    of: 'supervisorctl monit pm2 sv svc svcadm s6-svc s6-rc initctl launchctl rc-service rc-update update-rc.d chkconfig synosystemctl synoservice circusctl god nssm runsvdir-start',
    action: 'service_bulk_disable',
    values: '-c -s -u -p --name --configuration',
    harmless:
      'unmonitor, unload \\S*Library/LaunchAgents/\\S+, tail, reread, avail, pid, fg, maintail, summary, monitor, reload, procmatch, validate, jlist, prettylist, monit, logs, flush, reloadLogs, startup, dump, resurrect, sendSignal, scale, delete, stop, ecosystem, id, up, u, once, o, hup, h, alarm, a, cont, interrupt, usr1, usr2, refresh, mark, \\S+ (status|start|restart|reload|stop|describe|ready|force-reload|condrestart|zap|enable|defaults|on|graceful|configtest), list-\\S+, dump-\\S+, print\\S*, getenv, setenv, managername, bootstrap, kickstart, blame, add \\S+ \\S+, signal, update, serve, install, set',
    never:
      /(?<!status|summary|monitor|start|pid|logs)\sall$|(^|\s)(shutdown|bootout|remove-all)\b|^(d|down|exit|x|k|kill|term|t) |(^|\s)-\w*[dxk]\w*\s+\/|^(del|delete) (?!.*(test|tmp|old))\S+ \S+ |^kill$|^-s disable|\bdisable\b|--(disable|hard-stop|stop)\b/,
    asks: [
      'supervisorctl stop all',
      'monit stop all',
      'svc -d /service/qmail',
      'svcadm disable ssh',
      's6-svc -d /run/service/sshd',
      'launchctl bootout system/com.a',
      'synoservice --disable nginx',
    ],
    passes: [
      'supervisorctl status',
      'supervisorctl status all',
      'monit summary',
      'pm2 list',
      'pm2 restart api',
      'sv status postgres',
      'rc-service nginx status',
      'initctl list',
      'svcadm restart nginx',
      'supervisorctl stop worker',
    ],
  },
  {
    of: 'loginctl',
    action: 'user_removal',
    harmless:
      'list-\\S+, session-status, user-status, seat-status, show-\\S+, enable-linger, disable-linger, activate, lock-session\\S*, unlock-session\\S*, attach, terminate-session, kill-session',
    asks: [
      'loginctl terminate-user deploy',
      'loginctl kill-user deploy',
      'loginctl terminate-seat seat0',
      'loginctl flush-devices',
    ],
    passes: ['loginctl list-sessions', 'loginctl enable-linger deploy', 'loginctl terminate-session 4'],
  },
  {
    of: 'ipmitool racadm ilorest hponcfg sum onecli omreport omconfig mvcli tw_cli storcli storcli64 perccli perccli64 arcconf ssacli hpssacli hpacucli megacli MegaCli MegaCli64 sas2ircu sas3ircu',
    action: 'system_shutdown',
    values: '-I -H -U -P -p -L -C -E -f -r -u --url -c',
    harmless:
      'sdr, sensor, fru, sel (list|elist|info|get|save|time), chassis (status|identify|selftest|poh|restart_cause|policy list), chassis power (status|on), power (status|on), chassis bootdev (pxe|disk|cdrom|bios|none), bmc (info|selftest|getenables), mc (info|selftest|getenables|guid|watchdog get), lan (print|stats|alert print|set), user (list|summary|set|enable|priv|test), channel, sol (info|activate|set|payload), session, dcmi, nm, picmg, firewall info, getsysinfo, getsel, getconfig, getniccfg, getversion, getled, setled, getraclog, gettracelog, gettime, ssl\\S*view, hwinventory, swinventory, inventory, storage get, jobqueue view, jobqueue create, raid get, serveraction (powerstatus|powerup), lclog view, techsupreport, types, select, commit, save, rawget, serverlogs, serverinfo, systeminfo, biosdefaults-check, storage, about, /c\\S+ show.*, show.*, /\\S+ (show|start (patrolread|consistencycheck|locate|rebuild)|add|set (time|name)).*, getconfig.*, getlogs.*, identify.*, ctrl .*\\bshow\\b.*, controller .*\\bshow\\b.*, rescan, \\d+ (display|status|list)',
    never:
      /\bhpm (upgrade|activate|rollback)\b|\b(del|delete|erase|clear|remove|init\b(?!.*show)|offline|uninit|factory\S*|reset\S*|racreset\S*|systemerase|secureerase\S*|powerdown|powercycle|hardreset|graceshutdown|poweroff|ForceOff|GracefulShutdown|ForceRestart|off|soft|cycle|diag|raw|deactivate)\b|-(Cfg(Clr|LdDel|SpanDel|EachDskRaid0)|PDOffline|LDInit|PDClear|CfgForeign|PDMakeGood|AdpFacDefSet)\b/i,
    nearer: [
      [/\b(vd|ld|logicaldrive|array|del|delete|offline|raid|\/c\d)|-(Cfg|PD|LD)/i, 'volume_group_remove'],
      [/\b(racreset|racresetcfg|mc reset|bmc reset|sel clear|factory\S*|user disable|raw)\b/i, 'configuration_reset'],
      [/erase/i, 'disk_format'],
      [/\b(cycle|reset|hardreset|powercycle|ForceRestart)\b/i, 'system_reboot'],
    ],
    asks: [
      'racadm racreset hard',
      'racadm systemerase secureerasepd',
      'ilorest factorydefaults',
      'ilorest reboot ForceOff',
      'ipmitool mc reset cold',
      'ipmitool sel clear',
      'ipmitool chassis power cycle',
      'racadm serveraction powerdown',
    ],
    passes: [
      'ipmitool sdr',
      'ipmitool chassis power status',
      'racadm getsysinfo',
      'storcli64 /c0/vall show',
      'ssacli ctrl slot=0 ld all show status',
      'ipmitool lan print 1',
      'ilorest get Power',
      'MegaCli64 -LDInfo -Lall -aALL',
    ],
  },
  {
    of: 'efibootmgr mokutil bootctl flashrom fwupdmgr grubby fw_setenv nvram',
    action: 'configuration_reset',
    values: '-p --programmer -r --read -c --chip -l --layout -L --label -d --disk',
    harmless:
      'status, list, kernel-identify, kernel-inspect, install, update, get-\\S+, refresh, activate, set-default, set-oneshot, random-seed, is-installed, \\S+=\\S*, -p',
    never:
      /^(?=.*\b(update|install|activate)\b)(?=.*(--force|\s-y\b|--assume-yes|--no-reboot-check))|(^|\s)(-B|-b \w+ -\w*B|-\w*[BO]|--delete-\S+|--reset|--delete|--disable-validation|-E|--erase|-w|--write|--remove-kernel\S*|-c|--import|--password|--clear-password)(\s|=|$)|^(remove|cleanup|unlink|downgrade|reinstall|unlock|clear-\S+)\b/,
    asks: [
      'efibootmgr -b 0003 -B',
      'mokutil --reset',
      'flashrom -p internal -E',
      'bootctl remove',
      'fwupdmgr downgrade -y',
      'grubby --remove-kernel=/boot/vmlinuz',
    ],
    passes: [
      'efibootmgr -v',
      'mokutil --sb-state',
      'bootctl status',
      'fwupdmgr get-updates',
      'flashrom -p internal -r a.rom',
      'grubby --info=ALL',
    ],
  },
  {
    of: 'pcs crm crm_resource crm_node stonith_admin',
    action: 'service_bulk_disable',
    harmless:
      'config( (show|export).*)?, property( (show|list|set|config|defaults).*)?, resource (config|show|list|describe|status|create|enable|cleanup|refresh|update|move|clear|debug-start|manage|group|meta|locate|start|relations), constraint( .*(show|list|config|location|order|colocation).*)?, stonith (config|show|list|describe|status|create|history|sbd status|cleanup|enable|update), node (attribute|utilization|unstandby|unmaintenance|show|status|list|online|ready|health), node$, cluster (status|cib|auth|setup|start|enable|sync|verify|config( show)?|corosync|report|health|pcsd-status|node add), quorum( (status|config|device status))?, tag, alert, booth (status|config), host auth, pcsd (status|auth|certkey), acl show, configure (show|load|verify|edit|primitive|group|location|order|colocation|clone|ms|property), ra (list|info|classes|meta), cib (list|diff|new|use), corosync (status|show|log|diff), history, report, script (list|show|describe), site, template, status\\S*, verify',
    never:
      /(^|\s)(--force|-K|--fence|-F|-R|--remove|--cleanup-all|-D|--delete)(\s|$)|\bstandby\b(?!-)|\b(un)?maintenance=true|maintenance-mode=true|stonith-enabled=false/,
    asks: [
      'pcs cluster destroy --all',
      'pcs resource disable vip',
      'pcs stonith fence node2',
      'crm resource stop pgsql',
      'crm configure erase',
      'crm_node -R node3 --force',
      'pcs node standby node1',
      'pcs cluster stop --all',
    ],
    passes: [
      'pcs status --full',
      'pcs config',
      'crm configure show',
      'crm status',
      'pcs resource cleanup vip',
      'pcs property list',
    ],
  },
]
