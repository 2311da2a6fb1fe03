import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../commands/audit/reading.ts'
import type { CheckStatus } from '../../../schema/audit.ts'
import { judged } from './captured-audit.ts'

const missing: Answer = { text: '', exitCode: 3 }
const passwd = (more: string): string => `root:x:0:0:root:/root:/bin/bash\n${more}\n`
const ofUsers = (settings: string): string =>
  `@root\npermitrootlogin no\npasswordauthentication no\n@app\n${settings}\n`
const keysOnly = { sshd: 'permitrootlogin no\npasswordauthentication no\nkbdinteractiveauthentication no\n' }
const chain = (family: string, hook: string, rest: string): string =>
  `table ${family} filter {\n\tchain one {\n\t\ttype filter hook ${hook} priority filter; ${rest}\n\t}\n}\n`
const listening = (local: string, program = 'x'): string =>
  `tcp LISTEN 0 128 ${local} 0.0.0.0:* users:(("${program}",pid=1,fd=1))\n`
const active = (...units: string[]): string => units.map((unit) => `${unit} loaded active running A unit\n`).join('')
const enabled = (...units: string[]): string => units.map((unit) => `${unit} enabled enabled\n`).join('')

type Row = [id: string, instead: Readonly<Record<string, string | Answer>>, status: CheckStatus, evidence: RegExp]

