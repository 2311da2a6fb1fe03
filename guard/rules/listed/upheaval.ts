import type { Row } from './row.ts'
import { badKnob } from '../../opened/kernel.ts'

const overlays = 'What stands there can no longer be seen: something else lies over it.'
const starved = 'It leaves what runs there next to nothing.'
const vital = String.raw`(\/usr)?\/s?bin\/(sudo|su|passwd|bash|sh|dash|mount|login|sshd|python3|perl|systemctl|apt|dpkg|rpm|dnf|tar|ls|cp|rm)`

/** What turns a running machine over: its processors, its clock, its mounts, its firmware, its programs. */
export const upheavalRows: readonly Row[] = [
  {
    action: 'network_interface_down',
    of: 'sysctl',
    words: badKnob,
    because: 'With that setting the machine does not work as it did.',
  },
  {
    action: 'service_bulk_disable',
    of: 'chcpu chmem',
    words: /(^|\s)(-\w*[dg]|--disable|--deconfigure)[ =]?/,
    because: 'Processors or memory go out of use under what runs.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'mount',
    words:
      /^(?=.*((^|\s)(-t ?(tmpfs|ramfs|overlay)|-\w*B|-R|--r?bind|-o ?\S*(bind|loop)|--move|-M)\b)).*\s\/(etc|usr|bin|sbin|lib\w*|boot|root|var|home|srv|opt|var\/(lib|log|www|spool|mail)|var\/lib\/(docker|containerd|mysql|mariadb|postgresql|pgsql|mongodb?|redis|libvirt|ldap|etcd|kubelet|dpkg|rpm|gitlab|rancher)|etc\/(passwd|g?shadow|group|sudoers(\.d)?|ssh(\/\S+)?|pam\.d|fstab|hosts|resolv\.conf|systemd|nginx|ssl))\/?$/,
    unless: /remount|^(-\S+ )*(--bind|-o bind|-B) (\/\S+) \3$/,
    because: overlays,
    risk: 'high',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'mount',
    words: /^(--move|-M) \/(srv|home|var|data|opt|usr)\b/,
    because: overlays,
  },
  {
    action: 'system_reboot',
    of: 'pivot_root switch_root',
    words: /\S/,
    because: 'Everything that runs loses its root.',
  },
  {
    action: 'service_bulk_disable',
    of: 'mount',
    words: /^(?=.*remount)(?=.*(^|[\s,=])ro(,|\s|$)).*\s\/(srv|data|opt|mnt\/(data|storage|user|pool))$/,
    because: 'Nothing that runs there can write any more.',
  },
  {
    action: 'configuration_reset',
    of: 'date',
    words: /^(-u )?\d{8}(\d{2}|\d{4})?(\.\d\d)?$/,
    because: 'Certificates, log-ins and clusters do not survive a jump of the clock.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'history',
    words: /^-\w*c|^-d \d/,
    because: 'It forgets who did what.',
  },
  {
    action: 'service_bulk_disable',
    of: 'systemctl',
    words:
      /set-property\b.*(\.slice|docker|containerd|mysql\w*|mariadb|postgres\w*|nginx|ssh\w*)\S*\s.*(Memory(Max|High)=(\d{1,2}M|\d+K|\d{1,7})(\s|$)|CPUQuota=[1-5]%|TasksMax=\d{1,2}(\s|$))/,
    because: starved,
  },
  {
    action: 'service_bulk_disable',
    of: 'systemctl',
    words:
      /(^|\s)(stop|mask|kill)\s(.*\s)?(dbus(-broker)?|polkit|systemd-(logind|udevd|journald)|user@\d+|multipathd?|iscsid?|open-iscsi|lvm2-\S+|zfs-\S+|proc-sys\S*)(\.service|\.socket)?(\s|$)/,
    unless: /@(test|dev)/,
    because: 'The system itself works by it.',
    risk: 'high',
  },
  {
    action: 'configuration_reset',
    of: 'ln',
    words:
      /^(-\S+ )+\S*\/(rescue|emergency|halt|poweroff|reboot|shutdown|kexec)\.target \S*\/(default|ctrl-alt-del)\.target$/,
    unless: /reboot\.target \S*ctrl-alt-del/,
    because: 'The next start would end in a state without services.',
    risk: 'high',
  },
  {
    action: 'configuration_reset',
    of: 'ln',
    words:
      /^(-\S+ )*-\w*f\w*\s(-\S+ )*(\/tmp\/|\/dev\/shm\/|\/home\/)\S* \/etc\/\S+$|^(-\S+ )*-\w*f\w*\s(-\S+ )*\S+ \/(etc|usr|var|home|opt|srv|root|boot|lib64|bin|sbin|var\/(lib|log|www)|var\/lib\/(docker|containerd|mysql|mariadb|postgresql|mongodb?|redis|libvirt|etcd|kubelet))\/?$/,
    because: 'Something else takes the place of what the system, or a server, lives by.',
    risk: 'high',
  },
  {
    action: 'configuration_reset',
    of: 'update-alternatives alternatives',
    words:
      /^(--set|--install \S+) (python3?|sh|awk|editor-never|ld|init|iptables-never)\b|^--remove-all (python3?|sh|awk|java|php)\b|^--install \/usr\/bin\/(python3?|sh|perl) /,
    because: 'Programs of the system that are written for another no longer run.',
  },
  {
    action: 'configuration_reset',
    of: 'dpkg-divert dpkg-statoverride',
    words: new RegExp(String.raw`--(add|update|remove)\b.*\s${vital}(\s|$)|^(?!--list).*\s${vital}(\s|$)`),
    unless: /^--(list|truename|listpackage)/,
    because: 'Nothing of the system finds that program, or may use it.',
  },
  {
    action: 'package_bulk_remove',
    of: 'apt-get apt-mark apt',
    words: /^(-\S+ )*dselect-upgrade\b|^(auto|minimize-manual)\b.*(\*|\$\(|\$…)|^(auto|unmarkauto)$/,
    because: 'It removes whatever a list does not name.',
  },
  {
    action: 'package_bulk_remove',
    of: 'apt-mark',
    words: /^auto\b/,
    many: true,
    because: 'Whatever nobody asked for is removed the next time.',
  },
  {
    action: 'bulk_permission_change',
    of: 'rpm',
    words: /(^|\s)--(setperms|setugids|restore)\b.*(\s-\w*a|--all|\*)/,
    because: 'It changes the rights of everything that packages put there.',
  },
  {
    action: 'configuration_reset',
    of: 'zypper',
    words: /^(-\S+ )*(rr|removerepo)\b.*(-a|--all)(\s|$)/,
    because: 'It takes every source of programs away.',
  },
  {
    action: 'system_reboot',
    of: 'zypper',
    words: /^(-\S+ )*(dup|dist-upgrade)\b.*--(allow-vendor-change|from|releasever)/,
    because: 'It takes the system to another release.',
  },
  {
    action: 'raw_device_write',
    of: 'fwupdmgr fwupdtool mstflint flint nvmupdate64e storcli mlxfwmanager',
    words:
      /^(-\S+ )*(install|install-blob|local-install|reinstall|downgrade|switch-branch)\b|(^|\s)(-u|--update|b|burn)(\s|$)/,
    unless: /--(dry-run|no-write)|^-i \S+ verify/,
    because: 'It writes firmware: a device that it does not fit does not start again.',
    risk: 'high',
  },
  {
    action: 'disk_format',
    of: 'systemd-cryptenroll',
    words: /--wipe-slot[= ]/,
    because: 'Whoever has that key does not open the disk any more.',
    risk: 'high',
  },
  {
    action: 'bulk_process_kill',
    of: 'fuser',
    words:
      /^(?=.*(^|\s)(-\w*k|--kill)).*\s(\/(var\/lib\/(mysql|mariadb|postgresql|docker|mongodb?|redis)\S*|srv|home|var|data|mnt\/\S+)|(22|3306|5432|6379|27017|9200|2379|6443|443|80)\/tcp)(\s|$)/,
    because: 'It ends a program that keeps data, or whoever uses it.',
  },
  {
    action: 'bulk_process_kill',
    of: 'kill',
    words: /\$\(\s*(sudo )?(lsof|fuser|ss)\b.*\b(3306|5432|6379|27017|9200|2379|6443|22)\b/,
    because: 'It ends a program that keeps data, or what others run in.',
  },
  {
    action: 'bulk_process_kill',
    of: 'gdb',
    words: /\bcall\s+(\(\w+\)\s*)?_?(exit|abort|kill|raise)\s*\(|\b-ex ['"]?kill\b/,
    because: 'It ends the program from within, without letting it save.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'gzip bzip2 xz zstd pigz lz4 lzma',
    words:
      /(^|\s)\/var\/lib\/(mysql|mariadb|postgresql|pgsql|mongodb?|redis|ldap|etcd|docker|libvirt)\b|^-\w*r\w*\s.*\/(etc|usr|var|boot|home|srv|lib)\/?(\s|$)/,
    unless: /(^|\s)(-\w*[cdklt]\w*|--(keep|stdout|decompress|list|test))(\s|$)/,
    because: 'Under that name, no program finds its files any more.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'rename prename file-rename perl-rename',
    words: /\s\/(etc|usr|boot|bin|sbin|lib\w*|var\/lib|var\/spool)(\/[\w.-]+)?\/\S*\*/,
    unless: /(^|\s)-(\w*n\w*|-nono|-no-act|-dry-run)(\s|$)/,
    because: 'Under other names, no program finds its files any more.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'dd',
    words: /^(?=.*\bif=\/dev\/(zero|u?random)\b)(?!.*\bcount=)(?=.*\bof=(?!\/dev\/)\S)/,
    unless: /\bof=(\/dev\/null|-)(\s|$)/,
    because: 'It fills the file system until nothing can be written any more.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'cat',
    words: /^\/dev\/(zero|u?random) >>? (?!\/dev\/)\S/,
    because: 'It fills the file system until nothing can be written any more.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'yes',
    words: />>? (?!\/dev\/)\S/,
    because: 'It fills the file system until nothing can be written any more.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'svn',
    words: /^(-\S+ \S+ )*(delete|del|remove|rm)\b.*\s(https?|svn(\+ssh)?|file):\/\/\S*\/(trunk|branches|tags)?\/?$/,
    because: 'It removes a whole line of work from the repository at once.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /\bbranch (-\w*D|--delete --force|-d -f)\s.*\b(main|master|prod\w*|release\S*|trunk|develop)\b/,
    because: 'What only that branch held is found no more.',
  },
]
