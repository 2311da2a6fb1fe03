import type { Row } from './row.ts'

const down = 'It takes a way to the server down.'

/** The ways to a machine, and its firewall, by their rarer tools. */
export const networkRows: readonly Row[] = [
  {
    action: 'firewall_flush',
    of: 'sh',
    words: /^\/var\/lib\/drydock\/reverts\/[\w-]+\/put-back$/,
    because: 'It puts firewall, addresses and routes back as they were before an operation.',
  },
  {
    action: 'ssh_access_removal',
    of: 'find',
    words: /authorized_keys\b.*(-delete|-exec(dir)?\s+(\S*\/)?(rm|shred|unlink|truncate)\b)/,
    because: 'It takes away what lets people log in.',
  },
  {
    action: 'ssh_access_removal',
    of: 'echo printf sed tee',
    words:
      /\b(Deny(Users|Groups) \*|AllowUsers (nobody|none)\b|PubkeyAuthentication no).*\/etc\/ssh\/|\/etc\/ssh\/\S+ .*\bDeny(Users|Groups) \*/i,
    fed: true,
    because: 'Nobody could log in any more.',
  },
  {
    action: 'ssh_access_removal',
    of: 'echo printf sed tee',
    words: /PermitEmptyPasswords yes\b.*\/etc\/ssh\/|\/etc\/ssh\/\S+ .*PermitEmptyPasswords yes/i,
    fed: true,
    because: 'Anybody could log in.',
  },
  {
    action: 'network_interface_down',
    of: 'echo printf tee',
    words: /\/sys\/class\/net\/[^/\s]+\/device\/(remove|driver\/unbind)|\/sys\/bus\/(pci|usb)\/\S*\/(remove|unbind)\b/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'ip',
    words: /^netns (del|delete)\b|^-all netns del/,
    because: 'It takes a network with what is in it away.',
  },
  { action: 'network_interface_down', of: 'netplan', words: /^(set\b.*=null|rebind)/, because: down },
  {
    action: 'network_interface_down',
    of: 'nmcli',
    words:
      /^(general )?shutdown\b|^c(on(nection)?)? (modify|mod)\b.*(connection\.autoconnect no|ipv4\.method (disabled|link-local))/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'connmanctl iwctl wpa_cli',
    words: /\b(disable|disconnect|terminate)\b/,
    because: down,
  },
  { action: 'network_interface_down', of: 'teamdctl ifenslave', words: /\bport remove\b|(^|\s)-d\b/, because: down },
  { action: 'network_interface_down', of: 'vconfig', words: /^rem\b/, because: down },
  { action: 'network_interface_down', of: 'zerotier-cli', words: /^leave\b/, because: down },
  { action: 'network_interface_down', of: 'tailscale netbird', words: /^(down|logout)\b/, because: down },
  { action: 'network_interface_down', of: 'ethtool', words: /--reset\b/, because: down },
  {
    action: 'network_interface_down',
    of: 'networksetup',
    words: /-set(networkserviceenabled .* off|airportpower .* off)/i,
    because: down,
  },
  {
    action: 'firewall_flush',
    of: 'iptables ip6tables iptables-nft iptables-legacy',
    words: /(^|\s)(-P|--policy) INPUT ACCEPT(\s|$)/,
    because: 'It lets everything in that no rule shuts out.',
  },
  {
    action: 'firewall_flush',
    of: 'ufw',
    words: /^(insert \d+ )?(deny|reject)( (in|out))?( from any)?( to any)?$/,
    because: 'It shuts everything out.',
  },
  {
    action: 'firewall_flush',
    of: 'firewall-cmd',
    words: /--zone=(drop|block)\b.*--(change|add)-interface=|--(change|add)-interface=.*--zone=(drop|block)\b/,
    because: 'It shuts everything out that comes by this interface.',
  },
  {
    action: 'firewall_flush',
    of: 'ufw',
    words: /(^|\s)default allow( incoming)?$/,
    because: 'It lets everything in that no rule shuts out.',
  },
  {
    action: 'firewall_flush',
    of: 'iptables ip6tables iptables-nft iptables-legacy',
    words: /^(-t \S+ )?(-I|-A|-R|--insert|--append|--replace) (INPUT|FORWARD|OUTPUT)( \d+)? -j (DROP|REJECT)$/,
    because: 'It shuts everything out.',
  },
  {
    action: 'ssh_access_removal',
    of: 'iptables ip6tables iptables-nft iptables-legacy',
    words: /(-D|--delete) INPUT\b.*--dport (22|ssh)\b.*-j ACCEPT/,
    because: 'It takes away the rule that lets people log in.',
  },
  {
    action: 'firewall_flush',
    of: 'iptables ip6tables iptables-nft iptables-legacy',
    words: /(-D|--delete) INPUT\b.*--dport (22|ssh)\b.*-j ACCEPT/,
    because: 'It takes away the rule that lets people log in.',
  },
  {
    action: 'firewall_flush',
    of: 'xtables-multi xtables-nft-multi xtables-legacy-multi',
    words: /(^|\s)(-F|--flush|-X|-P)(\s|$)/,
    because: 'It takes the rules of the firewall away.',
  },
  {
    action: 'firewall_flush',
    of: 'awall ferm fwconsole',
    words: /^(flush|--flush|-F|firewall (disable|stop)|disable)\b/,
    because: 'It takes the rules of the firewall away.',
  },
  {
    action: 'firewall_flush',
    of: 'cscli fail2ban-client',
    words: /^(decisions delete --all|stop|unban --all)\b/,
    because: 'It lets in whom it shut out.',
  },
  {
    action: 'firewall_flush',
    of: 'nft',
    words:
      /^(add|insert) rule (inet|ip|ip6) \S+ (input|output|forward)( (index|position|handle) \d+)?( counter)? (drop|reject)$/i,
    because: 'It shuts everything out.',
  },
  {
    action: 'ssh_access_removal',
    of: 'update-rc.d rc-update chkconfig',
    words:
      /\b(sshd?|dropbear)\b.*\b(disable|remove|off|defaults-disabled)\b|\b(del|delete|remove)\b.*\b(sshd?|dropbear)\b/,
    because: 'Nobody could log in by SSH after the next start.',
  },
  {
    action: 'network_interface_down',
    of: 'tc',
    words: /\b(add|replace|change)\b.*\bloss (100|9\d)%|\b(add|replace)\b.*\brate [1-9]\d?bit\b/,
    because: 'It lets next to nothing through.',
  },
]
