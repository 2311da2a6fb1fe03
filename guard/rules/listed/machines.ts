import type { Row } from './row.ts'

const ends = 'It ends the whole machine; somebody has to start it again by hand.'
const restarts = 'Everything that runs there stops and starts again.'

/** Power, services, users, and devices by their rarer tools. */
/** Words for the kernel with which nothing of the system is started. */
const startsNothing =
  /\b(rd\.break|init=\S*\/(ba|da)?sh\b|systemd\.unit=(emergency|rescue|halt|poweroff)|(GRUB_CMDLINE\w*|--args)[ =]\S*\b(single|emergency)\b)/

export const machineRows: readonly Row[] = [
  {
    action: 'configuration_reset',
    of: 'sed echo printf tee grubby kernelstub perl',
    words: new RegExp(
      `${startsNothing.source}.*(default/grub|kernel/cmdline|loader/|extlinux)|--(args|add-options)\\b.*${startsNothing.source}`,
    ),
    because: 'The next start would end in a shell without services.',
  },
  {
    action: 'system_reboot',
    of: 'sed perl',
    words:
      /s(.)\^?(stretch|buster|bullseye|bookworm|trixie|forky|focal|jammy|noble|bionic|stable|testing|v?3\.\d\d)\b.*\1\w+.*\/etc\/(apt\/|apk\/repositories)/,
    because: 'It takes the system to another release, of which nothing goes back.',
  },
  {
    action: 'user_removal',
    of: 'sed perl',
    words: /s(.)\^?root:.*\1.*\/etc\/(shadow|passwd)\b/,
    because: 'It takes the password or the shell of root away.',
  },
  {
    action: 'system_reboot',
    of: 'dnf dnf5 yum',
    words: /^(system-upgrade|offline|offline-upgrade|offline-distrosync) reboot\b/,
    because: 'It restarts, to install another release.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'ln',
    words: /(^|\s)-\w*f\w*\b.*\s\/(usr\/)?bin\/(ba|da)?sh$/,
    because: 'Another program takes the place of the shell of the system.',
  },
  {
    action: 'raw_device_write',
    of: 'grub-install grub2-install extlinux lilo',
    words: /(^|\s)\/dev\/\w+/,
    because: 'It writes a boot loader over that of a disk.',
  },
  {
    action: 'bulk_permission_change',
    of: 'echo printf sed tee',
    words:
      /!authenticate\b.*\/etc\/sudoers|\/etc\/sudoers\S* .*!authenticate|(^|\s|')ALL\s+ALL\s*=\s*\(.*\/etc\/sudoers|\/etc\/sudoers\S* ALL\s+ALL\s*=\s*\(/,
    fed: true,
    because: 'Everybody would be root.',
  },
  {
    action: 'user_removal',
    of: 'chpasswd',
    words: /(^|\s)root:/,
    fed: true,
    because: 'Whoever knew the password of root does not get in any more.',
  },
  {
    action: 'system_reboot',
    of: 'dd cp install cat',
    words: /(of=|\s|^)\/proc\/sysrq-trigger/,
    unless: /if=\/proc/,
    because: restarts,
  },
  {
    action: 'service_bulk_disable',
    of: 'init telinit',
    words: /^(1|s|single|rescue)$/i,
    because: 'It stops everything but a rescue shell.',
    risk: 'high',
  },
  {
    action: 'system_shutdown',
    of: 'pm-suspend pm-hibernate pm-suspend-hybrid powerdown zzz ZZZ s2ram s2disk synopoweroff',
    words: /^/,
    because: ends,
  },
  { action: 'system_shutdown', of: 'rtcwake', words: /(-m|--mode)[ =]?(off|mem|disk|standby|freeze)\b/, because: ends },
  {
    action: 'system_shutdown',
    of: 'echo printf tee',
    words: />+ \/sys\/power\/state|^\/sys\/power\/state$/,
    because: ends,
  },
  {
    action: 'system_reboot',
    of: 'ansible',
    words: /(-m|--module-name)[ =]?(ansible\.builtin\.|ansible\.windows\.)?(win_)?reboot\b/,
    because: restarts,
  },
  {
    action: 'system_shutdown',
    of: 'ansible',
    words: /(-m|--module-name)[ =]?(community\.general\.)?shutdown\b/,
    because: ends,
  },
  { action: 'system_reboot', of: 'salt salt-call', words: /\bsystem\.reboot\b/, because: restarts },
  { action: 'system_shutdown', of: 'salt salt-call', words: /\bsystem\.(poweroff|halt|shutdown)\b/, because: ends },
  {
    action: 'system_shutdown',
    of: 'xfce4-session-logout gnome-session-quit qdbus',
    words: /--halt|--power-off|\bshutdown\b|logout.*2/,
    because: ends,
  },
  { action: 'system_reboot', of: 'gnome-session-quit xfce4-session-logout', words: /--reboot/, because: restarts },
  {
    action: 'system_reboot',
    of: 'racadm',
    words: /serveraction (powercycle|hardreset|graceshutdown)|racreset/,
    because: restarts,
  },
  { action: 'system_shutdown', of: 'racadm', words: /serveraction powerdown/, because: ends },
  { action: 'system_reboot', of: 'esxcli', words: /\bsystem (shutdown )?reboot\b/, because: restarts },
  { action: 'system_shutdown', of: 'esxcli', words: /\bsystem shutdown poweroff\b/, because: ends },
  {
    action: 'system_shutdown',
    of: 'fence_ipmilan fence_node stonith_admin',
    words: /\b(off|--reboot|-B|-F|--fence|reboot)\b/,
    because: ends,
  },
  { action: 'system_shutdown', of: 'midclt', words: /\bsystem\.shutdown\b/, because: ends },
  { action: 'system_reboot', of: 'midclt', words: /\bsystem\.reboot\b/, because: restarts },
  {
    action: 'service_bulk_disable',
    of: 'monit',
    words: /^(stop|unmonitor)\s+all\b|^quit\b/,
    because: 'It stops everything that monit runs.',
  },
  {
    action: 'service_bulk_disable',
    of: 'sv runsvchdir',
    words: /^(stop|down|d|force-stop|exit)\b.*\*/,
    because: 'It stops everything that is supervised.',
  },
  {
    action: 'service_bulk_disable',
    of: 'initctl launchctl rcctl',
    words: /^(stop|unload|bootout|disable)\b/,
    many: true,
    because: 'It stops whatever a list of services holds.',
  },
  {
    action: 'service_bulk_disable',
    of: 'systemctl',
    verbs: 'stop disable mask',
    words:
      /(^|\s)(stop|disable|mask)\s.*\b(multi-user|graphical|basic|sysinit|network|local-fs|default|timers|sockets)\.target\b/,
    because: 'It stops everything that stands on a target.',
  },
  {
    action: 'service_bulk_disable',
    of: 'systemctl service',
    verbs: 'stop mask kill',
    words: /(^|\s)(stop|mask|kill)\s.*\b(docker|containerd)(\.service|\.socket)?\b|^(docker|containerd) stop\b/,
    because: 'Every container stops with it.',
  },
  {
    action: 'container_bulk_stop',
    of: 'systemctl service rc-service',
    verbs: 'stop mask kill',
    words: /(^|\s)(stop|mask|kill)\s.*\b(docker|containerd)(\.service|\.socket)?(\s|$)|^(docker|containerd) stop\b/,
    because: 'Every container stops with it.',
  },
  {
    action: 'user_removal',
    of: 'pveum',
    words: /^(user delete|userdel|group delete|groupdel|realm delete|acl delete)\b(\s+(?<target>\S+))?/,
    because: 'It removes a user or a group.',
  },
  {
    action: 'user_removal',
    of: 'ipa',
    words: /^(user|group|host)-(del|disable)\b(\s+(?<target>\S+))?/,
    because: 'It removes a user of the domain.',
  },
  {
    action: 'user_removal',
    of: 'chage',
    words: /(-E|--expiredate)[ =]?(0|1|1970\S*)\s.*\b(root|admin|ubuntu)\b/,
    because: 'It locks an account that the system or its administrator needs.',
  },
  {
    action: 'user_removal',
    of: 'usermod chsh',
    words:
      /(-s|--shell)[ =]?\S*(nologin|false)\s.*\b(root|admin|ubuntu)\b|\b(--lock|-L|--expiredate)\b.*\b(root|admin|ubuntu|administrator)\b/,
    because: 'It locks an account that the system or its administrator needs.',
  },
  {
    action: 'user_removal',
    of: 'kadmin kadmin.local',
    words: /\b(delprinc|delete_principal)\b/,
    because: 'It removes a user of the domain.',
  },
  { action: 'user_removal', of: 'pw', words: /^userdel\b|^user del\b/, because: 'It removes a user.' },
  {
    action: 'user_removal',
    of: 'gitlab-rails okta-cli kcadm.sh',
    words: /^delete users\b|\bUser\b.*\.destroy/,
    because: 'It removes a user.',
  },
  { action: 'bulk_permission_change', of: 'newperms', words: /\S/, because: 'It changes the rights of a whole tree.' },
  {
    action: 'bulk_process_kill',
    of: 'echo printf tee',
    words: /^['"]?[eijkf]\W.*\/proc\/sysrq-trigger/,
    because: 'The kernel ends every process.',
  },
  {
    action: 'bulk_process_kill',
    of: 'echo printf tee',
    words: /\/sys\/fs\/cgroup\/(\S*\.slice\/|unified\/)?cgroup\.(kill|freeze)\b/,
    because: 'The kernel ends every process of a whole slice.',
  },
  {
    action: 'bulk_process_kill',
    of: 'scancel',
    words: /(^|\s)(-u|--user|-t|--state|-p|--partition|-A|--account|--me|-w|--nodelist)\b/,
    because: 'It ends every job that fits.',
  },
  {
    action: 'bulk_process_kill',
    of: 'scancel qdel bkill condor_rm',
    words: /^/,
    many: true,
    because: 'It ends whatever a list of jobs holds.',
  },
  {
    action: 'service_bulk_disable',
    of: 'pcs crm',
    words: /^cluster (destroy|stop\b.*--all|stop$|erase)/,
    because: 'It stops a cluster with everything that it runs.',
    risk: 'high',
  },
  {
    action: 'configuration_reset',
    of: 'write erase',
    words: /^(erase|startup-config|nvram|flash)\b/,
    because: 'It forgets how the device was set up.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'gpg gpg2',
    words: /--delete-secret(-and-public)?-keys?\b/,
    because: 'It deletes private keys: what was encrypted for them stays shut.',
  },
  { action: 'bulk_process_kill', of: 'slay', words: /\S/, because: 'It ends everything that a user runs.' },
  {
    action: 'bulk_process_kill',
    of: 'loginctl',
    words: /^(kill|terminate)-(user|seat)\b/,
    because: 'It ends everything that a user runs.',
    risk: 'medium',
  },
  {
    action: 'opaque',
    of: 'nc ncat netcat',
    words: /(^|\s)(-\w*[ec]|--exec|--sh-exec|--lua-exec)[ =]/,
    because: 'It gives a shell to whoever is at the other end.',
  },
  {
    action: 'opaque',
    of: 'socat',
    words: /\b(exec|system|shell):/i,
    because: 'It gives a shell to whoever is at the other end.',
  },
  {
    action: 'opaque',
    of: 'bash sh zsh dash exec',
    words: /\/dev\/(tcp|udp)\//,
    because: 'It gives a shell to whoever is at the other end.',
  },
  {
    action: 'user_removal',
    of: 'ldapdelete',
    words: /\buid=/i,
    unless: /(^|\s)-\w*n\w*(\s|$)/,
    because: 'It removes a user of the directory.',
  },
  {
    action: 'system_shutdown',
    of: 'wsl',
    words: /^--shutdown\b/,
    because: 'It ends every distribution at once.',
  },
]
