/** What a program of the table must not be told, if it is only to read; `verbs`: what it may be told at all. */
type Reads = {
  readonly never?: RegExp
  readonly verbs?: RegExp
  /** How many words it may be given that are no options, when a further one is a file that it writes. */
  readonly words?: number
  /** Options whose value is a word of its own. */
  readonly values?: string
  /** What it must be told, to do nothing else; the value of an option does not count. */
  readonly must?: RegExp
}

const plain =
  '[ test true false : echo printf cat tac head tail wc cut tr grep egrep fgrep zgrep zcat nl paste join comm diff cmp ls ll du df free uptime uname whoami id who w last lastb lastlog users groups printenv pwd cd which whereis type command ps pgrep pidof vmstat iostat mpstat lsof lsblk lscpu lsusb lsmod lshw findmnt netstat ping traceroute mtr dig nslookup host getent md5sum sha1sum sha256sum sha512sum cksum od hexdump strings jq column basename dirname realpath readlink seq sleep export local declare set unset shift return exit break continue locale nproc getconf arch lvs pvs vgs dpkg-query wait help yes read'

const ofNetfilter = ['', '-legacy', '-nft'].flatMap((kind) => [`iptables${kind}`, `ip6tables${kind}`])

/** Lists or checks rules: no option that changes one, also in the middle of a cluster, and long ones only by their whole names. */
const asksNetfilter: Reads = {
  must: /^(-[nvx46]*[LSC]|--(list|list-rules|check)$)/,
  values: 'tpsdjiomg',
  never:
    /^(-[a-zA-Z]*[ADIRFZNXPEMc]|--(?!(list|list-rules|check|table|numeric|verbose|line-numbers|exact|wait|ipv4|ipv6|protocol|[sd]ports?|source|destination|jump|match|in-interface|out-interface|state|ctstate|comment|syn)(=|$)))/,
}

