import type { Row } from './row.ts'

const root = 'Whoever is in that group is as good as root.'
const holdsNot = 'Nothing holds programs to what they may do any more.'
const seen = 'What only root may read is shown to others.'
const secret = String.raw`\/(etc\/(g?shadow|sudoers|krb5\.keytab|ssl\/private\/\S*)-?|root\/\.ssh\/id_\w+|etc\/ssh\/ssh_host_\w+_key|home\/[^/\s]+\/\.ssh\/id_\w+(?!\.pub))(?=[\s"']|$)`

/** Who somebody is, what he may read, and what holds a program to what it may do. */
export const identityRows: readonly Row[] = [
  {
    action: 'bulk_permission_change',
    of: 'usermod useradd',
    words: /(^|\s)(-\w*g|--gid)[ =]?(root|0|sudo|wheel|shadow|disk)(\s|$)/,
    because: root,
  },
  {
    action: 'user_removal',
    of: 'usermod',
    words: /(^|\s)(-p|--password)[ =]\S*.*\sroot$|(^|\s)(-U|--unlock)\s+root$|(^|\s)(-p|--password)[ =]\s\S+$/,
    because: 'It changes how root gets in.',
  },
  {
    action: 'user_removal',
    of: 'passwd',
    words: /^(-u|--unlock)( root)?$|^(--stdin root|root --stdin)\b/,
    because: 'It changes how root gets in.',
  },
  {
    action: 'bulk_permission_change',
    of: 'groupmod',
    words:
      /(^|\s)(-\w*g|--gid)[ =]?0(\s|$)|(^|\s)(-n|--new-name)[ =]?\S+ (sudo|wheel|admin|root|docker|shadow|www-data|ssl-cert)$/,
    because: 'It changes what a group may do, or whom it is found by.',
  },
  {
    action: 'user_removal',
    of: 'groupdel delgroup',
    words:
      /^(-\S+ )*(www-data|nginx|apache|postgres|mysql|ssl-cert|shadow|disk|kvm|libvirt|redis|mail|postfix|dovecot)$/,
    because: 'A service runs as that group.',
  },
  {
    action: 'bulk_permission_change',
    of: 'gpasswd',
    words: /^(-r|--remove-password|-A ?\S+) (sudo|wheel|root|admin)$/,
    because: root,
  },
  {
    action: 'user_removal',
    of: 'pwunconv grpunconv',
    words: /^(?!--help|-h)/,
    because: 'Everybody may read the passwords.',
  },
  {
    action: 'bulk_permission_change',
    of: 'setfacl',
    words:
      /(^|\s)(-\w*m|--modify)[ =]?\S*(:rw?x?|:-wx?)\S*\s.*\/(etc(\/(g?shadow|passwd|group|sudoers(\.d)?|cron\S*|ssh|pam\.d|systemd\S*|profile\.d))?|root|boot|usr|bin|sbin|lib|dev\/\S+|var\/run\/docker\.sock|run\/docker\.sock)\/?(\s|$)/,
    unless: /:r(-x?|x)?\s.*\/(etc|usr|var)\/?$/,
    because: 'Somebody else may write there, or read it.',
  },
  {
    action: 'bulk_permission_change',
    of: 'chmod',
    words:
      /^(-\S+ )*(0?[0-7]?[0-7]{2}[2367]|[ugo]*[oa][ugo]*[+=][rx]*w\w*)\s.*\/(dev\/(sd|nvme|vd|xvd|mem|kmem|kvm|mapper|dm-|md|port)\S*|(var\/)?run\/(docker|containerd\/containerd|podman\/podman|crio\/crio)\.sock|etc|usr(\/local)?\/s?bin|s?bin|lib|boot|root|etc\/(ssl\/private|cron\S*|init\.d|ld\.so\S*|logrotate\.d)(\/\S+)?)\/?(\s|$)/,
    because: 'Whoever may write there is root.',
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'chmod',
    words:
      /^(-\S+ )*(0?[0-7]?[0-7]{2}[4-7]|[ugo]*[oa][ugo]*[+=]\w*r\w*)\s.*\/(etc\/ssl\/private(\/\S+)?|etc\/krb5\.keytab|root\/\.(ssh|aws|kube|gnupg)(\/\S+)?|etc\/(letsencrypt|pki)\/\S*(key|private)\S*)(\s|$)/,
    unless: /\.pub(\s|$)/,
    because: seen,
  },
  {
    action: 'bulk_permission_change',
    of: 'chmod',
    words:
      /^(-\S+ )*0?0?([0-7]00|000)\s(.*\s)?(\/|\/usr|\/etc|\/bin|\/lib|\/var|\/home|\/home\/[\w-]+)$|^(-\S+ )*0?0?0?(000|[0-7]{0,1}[0-6]{1}[0-6]{1}[0-6])\s\/(tmp|home|var\/tmp)$|^(-\S+ )*(0?0?777|0?755|0?700)\s\/(var\/)?tmp\/?$/,
    because: 'Others cannot work there any more, or each may take what another put there.',
  },
  {
    action: 'bulk_permission_change',
    of: 'chown chgrp',
    words:
      /^(-\S+ )*(?!root:(root|docker)\b|0:)\S+ \/(var\/)?run\/(docker|containerd\/containerd|podman\/podman)\.sock$|^(-\S+ )*\S+ \/(usr\/)?s?bin\/(passwd|sudo|su|newgrp|chsh|mount)$/,
    unless: /^(-\S+ )*(docker|:docker|root) \/(var\/)?run\/docker\.sock$/,
    because: 'Whoever may write there is root.',
    risk: 'high',
  },
  {
    action: 'user_removal',
    of: 'chattr',
    words: /^(-\S+ )*\+\w*i\w*\s(.*\s)?\/etc\/(passwd|g?shadow|group|sudoers)(\s|$)/,
    because: 'Nobody can be added, removed or given a password any more.',
  },
  {
    action: 'configuration_reset',
    of: 'semanage',
    words:
      /^(permissive -a|permissive --add|(login|user|fcontext|port|boolean|module) (-D|--deleteall)|module (-d|--disable|-r|--remove)|login (-d|--delete))\b/,
    because: holdsNot,
  },
  {
    action: 'configuration_reset',
    of: 'semodule',
    words: /(^|\s)(-d|--disable|-r|--remove|-DB)(=|\s)/,
    because: holdsNot,
  },
  {
    action: 'configuration_reset',
    of: 'setsebool',
    words:
      /\b(selinuxuser_exec\w+|deny_ptrace|secure_mode\w*|httpd_(execmem|run_preupgrade)|allow_exec\w+|domain_\w+)[ =](1|on|0|off)|\bdomain_can_mmap_files/,
    because: holdsNot,
  },
  {
    action: 'configuration_reset',
    of: 'aa-complain aa-disable apparmor_parser aa-remove-unknown',
    words: /^(-R|--remove)\b|\*|^\/etc\/apparmor\.d\/?$/,
    because: holdsNot,
  },
  {
    action: 'configuration_reset',
    of: 'fixfiles restorecon',
    words: /\bonboot\b|^(-\S+ )*(-F onboot|relabel)\b|^(?=.*-\w*R)(?!.*-\w*n).*\s\/$/,
    because: 'Every file of the system gets other labels.',
  },
  {
    action: 'ssh_access_removal',
    of: 'ssh-keygen',
    words: /^(?!.*(\s|^)-\w*[lyFReiBI]).*(-f ?\/etc\/ssh\/ssh_host_\w+_key)(\s|$)/,
    because: 'Everybody who knows the server by its key turns away from it.',
  },
  {
    action: 'ssh_access_removal',
    of: 'ssh-keygen',
    words: /-f ?\S*\.ssh\/id_\w+.*\by(es)?\b\s*$/m,
    fed: true,
    unless: /^-y\b/,
    because: 'The key that was there is written over.',
  },
  {
    action: 'bulk_permission_change',
    of: 'curl wget',
    words: new RegExp(String.raw`(-F|--form|-T|--upload-file|-d|--data\S*|--post-file|--body-file)[ =]?\S*${secret}`),
    because: seen,
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'scp rsync sftp',
    words: new RegExp(String.raw`${secret}.*\s(\S+@)?(?!localhost)[\w.-]+:`),
    unless: /\.pub\s/,
    because: seen,
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'nc ncat netcat socat',
    words: new RegExp(String.raw`< ${secret}|(file|open|exec|system):\S*${secret}`, 'i'),
    because: seen,
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'cat tar',
    words: new RegExp(
      String.raw`^(?=.*(${secret}|\s\/(etc|root)(\/?\s|\/?$)))(?=.*\s\/(var\/www|srv\/(www|http)|usr\/share\/nginx)\/)(?=.*(> ?\/|^-?\w*c\w*f))`,
    ),
    because: seen,
    risk: 'high',
  },
  {
    action: 'user_removal',
    of: 'ldapmodify',
    words: /\bchangetype:\s*delete\b/i,
    fed: true,
    because: 'It removes a user, or something else, of the directory.',
  },
  {
    action: 'user_removal',
    of: 'samba-tool',
    words:
      /\buser setpassword (administrator|admin|krbtgt)\b|\bdomain passwordsettings set\b.*(--complexity[= ]off|--min-pwd-length[= ][0-4]\b)|\bdsacl set\b/i,
    because: 'Whoever knew the password does not get in any more, or anybody guesses the next.',
  },
  {
    action: 'ssh_access_removal',
    of: 'touch',
    words: /(^|\s)\/(var\/)?run\/nologin$/,
    because: 'It turns everybody but root away.',
  },
]
