import type { Closed } from './closed.ts'

/** Small tools of the system, most of which are told by options what to do. */
export const tools: readonly Closed[] = [
  {
    of: 'fsck e2fsck fsck.ext2 fsck.ext3 fsck.ext4 fsck.xfs fsck.vfat fsck.fat dosfsck fsck.btrfs ntfsfix reiserfsck jfs_fsck fsck.f2fs exfatfsck thin_repair cache_repair era_invalidate thin_restore e2undo extundelete',
    action: 'disk_format',
    options: /^-([nNvVtTfClPBbkEjLMAsRrw]*|\w*n\w*|-no-action|-check\S*|V)$/,
    never: /(^|\s)(-\w*[yapD]\w*|--rebuild-\S+|--fix-\S+|--clean-\S+|-o)(\s|$)/,
    asks: [
      'e2fsck -fy /dev/sdb1',
      'fsck -y /dev/sda2',
      'ntfsfix -d /dev/sdb1',
      'reiserfsck --rebuild-tree /dev/sdb1',
      'thin_repair -i a -o /dev/vg0/t',
    ],
    passes: ['e2fsck -fn /dev/vg0/srv', 'fsck -N /dev/sdb1', 'fsck -n /dev/sdb1', 'ntfsfix -n /dev/sdb1'],
  },
  {
    of: 'xfs_db debugfs tune2fs e2label dumpe2fs xfs_admin btrfstune swaplabel',
    action: 'disk_format',
    harmless: '.*',
    never:
      /(^|\s)-x(\s|$)|\bwrite\s|-O ?\S*\^|(^|\s)-U (clear|random|time)|-f\b.*-(U|O|E)|-E ?\S*(clear|discard)|-[Sumn] /,
    asks: ["xfs_db -x -c 'write rootino 0' /dev/sdb1", 'tune2fs -O ^has_journal /dev/sda2', 'btrfstune -S 1 /dev/sdb'],
    passes: [
      "xfs_db -r -c 'sb 0' -c print /dev/sdb1",
      'tune2fs -l /dev/sda2',
      'dumpe2fs -h /dev/sda2',
      'tune2fs -c 30 /dev/sda2',
    ],
  },
  {
    of: 'lvchange vgchange pvchange',
    action: 'volume_group_remove',
    harmless: '.*',
    never:
      /(^|\s)(-a|-\w*a|--activate)[ =]?\w*n(\s|$)|(^|\s)(-x|--allocatable)[ =]?n|--(deltag|detachprofile|uuid|permission[ =]?r|lockstop|poll n|resync|cachemode|vdo)\b/,
    asks: ['lvchange -an vg0/data', 'vgchange -a n vg_data', 'pvchange -x n /dev/sdb1'],
    passes: ['lvchange -ay vg0/data', 'vgchange -ay', 'pvchange -x y /dev/sdb1'],
  },
  {
    of: 'exportfs losetup dmraid',
    action: 'array_stop',
    harmless: '.*',
    never: /(^|\s)(-\w*[uD]\w*|--detach-all|-an)(\s|$)/,
    dry: /^-(ra|s|v)+$|^-ar$/,
    asks: ['exportfs -ua', "exportfs -u '*:/srv/share'", 'losetup -D'],
    passes: ['exportfs -ra', 'exportfs -v', 'losetup -a'],
  },
  {
    of: 'swapoff',
    action: 'array_stop',
    harmless: '.*',
    never: /^(-\w*a|--all)/,
    asks: ['swapoff -a'],
    passes: ['swapoff /swapfile'],
  },
  {
    of: 'chattr',
    action: 'bulk_permission_change',
    harmless: '.*',
    never: /(^|\s)-\w*R\b.*[+=-]\w*[ia]\b|(^|\s)[+=-]\w*[ia]\w* -R\b/,
    asks: ['chattr -R +i /srv/www', 'chattr -R -i /etc'],
    passes: ['chattr +i /etc/resolv.conf', 'chattr -R +C /var/lib/images'],
  },
  {
    of: 'smbcontrol',
    action: 'service_bulk_disable',
    harmless:
      '\\S+ (reload-config|ping|debug|debuglevel|profile|profilelevel|printnotify|id-cache-flush|pool-usage|ringbuf-log|num-children|idmap).*',
    strict: true,
    asks: ['smbcontrol smbd shutdown', 'smbcontrol all close-share data'],
    passes: ['smbcontrol all reload-config', 'smbcontrol smbd ping'],
  },
  {
    of: 'sysctl',
    action: 'network_interface_down',
    harmless: '.*',
    never:
      /\bnet\.ipv[46]\.(ip_forward|conf\.\w+\.forwarding)\s*=\s*0|disable_ipv6\s*=\s*1|icmp_echo_ignore_all\s*=\s*1|kernel\.(panic|sysrq)\s*=.*&&|vm\.(overcommit_ratio|min_free_kbytes)\s*=\s*(0|\d{8,})|kernel\.randomize_va_space\s*=\s*0|fs\.file-max\s*=\s*\d{1,4}$|rp_filter=1 .*all/,
    asks: ['sysctl -w net.ipv4.ip_forward=0', 'sysctl -w net.ipv6.conf.all.disable_ipv6=1'],
    passes: ['sysctl -a', 'sysctl -w vm.swappiness=10', 'sysctl -p', 'sysctl -w vm.drop_caches=3'],
  },
  {
    of: 'ethtool mii-tool iw iwctl rfkill dhclient dhcpcd udhcpc',
    action: 'network_interface_down',
    harmless: '.*',
    never:
      /(^|\s)-s\b.*\b(speed|autoneg off|duplex half)\b|(^|\s)(-E|--change-eeprom|-f|--flash|--reset|-r|-x|-k|--release|-e)(\s|$)|\b(disconnect|disconnects|ibss leave)\b|\bdev \S+ del\b|^block (all|wlan|wifi|wwan|bluetooth|\d)|-p\b.*reset/,
    dry: /^-[kSgacP] \S+$/,
    asks: [
      'ethtool -s eth0 speed 10 autoneg off',
      'dhclient -r eth0',
      'rfkill block all',
      'iw dev wlan0 disconnect',
      'ethtool -E eth0 magic 0x1 offset 0 value 0',
    ],
    passes: [
      'ethtool eth0',
      'ethtool -S eth0',
      'ethtool -K eth0 tso off',
      'rfkill list',
      'iw dev',
      'dhclient -v eth0',
      'ethtool -k eth0',
    ],
  },
  {
    of: 'gh glab tea hub',
    action: 'filesystem_bulk_delete',
    harmless: '.*',
    never:
      /^(repo|project|org|secret|variable|environment|ruleset|release|ssh-key|gpg-key|runner|codespace|deploy-key|token|group|user) (delete\S*|archive|transfer|remove|rm|rename)\b|^(delete) |(^|\s)(-X ?|--method[ =])DELETE\b|^release delete-asset|^(repo )?(deploy-key|autolink) delete|^codespace delete\b.*--all/,
    nearer: [
      [/^(secret|variable|ssh-key|gpg-key|token)/, 'configuration_reset'],
      [/^user/, 'user_removal'],
    ],
    asks: [
      'gh repo delete a/b --yes',
      'gh repo archive a/b',
      'gh api -X DELETE repos/a/b',
      'gh secret delete TOKEN',
      'glab repo delete a/b',
      'gh release delete v1 -y',
      'hub delete old-repo --yes',
    ],
    passes: [
      'gh pr list',
      'gh run delete 123',
      'gh pr close 42 --delete-branch',
      'gh api repos/a/b',
      'gh release list',
      'glab mr delete 3',
    ],
  },
  {
    of: 'npm yarn pnpm cargo gem twine',
    action: 'package_bulk_remove',
    harmless: '.*',
    never: /^(npm )?(unpublish|owner (rm|remove)|team destroy|access revoke|token revoke|hook rm|org rm|yank)\b/,
    asks: ['npm unpublish mypkg --force', 'cargo yank --version 1.0.0', 'npm owner rm bob pkg', 'gem yank a -v 1'],
    passes: [
      'npm uninstall left-pad',
      'yarn remove lodash',
      'cargo clean',
      'npm unpublish a --dry-run',
      'gem uninstall rubocop',
    ],
  },
  {
    of: 'ansible-playbook',
    action: 'configuration_reset',
    harmless: '.*',
    never:
      /(^|[\s/._-])(destroy|wipe|tear-?down|decommission|nuke|purge|uninstall|factory-?reset|shutdown|poweroff|reboot|delete|remove|format|cleanup-all|drain|reset)[\w-]*\.ya?ml\b|(--tags|-t)[ =]\S*(destroy|wipe|teardown|decommission|nuke|purge|uninstall|shutdown|delete|remove|reboot)\b|\bstate=absent\b/,
    dry: /(^|\s)(-C|--syntax-check|--list-(tasks|hosts|tags))(\s|$)/,
    asks: [
      'ansible-playbook -i prod destroy.yml',
      'ansible-playbook site.yml --tags purge',
      'ansible-playbook playbooks/wipe-disks.yml',
    ],
    passes: [
      'ansible-playbook site.yml',
      'ansible-playbook wipe-disks.yml --syntax-check',
      'ansible-playbook site.yml --check --tags purge',
    ],
  },
  {
    of: 'journalctl',
    action: 'filesystem_bulk_delete',
    harmless: '.*',
    never: /--vacuum-(time=(\d+(s|sec|seconds?|min|m|h|hours?)|1d?|0\w*)|size=(\d+K?|[1-9]M)|files=[01])(\s|$)/i,
    asks: ['journalctl --vacuum-time=1s', 'journalctl --rotate --vacuum-size=1M', 'journalctl --vacuum-files=1'],
    passes: [
      'journalctl --vacuum-time=30d',
      'journalctl --vacuum-size=500M',
      'journalctl -u ssh',
      'journalctl --disk-usage',
    ],
  },
  {
    of: 'atrm authconfig authselect pam-auth-update pwconv pwunconv grpunconv cpupower',
    action: 'configuration_reset',
    harmless:
      '\\d+$, -\\S+, current, list, check, show, select, enable-feature, apply-changes, requirements, test, frequency-\\S+',
    never: /--disable|--remove\b|--force\b|\bdisable-feature\b|^(pw|grp)unconv|\buninstall\b|--restore\S*|\d+ \d+ \d+/,
    asks: [
      'authconfig --disablesssd --update',
      'authselect disable-feature with-mkhomedir',
      'pam-auth-update --remove unix',
    ],
    passes: ['atrm 4', 'authselect current', 'pam-auth-update --package'],
  },
]