/** Programs that only read, as long as their options stay what they are here. */
export const readers: Readonly<Record<string, Reads>> = {
  ...Object.fromEntries(plain.split(' ').map((name) => [name, {}])),
  'apt-cache': { verbs: /^(show|policy|search|depends|rdepends|madison|pkgnames|showpkg|stats)$/ },
  'apt-config': { verbs: /^(dump|shell)$/, never: /^-/ },
  awk: { never: />|\||system|getline|^-[filodpDE]|^--(file|include|load|dump|pretty|profile|debug|exec)/ },
  base64: { never: /^-o|^--output/ },
  blkid: { never: /^-[gc]|^--garbage/ },
  cal: {},
  chage: { must: /^(-l|--list)$/, never: /^-(?!(l|i|-list|-iso8601)$)/ },
  date: { never: /^(-s|--set)|^\d{8,}/ },
  dmesg: { never: /^(-[a-zA-Z]*[cCDEn]|--(clear|read-clear|console))/ },
  dmidecode: { never: /^--dump-bin/ },
  env: { never: /^(-\w*S|--split-string)/ },
  'fail2ban-client': { verbs: /^(status|banned|get|ping|version)$/ },
  file: { never: /^(-\w*C|--compile)/ },
  'firewall-cmd': {
    never: /^-(?!([hVq]|-(permanent|direct|zone|policy|state|version|(list|get|info|query)-[\w-]+)(=.*)?)$)/,
  },
  hostname: { words: 0, never: /^(-\w*[Fb]|--(file|boot))/ },
  hostnamectl: { verbs: /^(status)?$/ },
  ionice: { never: /^(-\w*[pPu]|--(pid|pgid|uid))/ },
  ip: {
    verbs: /^(a|ad|addr|address|l|link|r|ro|route|n|neigh|rule|netns)$/,
    never: /^(set|add|del|delete|flush|change|replace|append|exec|restore|attach|monitor|-b|-batch|-force)$/,
  },
  ipset: { verbs: /^(list|save|version)$/, never: /^-+f/ },
  ...Object.fromEntries(ofNetfilter.map((name) => [name, asksNetfilter])),
  ...Object.fromEntries(
    ofNetfilter.map((name) => [`${name}-save`, { words: 0, values: 't', never: /^(-\w*[fM]|--[fm])/ }]),
  ),
  journalctl: { never: /^--(vacuum|rotate|flush|sync|relinquish|smart-relinquish|update|setup|cursor-file)/ },
  less: { never: /^(-\w*[oO]|--(log-file|LOG-FILE)|\+)/ },
  lspci: { never: /^-\w*q/ },
  man: { never: /^(-\w*P|--pager|-\w*H|--html|-C)/ },
  mdadm: {
    must: /^(--detail|-D|--examine|-E|--query|-Q)/,
    never:
      /^(-\w*[SrafCGAFIB]|--(stop|remove|add|fail|create|zero|assemble|grow|run|readwrite|readonly|monitor|incremental|build|set-faulty|re-add|replace|update|wait))/,
  },
  more: { never: /^\+/ },
  nft: { verbs: /^(list|describe)$/, never: /[;\n]|^(-\w*[fiID]|--(f|i|d))/ },
  passwd: { must: /^(-S|--status)$/, never: /^-(?!(S|a|-status|-all)$)/ },
  rg: { never: /^--(pre|hostname-bin)/ },
  rpm: {
    must: /^(-q|--query)/,
    never: /^(-[eiUF]|--(erase|install|upgrade|freshen|import|rebuilddb|initdb|set\w+|restore|reinstall))/,
  },
  sar: { never: /^-\w*o/ },
  sensors: { never: /^(-\w*s|--set)/ },
  smartctl: { never: /^(-[tsXoS]|--(test|set|smart|offlineauto|saveauto|abort))/ },
  sort: { never: /^(-\w*o|--(output|compress-program))/ },
  sshd: { must: /^-[46q]*[tTG]$/, values: 'CbcEfghkopu', never: /^-\w*E/ },
  'ssh-keygen': { must: /^-[lv]*l[lv]*f?$/, values: 'fE', never: /^-(?!([lv]+f?|[fE])$)/ },
  ss: { never: /^(-\w*[KD]|--(kill|diag))/ },
  stat: {},
  sysctl: { never: /=|^-[a-zA-Z]*[wpfS]|^--(?!(all|names|values|ignore|binary|deprecated|pattern)$)/ },
  systemctl: {
    verbs: /^(status|show|cat|list-\S+|is-\S+|get-default|help)$/,
    never:
      /^(start|stop|restart|reload|try-\S+|kill|enable|disable|mask|unmask|edit|isolate|set-\S+|daemon-\S+|reset-failed|revert|link|preset\S*|reboot|poweroff|halt|suspend|hibernate|kexec|exit|switch-root|bind|freeze|thaw|clean|cancel|import-\S+|unset-\S+|log-\S+|rescue|emergency|default|-H|--host\S*|-M|--machine\S*)$/,
  },
  time: { never: /^(-\w*[oa]|--(output|append))/ },
  timedatectl: { verbs: /^(status|show|list-timezones|timesync-status|show-timesync)?$/ },
  top: { never: /^-\w*w/ },
  tree: { never: /^(-\w*o|-R)/ },
  ufw: {
    verbs: /^(status|show|version|app)$/,
    never:
      /^(-.*|update|default|allow|deny|reject|limit|delete|insert|prepend|route|enable|disable|reload|reset|logging)$/,
  },
  uniq: { words: 1, values: 'fsw' },
  xxd: { words: 1, values: 'cglnos' },
  yq: { never: /^(-\w*[is]|--(inplace|in-place|split-exp))/ },
  zfs: { verbs: /^(list|get|holds|version)$/ },
  zpool: { verbs: /^(status|list|get|iostat|history|version)$/ },
  virsh: { verbs: /^(list|dominfo|domstate|nodeinfo|version)$/ },
  qm: { verbs: /^(list|status|config|pending)$/ },
  pct: { verbs: /^(list|status|config|df)$/ },
  kubectl: {
    verbs: /^(get|describe|logs|top|version|explain|api-resources|cluster-info)$/,
    never: /^(--output-directory|--raw)/,
  },
  git: {
    verbs: /^(status|log|diff|show|branch|rev-parse|describe|ls-files|ls-remote|blame|remote)$/,
    words: 1,
    never:
      /^(--output|--ext-diff|--textconv|-O|-D|-d|-m|-M|--delete|--move|--edit-description|--unset-upstream|--exec-path)/,
  },
}

/** Programs that do what stands behind them: only that counts, and without it nothing is known. */
export const doors = new Set([
  'timeout',
  'nice',
  'sudo',
  'doas',
  'stdbuf',
  'xargs',
  'eval',
  'sh',
  'bash',
  'dash',
  'zsh',
])
