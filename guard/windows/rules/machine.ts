import { serviceAct, serviceOf } from '../stopping.ts'
import { hasOption, isPattern, namesIn, plainWords, valuesOf } from '../words.ts'
import { listed, text, when, type WindowsRule } from './rule.ts'

const deletes = /^(remove-item|ri|rm|rmdir|rd|del|erase)$/
const vitalProcess =
  /^(svchost|lsass|csrss|winlogon|wininit|services|smss|system|dockerd|com\.docker\.\w+|sqlservr|vmms|vmwp)(\.exe)?$/i

/** What ends the machine or what runs on it, and what closes the ways to it. */
export const machine: readonly WindowsRule[] = [
  {
    action: 'ssh_access_removal',
    names: deletes,
    because: (command) =>
      /administrators_authorized_keys|authorized_keys|\\\.?ssh(\\|$)|sshd_config/i.test(command.words.join(' '))
        ? 'It removes what lets people log in.'
        : null,
  },
  { action: 'user_removal', names: deletes, because: when(/^-?\w*\s*["']?(adsi|winnt):/, 'It removes a user.') },
  { action: 'system_reboot', names: /^restart-computer$/, because: 'It restarts the whole machine.' },
  { action: 'system_shutdown', names: /^(stop-computer|psshutdown)$/, because: 'It ends the whole machine.' },
  {
    action: 'system_reboot',
    names: /^shutdown$/,
    because: (command) =>
      !hasOption(command, 'a') && hasOption(command, 'r', 'g') ? 'It restarts the whole machine.' : null,
  },
  {
    action: 'system_shutdown',
    names: /^shutdown$/,
    because: (command) =>
      !hasOption(command, 'a', 'r', 'g') && hasOption(command, 's', 'p', 'h') ? 'It ends the whole machine.' : null,
  },
  {
    action: 'system_reboot',
    names: /^wmic$/,
    because: when(/\bos\b.*\b(reboot|win32shutdown\D*[26])/, 'It restarts the whole machine.'),
  },
  {
    action: 'system_shutdown',
    names: /^wmic$/,
    because: when(/\bos\b.*\b(shutdown|win32shutdown)/, 'It ends the whole machine.'),
  },
  {
    action: 'system_shutdown',
    names: /^rundll32$/,
    because: when(/setsuspendstate|exitwindows/, 'It ends the whole machine.'),
  },
  {
    action: 'bulk_process_kill',
    names: /^wmic$/,
    because: when(/\bprocess\b.*(like|where).*\b(delete|terminate)\b/, 'It ends whatever fits.'),
  },
  { action: 'user_removal', names: /^wmic$/, because: when(/\buseraccount\b.*\bdelete\b/, 'It removes users.') },
  { action: 'firewall_flush', names: serviceOf, because: serviceAct('firewall') },
  { action: 'ssh_access_removal', names: serviceOf, because: serviceAct('access') },
  { action: 'service_bulk_disable', names: serviceOf, because: serviceAct('other') },
  {
    action: 'user_removal',
    names:
      /^(remove-localuser|remove-aduser|disable-localuser|disable-adaccount|remove-adgroup|remove-localgroup|remove-mguser|remove-azureaduser)$/,
    because: 'It removes a user, or shuts one out.',
  },
  {
    action: 'user_removal',
    names: /^remove-(localgroupmember|adgroupmember)$/,
    because: when(/admin/, 'It takes the right to administer from a user.'),
  },
  {
    action: 'user_removal',
    names: /^net1?$/,
    because: when(
      /^user\b.*\/(delete|active:no)|^localgroup\b.*\/delete|^group\b.*\/delete/,
      'It removes a user, or shuts one out.',
    ),
  },
  { action: 'user_removal', names: /^(dsrm|delprof2?)$/, because: 'It removes users or their profiles.' },
  {
    action: 'firewall_flush',
    names: /^set-netfirewallprofile$/,
    because: when(
      /-enabled\s*:?\s*(\$?false|0)\b|-defaultinboundaction\s+(allow|block)/,
      'It takes the rules of the firewall away.',
    ),
  },
  {
    action: 'firewall_flush',
    names: /^(remove|disable)-netfirewallrule$/,
    because: (command) =>
      listed(command) ||
      hasOption(command, 'all') ||
      /-(displaygroup|group|direction)\b/.test(text(command)) ||
      !hasOption(command, 'name', 'displayname') ||
      /ssh|rdp|remote/.test(text(command))
        ? 'It takes rules of the firewall away in bulk.'
        : null,
  },
  {
    action: 'firewall_flush',
    names: /^netsh$/,
    because: when(
      /^(adv)?firewall\s+(reset|set\s+.*\b(off|disable)\b|set\s+\w+\s+firewallpolicy\s+\S*(blockoutbound|allowinbound|blockinboundalways)|firewall\s+(delete\s+rule\s+(name=)?["']?all|set\s+rule\s+.*enable=no))/,
      'It takes the rules of the firewall away.',
    ),
  },
  {
    action: 'network_interface_down',
    names:
      /^(disable-netadapter|remove-netipaddress|remove-netroute|remove-netswitchteam|remove-netlbfoteam|remove-vmswitch|disable-netadapterbinding)$/,
    because: 'It takes a way to the machine down.',
  },
  {
    action: 'network_interface_down',
    names: /^netsh$/,
    because: when(
      /^(interface|int)\s+(set\b.*\bdisabled?\b|ip(v[46])?\s+(reset|delete|set\s+address.*dhcp)|tcp\s+reset)|^wlan\s+disconnect|^lan\s+disconnect|^winsock\s+reset/,
      'It takes a way to the machine down.',
    ),
  },
  {
    action: 'network_interface_down',
    names: /^ipconfig$/,
    because: when(/\/release/, 'It takes a way to the machine down.'),
  },
  {
    action: 'network_interface_down',
    names: /^route$/,
    because: when(/^-f\b|\bdelete\s+(0\.0\.0\.0|\*|0)/, 'It takes the routes of the machine away.'),
  },
  {
    action: 'bulk_process_kill',
    names: /^(stop-process|spps|kill)$/,
    because: (command) =>
      command.before.some(({ name }) => /^(get-process|gps|ps)$/.test(name)) &&
      !command.before.some(
        (one) =>
          plainWords(one).some((word) => !isPattern(word)) ||
          // What only leaves some out picks nothing.
          (/^(where|\?)/.test(one.name) &&
            /-(eq|like|match|in|gt|lt|ge|le|contains)\b/i.test(one.shown) &&
            !/company|path|\.id\s+-(gt|ge|ne)\b/i.test(one.shown)),
      )
        ? 'It ends every process that it may.'
        : namesIn(command, 'name', 'processname').some((name) => /^\*$/.test(name))
          ? 'It ends every process that it may.'
          : namesIn(command, 'name', 'processname').some((name) => vitalProcess.test(name))
            ? 'The system does not work without it.'
            : null,
  },
  {
    action: 'bulk_process_kill',
    names: /^taskkill$/,
    because: (command) =>
      (/\/fi\b/.test(text(command)) && !/imagename eq (?!\*)|pid eq|windowtitle eq/.test(text(command))) ||
      valuesOf(command, 'im').some((name) => name.includes('*') || hasOption(command, 'f') || vitalProcess.test(name))
        ? 'It ends programs in bulk, or what the system needs.'
        : null,
  },
  {
    action: 'ssh_access_removal',
    names: /^remove-windowscapability$/,
    because: when(/openssh\.server/, 'It removes what lets people log in.'),
  },
  {
    action: 'ssh_access_removal',
    names: /^disable-(psremoting|wsmancredssp)$/,
    because: 'It closes a door that administrators come in by.',
  },
]