/** Each with what was changed in the answers of a fresh host; `{}` is the fresh host itself. */
const rows: Row[] = [
  ['ssh.root-login', {}, 'warn', /permitrootlogin without-password/],
  ['ssh.root-login', { sshd: 'permitrootlogin yes\n' }, 'fail', /permitrootlogin yes/],
  ['ssh.root-login', { sshd: 'permitrootlogin no\n' }, 'pass', /permitrootlogin no/],
  ['ssh.root-login', { sshd: '' }, 'skipped', /gave no settings/],
  ['ssh.root-login', { sshd: 'usepam yes\n' }, 'skipped', /does not print PermitRootLogin/],
  ['ssh.password-authentication', {}, 'fail', /passwordauthentication yes/],
  ['ssh.root-password', {}, 'pass', /for root/],
  ['ssh.root-password', { 'sshd-users': '@root\npermitrootlogin yes\npasswordauthentication yes\n' }, 'fail', /yes/],
  ['ssh.user-passwords', {}, 'skipped', /everybody may/],
  ['ssh.user-passwords', { ...keysOnly, 'sshd-users': ofUsers('passwordauthentication no') }, 'pass', /root, app/],
  [
    'ssh.user-passwords',
    { ...keysOnly, 'sshd-users': ofUsers('passwordauthentication yes') },
    'fail',
    /app may log in/,
  ],
  ['ssh.user-passwords', { ...keysOnly, 'sshd-users': ofUsers('kbdinteractiveauthentication yes') }, 'fail', /app/],
  ['ssh.tries', { sshd: 'maxauthtries 3\n' }, 'pass', /3/],
  ['ssh.tries', { sshd: 'maxauthtries 20\n' }, 'fail', /20/],
  ['ssh.grace-time', { sshd: 'logingracetime 0\n' }, 'fail', /0/],
  ['ssh.ciphers', { sshd: 'ciphers aes256-ctr,aes128-cbc,3des-cbc\n' }, 'warn', /aes128-cbc\n3des-cbc/],
  ['ssh.key-exchanges', { sshd: 'kexalgorithms diffie-hellman-group1-sha1\n' }, 'warn', /group1/],
  ['ssh.macs', {}, 'warn', /hmac-sha1/],

  ['firewall.ipv4', {}, 'fail', /neither nft nor iptables/],
  ['firewall.ipv4', { nft: chain('ip', 'input', 'policy drop;') }, 'pass', /table ip filter, chain one/],
  [
    'firewall.ipv4',
    { nft: chain('inet', 'input', 'policy accept;\n\t\ttcp dport 22 accept\n\t\treject with icmpx admin-prohibited') },
    'pass',
    /inet/,
  ],
  [
    'firewall.ipv4',
    { nft: chain('inet', 'input', 'policy accept;\n\t\ttcp dport 22 drop') },
    'fail',
    /no chain of nft/,
  ],
  ['firewall.ipv4', { nft: chain('ip6', 'input', 'policy drop;') }, 'fail', /no chain/],
  ['firewall.ipv4', { nft: chain('ip', 'output', 'policy drop;') }, 'fail', /no chain/],
  ['firewall.ipv4', { 'iptables-4': '*filter\n:INPUT DROP [0:0]\n' }, 'pass', /iptables: chain INPUT/],
  [
    'firewall.ipv4',
    {
      'iptables-4':
        '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n',
    },
    'pass',
    /INPUT/,
  ],
  [
    'firewall.ipv4',
    { 'iptables-4': '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j DROP\n' },
    'fail',
    /no chain of iptables/,
  ],
  ['firewall.ipv6', { nft: chain('ip', 'input', 'policy drop;') }, 'fail', /no chain/],
  ['firewall.ipv6', { ipv6: '00000000000000000000000000000001 01 80 10 80       lo\n' }, 'skipped', /no IPv6/],
  ['firewall.forward', { nft: chain('inet', 'forward', 'policy drop;') }, 'pass', /chain one/],
  ['firewall.boot', { 'unit-files': enabled('nftables.service') }, 'pass', /nftables/],
  ['firewall.boot', { 'unit-files': 'ufw.service                disabled enabled\n' }, 'fail', /none is enabled/],
  ['firewall.one', { 'unit-files': enabled('ufw.service', 'nftables.service') }, 'warn', /ufw.service\nnftables/],
  [
    'firewall.ufw-default',
    { ufw: 'Status: active\nDefault: allow (incoming), allow (outgoing), disabled (routed)\n' },
    'fail',
    /allow/,
  ],
  [
    'firewall.ufw-open',
    { ufw: 'Status: active\n\nTo  Action  From\n--  --  --\nAnywhere    ALLOW IN    Anywhere\n' },
    'fail',
    /Anywhere ALLOW IN Anywhere/,
  ],
  ['firewall.ufw-open', { ufw: 'Status: inactive\n' }, 'skipped', /not in use/],

  ['fail2ban.running', { fail2ban: { text: '', exitCode: 255 } }, 'fail', /no answer/],
  ['fail2ban.running', { fail2ban: missing }, 'fail', /no fail2ban-client/],
  ['fail2ban.ssh-jail', { fail2ban: '`- Jail list:\tnginx\n' }, 'fail', /nginx/],
  ['fail2ban.ssh-jail', { fail2ban: '`- Jail list:\tsshd, nginx\n' }, 'pass', /nginx, sshd/],
  ['fail2ban.limits', { fail2ban: '`- Jail list:\tsshd\n', 'fail2ban-sshd': '20\n60\n' }, 'warn', /maxretry 20/],
  ['fail2ban.limits', { fail2ban: '`- Jail list:\tsshd\n', 'fail2ban-sshd': '3\n-1\n' }, 'pass', /bantime -1/],

  ['users.uid-zero', { accounts: passwd('toor:x:0:0::/root:/bin/sh') }, 'fail', /toor has user id 0/],
  ['users.empty-passwords', { passwords: 'root:*\napp:\n' }, 'fail', /app has an empty password/],
  ['users.shadowed', { accounts: passwd('old:set:1001:1001::/home/old:/bin/sh') }, 'fail', /old/],
  ['users.password-hash', { passwords: 'root:$1\napp:$6\n' }, 'fail', /root: \$1/],
  ['users.password-hash', { passwords: 'root:!\napp:$y\n' }, 'pass', /\$y\$/],
  ['users.passwords', { passwords: 'root:!\napp:$y\n' }, 'warn', /app has a password/],
  [
    'users.duplicate-ids',
    { accounts: passwd('a:x:1001:1001::/:/bin/sh\nb:x:1001:1001::/:/bin/sh') },
    'fail',
    /1001: a, b/,
  ],
  ['users.duplicate-names', { accounts: passwd('a:x:1001:1001::/:/bin/sh\na:x:1002:1002::/:/bin/sh') }, 'fail', /a/],
  [
    'users.system-shells',
    { accounts: passwd('www-data:x:33:33::/var/www:/bin/bash') },
    'warn',
    /www-data: \/bin\/bash/,
  ],
  ['users.sudo-nopasswd', { sudoers: '/etc/sudoers.d/app:app ALL=(ALL) NOPASSWD: ALL\n' }, 'warn', /app ALL/],
  ['users.sudo-nopasswd', { sudoers: '/etc/sudoers.d/app:app ALL=(ALL) NOPASSWD: /bin/ls\n' }, 'pass', /1 lines/],
  ['users.sudo-authenticate', { sudoers: '/etc/sudoers:Defaults !authenticate\n' }, 'fail', /!authenticate/],
  ['users.sudo-pty', { sudoers: '/etc/sudoers:Defaults env_reset\n' }, 'warn', /no Defaults use_pty/],
  ['users.key-files', { 'key-files': 'app 775 app /home/app\n' }, 'fail', /775 app/],
  ['users.key-files', { 'key-files': 'app 600 bob /home/app/.ssh/authorized_keys\n' }, 'fail', /bob/],
  [
    'users.private-keys',
    { 'key-files': 'app 755 app /home/app\napp 644 app /home/app/.ssh/authorized_keys\n' },
    'warn',
    /644/,
  ],
  ['users.homes', { homes: 'app 755 app /home/app\n' }, 'warn', /look in/],
  ['users.homes', { homes: 'app 777 app /home/app\n' }, 'fail', /may write/],

  ['system.shadow', { 'system-files': '644 root shadow /etc/shadow\n' }, 'fail', /644 root:shadow/],
  ['system.shadow', { 'system-files': '0 root root /etc/shadow\n' }, 'pass', /0 root:root/],
  ['system.passwd', { 'system-files': '666 root root /etc/passwd\n' }, 'fail', /666/],
  ['system.sudoers', { 'system-files': '440 app root /etc/sudoers\n' }, 'fail', /app/],
  ['system.host-keys', { 'system-files': '644 root root /etc/ssh/ssh_host_rsa_key\n' }, 'fail', /644/],
  ['system.root-home', { 'system-files': '755 root root /root\n' }, 'fail', /755/],
  ['system.drop-ins', { 'roots-files': '666 root root /etc/sudoers.d/x y\n' }, 'fail', /\/etc\/sudoers\.d\/x y/],
  ['system.world-writable', { 'odd-files': 'writable 666 root root /etc/a b\n' }, 'fail', /\/etc\/a b/],
  ['system.sticky', { 'odd-files': 'open 777 root root /srv/all\n' }, 'fail', /\/srv\/all/],
  [
    'system.privileged',
    { 'odd-files': 'privileged 4755 root root /opt/own\nprivileged 4755 root root /usr/bin/su\n' },
    'warn',
    /^worth a look:\n4755 root:root \/opt\/own$/,
  ],
  ['system.privileged', { 'odd-files': 'privileged 4757 root root /usr/bin/su\n' }, 'warn', /4757/],

  ['network.databases', { sockets: listening('0.0.0.0:5432', 'postgres') }, 'fail', /0\.0\.0\.0:5432 postgres/],
  ['network.databases', { sockets: listening('127.0.0.1:5432') + listening('[::1]:5432') }, 'pass', /no databases/],
  ['network.clear-text', { sockets: listening('*:23') }, 'fail', /\*:23/],
  ['network.control-ports', { sockets: listening('[::]:2375', 'dockerd') }, 'fail', /\[::\]:2375 dockerd/],
  ['network.file-sharing', { sockets: listening('0.0.0.0:445') }, 'fail', /445/],
  [
    'network.listening',
    { sockets: listening('0.0.0.0:2222', 'sshd') + listening('0.0.0.0:80') },
    'warn',
    /^besides SSH:\ntcp 0\.0\.0\.0:80 x$/,
  ],
  ['network.listening', { sockets: 'udp UNCONN 0 0 0.0.0.0:51413 0.0.0.0:*\n' }, 'pass', /ss/],
  ['network.ssh-listens', { sockets: listening('0.0.0.0:80') }, 'fail', /no SSH/],
  ['network.ssh-listens', { sockets: 'tcp LISTEN 0 128 0.0.0.0:2222 0.0.0.0:*\n' }, 'skipped', /without root/],
  [
    'network.published-ports',
    { docker: 'web 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\ndb 5432/tcp\n' },
    'warn',
    /web 0\.0\.0\.0:8080->80\/tcp\nweb \[::\]/,
  ],
  ['network.published-ports', { docker: 'web 127.0.0.1:8080->80/tcp\n' }, 'pass', /1 published/],
  [
    'network.published-ports',
    {
      docker: 'web 0.0.0.0:8080->80/tcp\n',
      nft: 'table ip filter {\n\tchain DOCKER-USER {\n\t\tiifname "eth0" drop\n\t}\n}\n',
    },
    'pass',
    /DOCKER-USER decides/,
  ],

  ['services.unneeded', { 'active-units': active('cups.service', 'ssh.service') }, 'warn', /cups.service \(2\.1\.11\)/],
  ['services.clear-text', { 'unit-files': enabled('telnet.socket') }, 'fail', /telnet/],
  ['services.failed', { 'failed-units': 'web.service loaded failed failed Web\n' }, 'warn', /web.service/],
  ['services.clock', { container: '', 'active-units': active('chrony.service') }, 'pass', /chrony/],
  ['services.clock', { container: '' }, 'fail', /none is active/],

  ['logs.journal', { 'active-units': active('ssh.service') }, 'fail', /not active/],
  ['logs.kept', { journald: 'Storage=volatile\n' }, 'fail', /volatile/],
  ['logs.kept', { 'log-tools': 'rsyslogd\n' }, 'pass', /rsyslogd writes files/],
  ['logs.journal-limit', { journald: 'SystemMaxUse=infinity\n' }, 'fail', /infinity/],
  ['logs.journal-limit', { journald: 'SystemMaxUse=1G\nSystemMaxUse=2G\n' }, 'pass', /2G/],
  ['logs.rotation', { 'log-tools': 'rsyslogd\n' }, 'fail', /no logrotate/],
  [
    'logs.rotation',
    { 'log-tools': 'logrotate\nrsyslogd\n', 'unit-files': 'logrotate.timer disabled enabled\n' },
    'warn',
    /disabled/,
  ],
  ['logs.rotation', { 'log-tools': 'logrotate\n', 'unit-files': enabled('logrotate.timer') }, 'pass', /enabled/],

  ['kernel.address-space', { container: '' }, 'pass', /randomize_va_space = 2/],
  ['kernel.address-space', {}, 'skipped', /systemd-nspawn/],
  [
    'kernel.redirects',
    { kernel: '/proc/sys/net/ipv4/conf/all/accept_redirects:1\n' },
    'fail',
    /all\.accept_redirects = 1/,
  ],
  ['kernel.redirects', { kernel: '' }, 'skipped', /does not show/],
  ['kernel.reverse-path', { kernel: '/proc/sys/net/ipv4/conf/all/rp_filter:2\n' }, 'pass', /rp_filter = 2/],
  ['kernel.forwarding', { kernel: '/proc/sys/net/ipv4/ip_forward:1\n' }, 'warn', /ip_forward = 1/],
  ['kernel.forwarding', { kernel: '/proc/sys/net/ipv4/ip_forward:1\n', docker: '' }, 'skipped', /Docker needs it/],
]

describe('a check', () => {
  it.each(rows)('%s with %j: %s', (id, instead, status, evidence) => {
    expect(judged(id, instead)).toMatchObject({ status, evidence: expect.stringMatching(evidence) })
  })

  it('names what mends it', () => {
    expect(judged('ssh.password-authentication', {})).toMatchObject({
      setting: 'PasswordAuthentication',
      present: 'yes',
      wanted: 'no',
      fix: { operation: 'lockdown', command: 'drydock lockdown web-1' },
    })
    expect(judged('updates.lists', {}).fix).toEqual({
      operation: 'command',
      command: expect.stringMatching(
        /^drydock run web-1 --root -- 'if command -v apt-get .* apt-get -q update; else .*'$/,
      ),
    })
  })
})
