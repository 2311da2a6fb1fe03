import type { Closed } from './closed.ts'

/** What acts on many machines at once, beside the commands that it carries. */
export const fleets: readonly Closed[] = [
  {
    of: 'salt salt-ssh salt-call salt-run salt-key',
    action: 'service_bulk_disable',
    harmless: '.*',
    never:
      /(^|\s)(?!cmd\.|state\.|test\.)\w+\.(\w+_)?(delete|del|remove|purge|stop|kill|poweroff|shutdown|reboot|halt|disable|mask|absent|destroy|wipe|format|flush|rm|unmount|umount|drop|prune|uninstall|clear|reset|expire|killall|pkill|revoke|detach|rmdir|db_remove|user_remove|fire|lvremove|vgremove|pvremove|down)(_\w+)?(\s|$)|(^|\s)(-[dDrR]|--(delete|reject)(-all)?)\b.*(\*|-y|--yes)/,
    dry: /\btest=true\b/i,
    nearer: [
      [/\b(system\.)?(reboot)\b/, 'system_reboot'],
      [/\b(system\.)?(poweroff|shutdown|halt)\b/, 'system_shutdown'],
      [/\bpkg\./, 'package_bulk_remove'],
      [/\b(docker|dockerng)\./, 'container_bulk_stop'],
      [/\b(user|group)\./, 'user_removal'],
      [/\bfile\./, 'filesystem_bulk_delete'],
      [/\b(mysql|postgres|mongodb|redis)\./, 'database_drop'],
      [/\b(virt|lxc)\./, 'virtual_machine_destroy'],
      [/\b(iptables|nftables|firewalld)\./, 'firewall_flush'],
      [/--delete|--reject|-[dDrR]\b/, 'configuration_reset'],
    ],
    asks: [
      "salt '*' system.poweroff",
      "salt 'db*' docker.stop pg",
      "salt '*' service.stop nginx",
      "salt '*' virt.destroy web",
    ],
    passes: ["salt '*' test.ping", "salt '*' state.apply", "salt '*' pkg.list_upgrades", 'salt-key -L'],
  },
  {
    of: 'puppet puppetserver',
    action: 'configuration_reset',
    harmless:
      'agent, apply, resource, node deactivate, ca (list|sign|setup|generate|import), facts, parser, module, .*',
    never: /\bensure=(absent|stopped|purged)\b|\b(ca|cert|node) (clean|revoke|purge)\b|^ssl (clean|bootstrap)\b/,
    nearer: [
      [/^resource user\b/, 'user_removal'],
      [/^resource service\b/, 'service_bulk_disable'],
      [/^resource package\b/, 'package_bulk_remove'],
      [/^resource file\b/, 'filesystem_bulk_delete'],
    ],
    asks: [
      'puppet resource user jdoe ensure=absent',
      'puppetserver ca clean --certname web1',
      'puppet node purge web1',
    ],
    passes: ['puppet resource service sshd', 'puppet agent -t', 'puppet config print', 'puppet node deactivate old'],
  },
  {
    of: 'knife chef-server-ctl chef',
    action: 'configuration_reset',
    harmless:
      'ssh, bootstrap, download, (node|client|role|environment|cookbook|vault|data bag) (list|show|create|edit|run_list), \\S+ (list|show|status|download)',
    asks: ['knife node delete web1 -y', 'knife client delete web1', 'chef-server-ctl cleanse'],
    passes: ['knife node list', "knife ssh 'role:web' uptime", 'chef-server-ctl status'],
  },
  {
    of: 'auditctl',
    action: 'configuration_reset',
    options: /^-[alswFSkpRbfrvh]$|^-\w{2,}$/,
    never: /(^|\s)-(D|e ?[0]|d|W)(\s|$)/,
    asks: ['auditctl -D', 'auditctl -e 0', 'auditctl -W /etc/passwd -p wa'],
    passes: ['auditctl -l', 'auditctl -s', 'auditctl -w /etc/passwd -p wa -k id'],
  },
  {
    of: 'setenforce timedatectl aa-teardown aa-disable setsebool hwclock',
    action: 'configuration_reset',
    harmless:
      '1$, enforcing, set-timezone, set-ntp, timesync-status, list-timezones, \\S+ (on|1|true)$, \\S+=(on|1|true)$',
    never: /^set-(time|local-rtc)\b|^(0|permissive)$|--set\b|^(?!set-)\S+ (off|0|false)$/i,
    asks: ['setenforce 0', "timedatectl set-time '2001-01-01'"],
    passes: [
      'setenforce 1',
      'timedatectl',
      'timedatectl set-timezone Europe/Berlin',
      'hwclock --show',
      'setsebool -P httpd_can_network_connect on',
    ],
  },
]
