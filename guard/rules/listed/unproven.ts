import type { Row } from './row.ts'

const unproven = 'It installs what nobody vouches for.'

/** Programs that are put in, and modules of the kernel, although nothing proves where they come from. */
export const unprovenRows: readonly Row[] = [
  {
    action: 'opaque',
    of: 'apt apt-get aptitude nala',
    words:
      /(^|\s)--(allow-unauthenticated|allow-insecure-repositories)\b|(^|\s)(-o|--option)[ =]?["']?(APT::Get::AllowUnauthenticated|Acquire::(AllowInsecureRepositories|https?::Verify-\w+|https::\S*Verify-\w+))[= ]["']?(true|1|yes|false|0|no)/i,
    unless: /Allow\w+[= ]["']?(false|0|no)\b|Verify-\w+[= ]["']?(true|1|yes)\b/i,
    because: unproven,
    risk: 'high',
  },
  {
    action: 'opaque',
    of: 'add-apt-repository apt-add-repository',
    words: /\[[^\]]*(trusted|allow-insecure)=(yes|true|1)|(^|\s)--allow-unauthenticated/,
    because: unproven,
  },
  {
    action: 'opaque',
    of: 'dnf dnf5 yum microdnf zypper tdnf',
    words:
      /(^|\s)--(nogpgcheck|no-gpg-?checks?|no-gpg-check|allow-unsigned-rpm|skip-gpg)\b|--setopt[ =]\S*(gpgcheck|sslverify)=(0|false|no)|^(?=.*\b(install|in|localinstall|update|reinstall)\b).*\shttp:\/\/\S+\.rpm/i,
    because: unproven,
    risk: 'high',
  },
  {
    action: 'opaque',
    of: 'rpm',
    words:
      /^(?=.*(^|\s)(-[a-zA-Z]*[iUF]\w*|--install|--upgrade|--freshen)\b)(?=.*(--nosignature|--nodigest|--no-?verify|\s(http|ftp):\/\/))/,
    because: unproven,
    risk: 'high',
  },
  {
    action: 'opaque',
    of: 'dpkg',
    words: /(^|\s)--(no-debsig|force-bad-verify)\b/,
    because: unproven,
  },
  {
    action: 'opaque',
    of: 'apk opkg pacman flatpak snap xbps-install eopkg swupd',
    words:
      /(^|\s)--(allow-untrusted|no-check-certificate|force-signature|no-gpg-verify|dangerous|nosigcheck|ignore-signature|no-verify-signatures)\b|^-U\S*\s.*http:\/\//,
    because: unproven,
  },
  {
    action: 'opaque',
    of: 'pip pip3 pipx uv poetry',
    words:
      /(^|\s)--(trusted-host|allow-insecure-host)\b|^(?=.*\binstall\b)(?=.*\s(-i|--(extra-)?index-url|git\+)[ =]?(\S*\+)?http:\/\/(?!localhost|127\.))/,
    because: unproven,
  },
  {
    action: 'opaque',
    of: 'npm yarn pnpm gem helm conda cpan cpanm',
    words:
      /--(strict-ssl[ =]false|registry[ =]http:\/\/(?!localhost|127\.)|insecure-skip-tls-verify)|\bconfig set strict-ssl[ =]false|^install\b.*(--source|-s)[ =]http:\/\/(?!localhost|127\.)/,
    because: unproven,
  },
  {
    action: 'opaque',
    of: 'insmod',
    words: /^(?!\/(usr\/)?lib\/modules\/)\S/,
    because: 'What becomes a part of the kernel comes from a place of nobody.',
    risk: 'high',
  },
  {
    action: 'opaque',
    of: 'modprobe',
    words: /(^|\s)(--force(-vermagic|-modversion)?|-f|-C ?\/(tmp|dev\/shm|home)|-d ?\/(tmp|dev\/shm|home))(\s|\/|$)/,
    because: 'What becomes a part of the kernel was made for another.',
  },
  {
    action: 'opaque',
    of: 'apt-key rpm easy_install zypper',
    words:
      /^(adv\b.*--fetch-keys|--import|-\S+ --import|addrepo|ar)\s.*\s?http:\/\/(?!localhost|127\.)|^https?:\/\/\d+\.|^http:\/\//,
    because: 'Whose programs count as proven, anybody on the way may decide.',
  },
  {
    action: 'configuration_reset',
    of: 'ln',
    words:
      /^-\w*f\w*\s.*\s\/(usr\/)?lib(32|64)?(\/[\w-]+)?\/(libc|ld-linux[\w-]*|ld-musl[\w-]*|libpam|libcrypto|libssl|libpthread|libsystemd)[\w.-]*\.so[\d.]*$/,
    because: 'Every program of the system runs by it.',
    risk: 'high',
  },
]
