import { drivers } from '../rules/listed/drivers.ts'
import { badKnob } from './kernel.ts'
import type { Opening } from './openings.ts'

const shutOut = 'Nobody, or fewer people, get in any more.'
const startsNot = 'The machine may not start, or not find its disks, the next time.'
const unreachable = 'The machine may not be reached any more when that is read.'
const everyLogin = 'It runs at every log-in, and ends or spoils it.'
const noRecord = 'What happens there is not recorded any more.'
const lost = 'What was written may be lost when the power fails, or is not kept at all.'
const reset = (path: RegExp, text: RegExp, because: string, more: Partial<Opening> = {}): Opening => ({
  action: 'configuration_reset',
  path,
  text,
  because,
  ...more,
})

/** Files by which a machine starts, is reached and lets people in, and the lines with which it does so no longer. */
export const shutting: readonly Opening[] = [
  reset(/^\/etc\/sysctl(\.conf|\.d\/)/, badKnob, 'With that setting the machine does not work as it did.'),
  reset(
    /^\/etc\/modprobe\.d\//,
    new RegExp(String.raw`^\s*(blacklist\s+${drivers}\s*$|install\s+${drivers}\s+\S*\/(false|true))`, 'm'),
    startsNot,
  ),
  reset(
    /^\/etc\/(netplan\/|network\/interfaces|systemd\/network\/|sysconfig\/network(-scripts)?\/(ifcfg|route)|NetworkManager\/system-connections\/)/,
    /dhcp|address|gateway|netmask|\bmanual\b|\bstatic\b|onboot|bootproto|\bvia\b|\biface\b|\bauto\b|bridge|vlan|bond|\d+\.\d+\.\d+\.\d+/i,
    unreachable,
    { edited: true, unless: /dns|nameserver/i },
  ),
  reset(/^\/etc\/sysconfig\/network(-scripts)?\/ifcfg/, /^\s*ONBOOT\s*=\s*["']?no\b/im, unreachable),
  reset(
    /^\/etc\/resolv\.conf$/,
    /^(?![\s\S]*(?:^|\n)\s*nameserver\s+(?!127\.(?!0\.0\.53)|0\.0\.0\.0|::1?(?:\s|$)))/,
    'No name can be resolved any more.',
    { whole: true },
  ),
  reset(
    /^\/etc\/hosts$/,
    /^(?![\s\S]*(?:^|\n)\s*(?!127\.|::1|ff0|fe0|#)[\da-f.:]+\s+\S)/,
    'The names that stand there are gone.',
    { whole: true },
  ),
  reset(
    /^\/etc\/hosts$/,
    /^\s*[\da-f.:]+\s.*\b(security\.(debian|ubuntu)|(deb|archive|security|ports|packages|mirrors?|registry|api|updates?|download|repo)\.[\w-]+\.(org|com|io|net)|(github|gitlab|pypi|docker|google|microsoft|npmjs|letsencrypt)\.(com|org|io))\b/im,
    'A name that everybody trusts leads elsewhere.',
  ),
  reset(
    /^\/etc\/(nftables\.conf|iptables\/rules\.v[46]|sysconfig\/ip6?tables|ufw\/\w+\.rules|ipset\.conf)$/,
    /^(?![\s\S]*\b(accept|ACCEPT)\b)/,
    'The rules of the firewall that stand there are gone.',
    { whole: true },
  ),
  reset(/^\/etc\/nsswitch\.conf$/, /./, 'It decides who and which host is known.', { edited: true }),
  reset(/^\/etc\/pam\.(d\/|conf$)/, /pam_deny\.so/, shutOut, { unless: /pam_(unix|sss|permit)\.so/ }),
  reset(/^\/etc\/pam\.(d\/|conf$)/, /\b(optional|sufficient)\b/, 'People may get in without proving who they are.', {
    edited: true,
  }),
  reset(
    /^\/etc\/security\/(limits\.(conf$|d\/)|access\.conf$)/,
    /^\s*\S+\s+(hard|soft|-)\s+(nproc\s+\d{1,2}|max(sys)?logins\s+0|nofile\s+\d{1,2}|(as|fsize|data|rss|stack)\s+\d{1,4})\s*$|^\s*-\s*:\s*ALL(\s+EXCEPT\s+root)?\s*:\s*ALL/m,
    shutOut,
  ),
  reset(/^\/etc\/shells$/, /^\s*\/\S*\/(false|nologin)\s*$/, shutOut, { whole: true }),
  reset(
    /^\/etc\/ssh\/sshd_config(\.d\/|$)/,
    /^\s*(UsePAM\s+no|MaxSessions\s+0|MaxStartups\s+0|AuthorizedKeysFile\s+(none|\/dev\/null)|AllowGroups\s+nobody|ForceCommand\s+\S*(false|nologin|exit))\b/im,
    shutOut,
  ),
  reset(/^\/etc\/ssh\/sshd_config(\.d\/|$)/, /^\s*((Allow|Deny)(Users|Groups)\s+\S|yes\s*$|no\s*$)/im, shutOut, {
    edited: true,
  }),
  reset(
    /^\/(usr\/local\/)?etc\/sudoers(\.d\/|$)/,
    /^\s*Defaults\s+(\S*,)?(targetpw|rootpw|runaspw|!log\w*|!syslog|!env_reset|!secure_path)|env_keep\s*\+?=.*LD_|NOPASSWD:\s*\/\S*\*/m,
    'It changes who becomes root, or hides what root does.',
  ),
  reset(/^\/etc\/sudoers$/, /^(?!\s*Defaults\b)/, 'It changes who becomes root.', { edited: true }),
  reset(
    /^\/etc\/fstab$/,
    /^\s*[^#\s]\S*\s+\/(etc|var|usr|home|boot|root|lib|opt|srv)?\s+(tmpfs|overlay|none)\b|^\s*[^#\s]\S*\s+\/\s+\S+/m,
    startsNot,
    { added: true },
  ),
  reset(/^\/etc\/fstab$/, /^(?!\s*#).*(UUID=|LABEL=|\/dev\/|\bnoauto\b|\bext[234]\b|\bxfs\b|\bbtrfs\b)/m, startsNot, {
    edited: true,
  }),
  reset(/^\/boot\/(grub2?\/|efi\/|loader\/|extlinux\/|cmdline|config\.txt)|^\/etc\/crypttab$/, /^/, startsNot, {
    edited: true,
  }),
  reset(
    /^\/etc\/(profile(\.d\/|$)|bash\.?bashrc$|bashrc$|environment$|zsh|csh)|\/\.(bashrc|profile|bash_profile|bash_login|zshrc|zprofile|zshenv)$/,
    /^\s*(exit|logout|exec\s+\S*(false|true|nologin))\b(\s+\d+)?\s*$|^\s*(export\s+)?(PATH=["']?(\s*$|(\.|\/tmp|\/dev\/shm|\/var\/tmp)[:/])|LD_(PRELOAD|AUDIT|LIBRARY_PATH)=["']?\/(tmp|var\/tmp|dev\/shm|home)|TMOUT=[1-9]\b)|alias\s+(?!rm=)[\w.-]+=["']?\s*(sudo\s+)?(rm\s+-\w*[rf]|mkfs|dd\s+if=|shutdown|reboot|poweroff|halt|kill\s+-9)|:\s*\(\)\s*\{\s*:/m,
    everyLogin,
  ),
  reset(
    /^\/(etc|lib|usr\/lib|run)\/systemd\/(system|user)\//,
    /^\s*Exec(Start|Stop|Reload)\s*=\s*[-@:+!]*\S*\/(true|false)\s*$/m,
    'The unit does nothing any more.',
  ),
  reset(
    /^\/etc\/(systemd\/journald\.conf|rsyslog\.(conf|d\/)|syslog)/,
    /^\s*Storage\s*=\s*none|^\s*\*\.\*\s+(~|stop|\/dev\/null)|^\s*SystemMaxUse\s*=\s*\d{1,2}[KM]?\s*$/im,
    noRecord,
  ),
  reset(/^\/etc\/audit\/(auditd\.conf|rules\.d\/|audit\.rules)/, /^\s*-(D|e\s*0)\s*$|write_logs\s*=\s*no/m, noRecord),
  reset(
    /\/docker\/daemon\.json$/,
    /"?data-root"?|^\/mnt\/|"(userns-remap|storage-driver)"/,
    'Every container and image that is there is no longer found.',
  ),
  reset(
    /\/(postgresql(\.auto)?\.conf|my\.cnf|mysqld?\.cnf|\S*server\.cnf|redis\S*\.conf|mongod\.conf)$/,
    /^\s*(fsync|full_page_writes)\s*[= ]\s*["']?off|innodb_force_recovery\s*=\s*[4-6]|^\s*save\s+""/im,
    lost,
  ),
  reset(
    /^\/etc\/(squid\/|postfix\/main\.cf|bind\/|named|vsftpd|snmp\/|samba\/smb\.conf|proftpd)/,
    /^\s*http_access\s+allow\s+all|^\s*mynetworks\s*=\s*(0\.0\.0\.0\/0|.*\b0\/0)|allow-(transfer|recursion|update)\s*\{\s*any\s*;|^\s*anonymous_enable\s*=\s*yes|^\s*rwcommunity\s+public/im,
    'Whoever reaches it may use it, and is asked for nothing.',
  ),
  reset(
    /^\/etc\/apt\/sources\.list/,
    /^(deb\s.*\b(sid|unstable|experimental)\b|\s*(sid|unstable|experimental)\s*$)/m,
    'It takes the system to another release, of which nothing goes back.',
  ),
]
