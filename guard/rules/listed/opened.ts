import type { Row } from './row.ts'

const root = 'Whoever is in that group is as good as root.'
/** Of these whoever is a member can do, or read, what root can; `docker` is left out, which people who work with it are put in every day. */
const powerful = '(sudo|wheel|root|admin|lxd|incus-admin|disk|shadow)'
const asRoot = 'What runs there has the whole of the host in its hands.'

/** Acts that take nothing away but what held people and programs off: who is root, and who gets in. */
export const openedRows: readonly Row[] = [
  {
    action: 'bulk_permission_change',
    of: 'usermod useradd',
    words: new RegExp(String.raw`(^|\s)(-[a-zA-Z]*G|--groups)[ =]?(\S+,)?${powerful}(?=[,\s]|$)`),
    because: root,
  },
  {
    action: 'bulk_permission_change',
    of: 'adduser addgroup gpasswd groupmems',
    words: new RegExp(
      String.raw`^(-\S+\s+)*(?!-)\S+\s+${powerful}$|^(-a|--add|-M|--members)[ =]?\S+\s+${powerful}$|(-g|--group)[ =]?${powerful}\s.*(-a|--add)\b|--ingroup[ =]?${powerful}\s`,
    ),
    unless: /^(-d|--delete)\b|--(del|remove)\w*\b/,
    because: root,
  },
  {
    action: 'bulk_permission_change',
    of: 'pw dseditgroup',
    words: new RegExp(
      String.raw`\bgroupmod (-n )?${powerful}\s.*-m\b|\busermod\b.*-G[ =]?(\S+,)?${powerful}\b|-o edit\b.*-a\s.*\s${powerful}$`,
    ),
    because: root,
  },
  {
    action: 'bulk_permission_change',
    of: 'setcap',
    words:
      /\b(cap_(setuid|setgid|dac_override|dac_read_search|sys_admin|sys_ptrace|sys_module|chown|fowner|setfcap|sys_rawio)\b|all\b)\S*[=+]\S*[eip]|(^|\s)=\w*[ep]\w*\s/i,
    because: 'Whoever starts it can become root.',
  },
  {
    action: 'bulk_permission_change',
    of: 'docker podman nerdctl',
    words:
      /^(?=.*\b(run|create)\b)(?=.*--privileged(?!=false))(?=.*(\s(-v|--volume)[ =]?\/:\S|type=bind,(source|src)=\/,|--pid[= ]host|nsenter)).*|^(?=.*\b(run|create)\b)(?=.*(\s(-v|--volume)[ =]?\/:(?!\S+:(\w+,)*ro\b)\S+|type=bind,(source|src)=\/,(?!\S*(ro|readonly)\b)))/,
    unless: /--privileged(?=.*\s(-v|--volume)[ =]?\/:\S+:ro\b)(?!.*(chroot|--pid[= ]host|nsenter))/,
    because: asRoot,
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'dockerd containerd podman socat',
    words:
      /^(?!.*--tlsverify).*(-H|--host|system service)[ =]?.*tcp:\/\/(0\.0\.0\.0|\[?::\]?|\*|:\d)|tcp-listen:\d+(?!\S*(bind=(127|localhost)|range=)).*(docker|containerd|podman)\.sock/i,
    because: 'Whoever reaches the port is root on this machine.',
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'mysql mariadb',
    words:
      /grant\s+(all(\s+privileges)?|super)\b[^;]*\bon\s+\*\.\*\s+to\s+\S*@?['"`]?%?[^;]*(@['"`]?%|with\s+grant\s+option)/i,
    unless: /@['"`]?(localhost|127\.0\.0\.1)['"`]?[^%]*$/,
    fed: true,
    because: 'Whoever has that password, from anywhere, owns every database.',
  },
  {
    action: 'bulk_permission_change',
    of: 'psql pgcli cockroach',
    words:
      /(alter|create)\s+(role|user)\s+[^;]*\s(?<!no)superuser\b|grant\s+(all(\s+privileges)?|pg_(execute_server_program|write_server_files|read_server_files))\b[^;]*\bto\s+public\b|grant\s+pg_execute_server_program\b/i,
    fed: true,
    because: 'It makes somebody the owner of every database, or everybody of one.',
  },
  {
    action: 'bulk_permission_change',
    of: 'mysqld mysqld_safe mariadbd mariadbd-safe',
    words: /^(?=.*--skip-grant-tables\b(?!=(0|off|false)))(?!.*--skip-networking(?!=(0|off|false)))/i,
    because: 'Whoever reaches it gets in without a password.',
  },
  {
    action: 'bulk_permission_change',
    of: 'redis-cli valkey-cli keydb-cli',
    words:
      /\bconfig set (protected-mode no\b|requirepass ("")?\s*$|(dir|dbfilename) \S*(cron|\.ssh|authorized_keys|\/etc|www))/i,
    because: 'Whoever reaches it gets in, or it writes where it must not.',
  },
  {
    action: 'configuration_reset',
    of: 'aa-teardown',
    words: /^/,
    because: 'Nothing holds programs to what they may do any more.',
  },
  {
    action: 'configuration_reset',
    of: 'systemctl service rc-update update-rc.d chkconfig',
    words:
      /^(?!.*\b(re)?(start|load)\b)(?=.*\b(disable|mask|stop|off|remove|del)\b).*\b(apparmor|auditd|selinux\S*|falco\S*|osqueryd|wazuh-agent|ossec\S*|aide\S*|crowdstrike|falcon-sensor|mdatp|sysmon|clamav-daemon)(\.service)?(?=\s|$)/,
    because: 'Nothing holds programs to what they may do, or sees what they did, any more.',
  },
  {
    action: 'configuration_reset',
    of: 'auditctl',
    words: /(^|\s)(-D|-e ?0)(\s|$)/,
    because: 'Nothing records any more who does what.',
  },
  {
    action: 'bulk_permission_change',
    of: 'chown',
    words: /^(-\S+\s+)*(?!root\b|0\b|:)\S+\s.*\/s?bin\/(sudo|su|passwd|doas|pkexec|mount)(\s|$)/,
    because: 'Whoever owns it decides who becomes root.',
  },
  {
    action: 'bulk_permission_change',
    of: 'chmod',
    words:
      /^(-\S+\s+)*(0?[0-7]?[0-7]{2}[2367]|[ugo]*[oa][ugo]*\+[rx]*w\w*)\s.*\/etc\/(sudoers|pam\.d|cron|ssh|profile|ld\.so|systemd|passwd|group)/,
    because: 'Whoever may write there is root.',
  },
  {
    action: 'bulk_permission_change',
    of: 'docker podman nerdctl',
    words:
      /^(?=.*\b(run|create)\b).*\s(-v|--volume)[ =]?\/(etc|root|boot|usr|bin|sbin|lib|var|home)\/?:(?!\S+:(\w+,)*ro\b)\S/,
    because: asRoot,
  },
  {
    action: 'bulk_permission_change',
    of: 'kubectl oc',
    words:
      /^(run|create|apply|patch)\b.*("privileged"\s*:\s*true|"hostPID"\s*:\s*true|"hostPath"\s*:\s*\{\s*"path"\s*:\s*"\/")/,
    because: asRoot,
  },
  {
    action: 'bulk_permission_change',
    of: 'mysql mariadb',
    words:
      /\bupdate\s+mysql\.(user|global_priv)\b|\binsert\s+into\s+mysql\.(user|global_priv|db)\b|\bidentified\s+(by|with\s+\S+\s+by|as)\s+(''|"")/i,
    fed: true,
    because: 'It changes who gets in past the words that are for it, or lets somebody in without a password.',
  },
  {
    action: 'bulk_permission_change',
    of: 'mongosh mongo',
    words:
      /\bgrantRolesToUser\b.*['"](root|__system|dbOwner|userAdminAnyDatabase|dbAdminAnyDatabase|readWriteAnyDatabase)['"]/,
    fed: true,
    because: 'It makes somebody the owner of every database.',
  },
  {
    action: 'configuration_reset',
    of: 'psql pgcli',
    words:
      /\balter\s+system\s+set\s+"?(fsync|full_page_writes|wal_level|archive_mode|data_checksums)"?\s*(=|to)\s*['"]?(off|false|0|minimal)/i,
    fed: true,
    because: 'What was written is lost when the power fails, or cannot be brought back.',
  },
]
