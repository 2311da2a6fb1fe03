import type { Row } from './row.ts'

const bulk = 'It removes whatever a list or a pattern of packages holds.'

const forced = 'It is forced past what keeps the system whole.'

/** Package tools beside the usual ones. */
export const softwareRows: readonly Row[] = [
  {
    action: 'package_bulk_remove',
    of: 'apt apt-get aptitude nala',
    words:
      /(^|\s)--(allow-remove-essential|force-yes)\b|--allow-downgrades\b.*\s(libc6|libc-bin|libssl\S*|systemd|openssl|base-files|dpkg|apt)\b/,
    because: forced,
    risk: 'high',
  },
  {
    action: 'package_bulk_remove',
    of: 'dpkg',
    words: /(^|\s)--force-(all|depends|remove-\w+|bad-\w+)\b/,
    because: forced,
    risk: 'high',
  },
  {
    action: 'package_bulk_remove',
    of: 'rpm',
    words: /^(?=.*--nodeps)(?=.*(--force|--replacepkgs|--oldpackage))(?!.*--test)/,
    because: forced,
    risk: 'high',
  },
  {
    action: 'package_bulk_remove',
    of: 'dnf dnf5 yum',
    words: /\bdowngrade\b.*\s(glibc|systemd|kernel|openssl)\S*/,
    because: forced,
    risk: 'high',
  },
  {
    action: 'package_bulk_remove',
    of: 'pacman yay paru',
    words: /--overwrite[= ]\S*[*\uE001]|(^|\s)-S\w*dd\b/,
    because: forced,
    risk: 'high',
  },
  { action: 'package_bulk_remove', of: 'flatpak', words: /^(uninstall|remove)\b.*--all\b/, because: bulk },
  { action: 'package_bulk_remove', of: 'pkg', words: /^(delete|remove)\b.*(\s-\w*a\w*\b|--all)/, because: bulk },
  {
    action: 'package_bulk_remove',
    of: 'nix-env',
    words: /(-e|--uninstall)\s+\S*[*.]|(^|\s)--delete-generations\b/,
    because: bulk,
  },
  {
    action: 'package_bulk_remove',
    of: 'nix-collect-garbage',
    words: /(^|\s)(-d|--delete-old)\b/,
    because: 'It removes every state that one could go back to.',
  },
  { action: 'package_bulk_remove', of: 'removepkg slackpkg upgradepkg', words: /^(remove\b)?.*\*/, because: bulk },
  { action: 'package_bulk_remove', of: 'aptitude', words: /(^|\s)(purge|remove)\b.*[~?]/, because: bulk },
  {
    action: 'package_bulk_remove',
    of: 'emerge',
    words: /(-\w*C|--unmerge|-\w*c|--depclean)\b.*(@|sys-(libs|apps|kernel)\/)/,
    because: 'It removes what the system does not work without.',
  },
  { action: 'package_bulk_remove', of: 'pacman yay paru', words: /(^|\s)-R\w*(\s.*)?\s-(\s|$)/, because: bulk },
  {
    action: 'package_bulk_remove',
    of: 'pip pip3 uv',
    words: /(^|\s)uninstall\b.*\s(-r|--requirement)\b/,
    because: bulk,
  },
  {
    action: 'package_bulk_remove',
    of: 'apk',
    words: /(^|\s)del\b.*\s(busybox|musl|alpine-base\w*|apk-tools|openrc|libc-utils)(\s|$)/,
    because: 'It removes what the system does not work without.',
  },
  {
    action: 'package_bulk_remove',
    of: 'swupd guix conda mamba',
    words: /^(bundle-remove|remove|env remove|package -r)\b.*(--all|\*)|^remove\b.*--all|\benv remove\b/,
    because: bulk,
  },
  {
    action: 'package_bulk_remove',
    of: 'gem',
    words: /^uninstall\b.*(--all|-a\b|-aI\w*)(?!\w)/,
    many: true,
    because: bulk,
  },
  { action: 'package_bulk_remove', of: 'dpkg', words: /--clear-selections/, because: bulk },
  {
    action: 'package_bulk_remove',
    of: 'dnf yum',
    words: /\bhistory (undo|rollback)\b|\bgroup (remove|erase)\b|\bgroupremove\b|\bmodule reset \*/,
    because: 'It takes back whole transactions or groups of packages.',
  },
  {
    action: 'configuration_reset',
    of: 'pvecm',
    words: /^(delnode|expected 1)\b/,
    because: 'It takes a node out of the cluster.',
  },
  {
    action: 'configuration_reset',
    of: 'etckeeper',
    words: /^vcs (reset --hard|clean -\w*f|checkout (-f|--) )/,
    because: 'It resets the whole of /etc.',
  },
  {
    action: 'configuration_reset',
    of: 'git',
    words: /(^|\s)-C \/etc\/?\s.*(reset\b.*--hard|clean\b.*-\w*f|checkout (-f|-- \.))/,
    because: 'It resets the whole of /etc.',
  },
  {
    action: 'configuration_reset',
    of: 'crontab',
    words: /^(-u \S+ )?\/dev\/null$/,
    because: 'It removes every scheduled job of a user.',
  },
  {
    action: 'configuration_reset',
    of: 'authselect pam-auth-update',
    words: /--force\b.*|\bdisable-feature\b/,
    because: 'It replaces how people are let in.',
  },
  {
    action: 'configuration_reset',
    of: 'nvram fw_setenv flash_lock',
    words: /\bclear\b|-c\b/,
    because: 'It clears the firmware settings.',
  },
  {
    action: 'configuration_reset',
    of: 'ipmitool',
    words: /\b(mc reset|raw 0x30|lan set \d+ ipsrc|user disable|sol deactivate all|chassis bootdev)\b|\bsel clear\b/,
    unless: /bootdev (pxe|disk)/,
    because: 'It resets the controller of the machine.',
  },
  {
    action: 'configuration_reset',
    of: 'midclt',
    words: /\b(config\.reset|system\.general\.reset|replication\.delete|pool\.dataset\.delete)\b/,
    because: 'It resets what the machine was set up to be.',
  },
  {
    action: 'configuration_reset',
    of: 'gitlab-ctl',
    words: /\b(cleanse|uninstall)\b/,
    because: 'It removes everything that it has set up.',
  },
  {
    action: 'configuration_reset',
    of: 'ipa-server-install ipa-client-install',
    words: /--uninstall\b/,
    because: 'It takes the machine, or the whole domain, apart.',
  },
  {
    action: 'configuration_reset',
    of: 'synodsdefault',
    words: /default|reset/,
    because: 'It resets the device to how it was delivered.',
  },
  {
    action: 'configuration_reset',
    of: 'uci',
    words: /\b(delete|revert)\b.*(network|firewall|system)/,
    because: 'It removes settings.',
  },
  {
    action: 'package_bulk_remove',
    of: 'apt apt-get aptitude',
    words: /\bpurge\b.*\s(mysql|mariadb|postgresql|mongodb|redis|influxdb|elasticsearch)\S*(\s|$)/,
    unless: /(^|\s)(-s|--simulate|--just-print)\b/,
    because: 'With the settings of a database server its data may go.',
  },
  {
    action: 'package_bulk_remove',
    of: 'snap',
    words: /^remove\b.*\s(lxd|microk8s|docker|nextcloud|snapd|core\d*)(\s|$)/,
    because: 'What it keeps and runs goes with it.',
  },
  {
    action: 'package_bulk_remove',
    of: 'tasksel',
    words: /^remove\b/,
    because: 'It removes every package of a task.',
  },
  {
    action: 'configuration_reset',
    of: 'a2dissite a2dismod a2disconf',
    words: /\*/,
    because: 'It switches off whatever fits a pattern.',
  },
]
