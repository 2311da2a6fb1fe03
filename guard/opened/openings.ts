import type { ActionType } from '../../schema/guard.ts'

/** A file by which a machine decides whom and what it trusts, and the lines with which it trusts too much. */
export type Opening = {
  readonly action: ActionType
  readonly path: RegExp
  readonly text: RegExp
  /** Lines that say the same of less. */
  readonly unless?: RegExp
  /** Only where it comes on top of what stands there: another rule has what takes its place. */
  readonly added?: true
  /** Only where an editor changes lines of what stands there. */
  readonly edited?: true
  /** Only where the text takes the place of all that stands there. */
  readonly whole?: true
  /** What comes from elsewhere asks, whatever it is. */
  readonly unseen?: true
  readonly because: string
}

const unproven = 'From now on it installs what nobody vouches for.'
const everybody = 'Whoever reaches it gets in, and is asked for nothing.'

export const openings: readonly Opening[] = [
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/(passwd|g?shadow|group)$/,
    text: /\S|^$/,
    added: true,
    because: 'It writes among the accounts past the tools that keep them whole.',
  },
  {
    action: 'bulk_permission_change',
    path: /^\/(usr\/local\/)?etc\/sudoers(\.d\/(?!\.)|$)/,
    text: /=\s*(\([^)\n]*\)\s*)?([A-Z]+:\s*)*(ALL\s*(,|$)|\S*\/((ba|da|z|k)?sh|su|vim?|nano|ed|less|more|man|find|env|python[\d.]*|perl|ruby|awk|tee|cp|mv|dd|chmod|chown|tar|docker|visudo|passwd|usermod)\s*(,|$|\*))|!\s*authenticate|^\s*ALL\s+ALL\s*=/m,
    unless: /^(?![\s\S]*!\s*authenticate)\s*(root|%(sudo|wheel|admin))\s+ALL\s*=\s*\(ALL(:ALL)?\)\s*ALL\s*$/,
    unseen: true,
    because: 'It makes somebody root who may do everything.',
  },
  {
    action: 'bulk_permission_change',
    path: /^\/(usr\/local\/)?etc\/doas(\.conf|\.d\/)/,
    text: /^\s*permit\b(?=.*\bnopass\b)(?!.*\bcmd\s+\S)/m,
    unseen: true,
    because: 'It makes somebody root who is asked for nothing.',
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/pam\.(d\/|conf$)|^\/etc\/security\/access\.conf$/,
    text: /pam_permit\.so|\bnullok\b|\b(auth|account)\s+(sufficient|required|optional)\s+(pam_exec|\S*\/(tmp|home|dev\/shm|opt)\/)|pam_rootok\.so.*\bsshd?\b|pam_succeed_if\.so\s+(quiet\s+)?uid\s*>=?\s*0\b|^\s*\+\s*:\s*ALL\s*:\s*ALL/m,
    unseen: true,
    because: 'It lets people in who do not prove who they are.',
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/(ld\.so\.preload|polkit-1\/(rules\.d|localauthority)\/)/,
    text: /^\s*\/|Result\.YES|ResultAny\s*=\s*yes/m,
    unless: /action\.id\s*===?\s*["']org\.(?!freedesktop\.policykit\.exec)[\w.-]+["']/,
    unseen: true,
    because: 'It runs, as whoever starts anything, or lets anybody do everything.',
  },
  {
    action: 'bulk_permission_change',
    path: /^(\/root|\/var\/root)\/\.ssh\/authorized_keys2?$/,
    text: /\b(ssh-(rsa|ed25519|dss)|ecdsa-sha2\S*|sk-\S+)\s/,
    unless: /^\s*(command=|restrict\b|from=)/,
    unseen: true,
    because: 'Whoever holds that key is root.',
  },
  {
    action: 'bulk_permission_change',
    path: /\/\.ssh\/authorized_keys2?$|^\/etc\/ssh\/(authorized_keys|.*\.keys)/,
    text: /(?!)/,
    unseen: true,
    because: 'Who gets in, decides whoever has the address that the keys come from.',
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/ssh\/sshd_config(\.d\/|$)/,
    text: /^\s*(PermitRootLogin\s+yes|PasswordAuthentication\s+yes|PermitEmptyPasswords\s+yes|HostbasedAuthentication\s+yes|StrictModes\s+no|KbdInteractiveAuthentication\s+yes|AuthorizedKeys(Command|File)\s+\S*\/(tmp|dev\/shm|var\/tmp)\/)/im,
    unseen: true,
    because: 'It opens the door of the server wider than to keys.',
  },
  {
    action: 'bulk_permission_change',
    path: /\/pg_hba\.conf$/,
    text: /^\s*(local\s+all\s+all|host\w*\s+all\s+\S+\s+(0\.0\.0\.0\/0|0\/0|::\/?0?|all))\s+trust\b|^\s*trust\b|\s+trust\s*$/m,
    unless: /^\s*host\w*\s+\S+\s+\S+\s+(127\.|::1|localhost|10\.|172\.|192\.168\.)/,
    because: everybody,
  },
  {
    action: 'bulk_permission_change',
    path: /\/(my\.cnf|mysqld?\.cnf|\S*server\.cnf|mongod\.conf|redis\S*\.conf|valkey\S*\.conf|elasticsearch\.yml|memcached\.conf|cassandra\.yaml|users\.xml)$/,
    text: /\bskip-grant-tables\b|\bprotected-mode\s+no\b|\bauthorization:\s*["']?disabled|xpack\.security\.enabled:\s*false|authenticator:\s*AllowAllAuthenticator/,
    because: everybody,
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/(docker\/daemon\.json|default\/docker|systemd\/system\/docker\.service(\.d\/|$))/,
    text: /tcp:\/\/(0\.0\.0\.0|\[?::\]?|\*|(?=:)|\/)|--tls=false/,
    unless: /tlsverify/,
    because: everybody,
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/exports(\.d\/|$)/,
    text: /(\s|^)\*?\((?=[^)\n]*\brw\b)(?=[^)\n]*\bno_root_squash\b)|\*\((?=[^)\n]*\brw\b)/m,
    because: 'Whoever reaches it may write there as root.',
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/(selinux\/config|sysconfig\/selinux|default\/grub|kernel\/cmdline|hosts\.(allow|equiv))$|\/\.rhosts$/,
    text: /^\s*SELINUX\s*=\s*(disabled|permissive)|\b(selinux|apparmor|enforcing)=0\b|\binit=\/bin\/|^\s*(ALL|sshd)\s*:\s*ALL\s*$|^\s*\+(\s+\+)?\s*$/m,
    because: 'It takes away what holds programs to what they may do.',
  },
  {
    action: 'opaque',
    path: /^\/etc\/apt\//,
    text: /\[[^\]\n]*(trusted|allow-insecure)\s*=\s*(yes|true|1)|^\s*(Trusted|Allow-Insecure):\s*yes|(AllowUnauthenticated|AllowInsecureRepositories|AllowDowngradeToInsecureRepositories|AllowWeakRepositories)\s+"?(true|1|yes)|Verify-(Peer|Host)\s+"?(false|0|no)/im,
    because: unproven,
  },
  {
    action: 'opaque',
    path: /^\/etc\/(yum\.repos\.d\/|dnf\/|yum\.conf|zypp\/)/,
    text: /(^|\s)(repo_|local_?pkg_|pkg_)?gpgcheck\s*=\s*(0|false|no|off)|(^|\s)gpg_?check\s*=\s*off|(^|\s)sslverify\s*=\s*(0|false|no)/im,
    because: unproven,
  },
  {
    action: 'opaque',
    path: /^\/etc\/pacman(\.conf|\.d\/)/,
    text: /SigLevel\s*=\s*(Never|[^\n]*TrustAll)/i,
    because: unproven,
  },
  {
    action: 'opaque',
    path: /\/(pip\.conf|\.?npmrc|\.yarnrc(\.yml)?|\.condarc|\.gemrc|opkg\.conf)$/,
    text: /trusted-host\s*=\s*\S|strict-ssl\s*[= ]\s*"?false|enableStrictSsl:\s*false|ssl_verify:\s*false|:ssl_verify_mode:\s*0|option\s+check_signature\s+0/i,
    because: unproven,
  },
  {
    action: 'bulk_permission_change',
    path: /^\/etc\/ld\.so\.conf(\.d\/|$)/,
    text: /^\s*\/(tmp|var\/tmp|dev\/shm|home)(\/|\s*$)/m,
    because: 'Whoever may write there runs as whoever starts anything.',
  },
  {
    action: 'ssh_access_removal',
    path: /^\/etc\/ssh\/sshd_config(\.d\/|$)/,
    text: /^\s*(ListenAddress\s+(127\.|::1|localhost)|PubkeyAuthentication\s+no\b|DenyUsers\s+\*|AllowUsers\s+nobody)/im,
    because: 'It turns everybody away who does not sit at the machine.',
  },
]
