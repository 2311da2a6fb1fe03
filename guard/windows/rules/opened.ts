import { hasOption } from '../words.ts'
import { when, type WindowsRule } from './rule.ts'

const administers =
  /administrators?\b|domain admins|enterprise admins|schema admins|backup operators|remote desktop users|dnsadmins|hyper-v/
const owner = 'It makes somebody an administrator, or lets in who was shut out.'
const defenceless = 'Nothing holds programs to what they may do any more.'
/** Keys of the registry by which Windows starts, lets people in and keeps programs to their place. */
const vitalKey =
  /(hklm|hkey_local_machine|registry::)\S*.*(fdenytsconnections.*\b1\b|\\services\\.*\bstart\b.*\b4\b|\\winlogon\b.*(shell|userinit)|image file execution options|limitblankpassworduse.*\b0\b|enablelua.*\b0\b|disableantispyware.*\b1\b|disablerealtimemonitoring.*\b1\b|enablefirewall.*\b0\b|bootexecute|\\safeboot\b|runasppl.*\b0\b|smb1.*\b1\b|uselogoncredential.*\b1\b|restrictanonymous.*\b0\b)/

/** What takes nothing away but what held people and programs off, and settings by which Windows starts. */
export const opened: readonly WindowsRule[] = [
  {
    action: 'bulk_permission_change',
    names: /^net1?$/,
    because: when(
      /^(localgroup|group)\s.*(admin|remote desktop users|backup operators).*\/add\b|^user\s+(guest|administrator)\s.*\/active:yes/,
      owner,
    ),
  },
  {
    action: 'user_removal',
    names: /^net1?$/,
    because: when(/^user\s+administrator\s+(?!\/)\S+/, 'Whoever knew that password does not get in any more.'),
  },
  {
    action: 'bulk_permission_change',
    names: /^add-(local|ad|domain)groupmember$|^add-adprincipalgroupmembership$/,
    because: when(administers, owner),
  },
  {
    action: 'bulk_permission_change',
    names: /^enable-(localuser|adaccount)$/,
    because: when(/\b(guest|administrator|krbtgt)\b/, owner),
  },
  {
    action: 'user_removal',
    names: /^set-(localuser|adaccountpassword)$/,
    because: when(
      /\b(administrator|krbtgt)\b.*-(password|newpassword|reset)\b/,
      'Whoever knew that password does not get in any more.',
    ),
  },
  {
    action: 'configuration_reset',
    names: /^set-executionpolicy$/,
    because: when(/^(?!.*\bprocess\b).*\b(unrestricted|bypass)\b/, defenceless),
  },
  {
    action: 'configuration_reset',
    names: /^set-mppreference$/,
    because: when(/-disable\w+\s*:?\s*(\$?true|1)\b/, defenceless),
  },
  {
    action: 'configuration_reset',
    names: /^add-mppreference$/,
    because: when(
      /-exclusion(path\s+["']?[a-z]:\\?(windows|users|temp)?\\?["']?(\s|$)|extension\s+\W?(exe|ps1|dll|\*))/,
      defenceless,
    ),
  },
  {
    action: 'configuration_reset',
    names: /^reg$/,
    because: when(
      new RegExp(`^add\\s.*${vitalKey.source}|^(import|restore|unload)\\s`),
      'Windows starts, or lets people in, by it.',
    ),
  },
  {
    action: 'configuration_reset',
    names: /^(set|new)-itemproperty$|^sp$/,
    because: when(vitalKey, 'Windows starts, or lets people in, by it.'),
  },
  {
    action: 'raw_device_write',
    names: /^(bootrec|bootsect)$/,
    because: 'It writes over what the machine starts from.',
  },
  {
    action: 'configuration_reset',
    names: /^auditpol$/,
    because: when(/\/(clear|remove)\b|\/set\b.*\b(success|failure):disable/, 'Nothing records any more who does what.'),
  },
  {
    action: 'configuration_reset',
    names: /^(clear-content|clc)$/,
    because: when(/\.(config|ini|conf|xml|json|ya?ml)\b|\\etc\\hosts\b/, 'What is set there is gone.'),
  },
  {
    action: 'configuration_reset',
    names: /^(set-content|out-file|sc)$/,
    because: when(/\\drivers\\etc\\hosts\s+(-\w+\s+)*(""|''|\$null)?\s*$/, 'The names that stand there are gone.'),
  },
  {
    action: 'service_bulk_disable',
    names: /^remove-(website|webapppool|webapplication|iissite|webbinding|iissitebinding|webvirtualdirectory)$/,
    because: 'Nobody reaches what it served any more.',
  },
  {
    action: 'bulk_permission_change',
    names: /^(grant-smbshareaccess|new-smbshare)$/,
    because: when(
      /everyone.*\b(full|change)\b|-(fullaccess|changeaccess)\s+\S*everyone/,
      'Whoever reaches it may write there.',
    ),
  },
  {
    action: 'user_removal',
    names: /^dcpromo$/,
    because: when(/forceremoval|demot/, 'It takes a controller out of its domain.'),
  },
  {
    action: 'system_reboot',
    names: /^(rename|add|remove)-computer$/,
    because: (command) => (hasOption(command, 'restart') ? 'It restarts the whole machine.' : null),
  },
  {
    action: 'configuration_reset',
    names: /^set-date$/,
    because: when(/\d/, 'Certificates, log-ins and clusters do not survive a jump of the clock.'),
  },
  {
    action: 'bulk_permission_change',
    names: /^winrm$/,
    because: when(
      /allowunencrypted\s*=\s*"?true|trustedhosts\s*=\s*"?\*/,
      'It opens a door that administrators come in by.',
    ),
  },
  {
    action: 'configuration_reset',
    names: /^setx$/,
    because: when(/^path\s*("")?\s*(\/m)?$/, 'No program is found any more.'),
  },
  {
    action: 'network_interface_down',
    names: /^dnscmd$/,
    because: when(/\/(zonedelete|recorddelete|clearcache\b.*\/f)/, 'It takes names of the network away.'),
  },
  {
    action: 'network_interface_down',
    names: /^netsh$/,
    because: when(/^(interface|int)\s+ip(v[46])?\s+set\s+address\b.*\bstatic\b/, 'It takes a way to the machine down.'),
  },
  {
    action: 'network_interface_down',
    names: /^set-dnsclientserveraddress$/,
    because: when(/-serveraddresses\s+\W*127\./, 'No name can be resolved any more.'),
  },
  {
    action: 'firewall_flush',
    names: /^new-netfirewallrule$/,
    because: when(
      /^(?=.*-action\s+(allow|block))(?!.*-(localport|remoteport|remoteaddress|program|service|group|displaygroup|interfacealias)\b)|-action\s+block\b.*\b(22|3389|5985|5986)\b|\b(22|3389|5985|5986)\b.*-action\s+block/,
      'It lets everybody in, or shuts everybody out.',
    ),
  },
  {
    action: 'configuration_reset',
    names: /^(remove-item|ri|rm|del)$/,
    because: when(/\bcert:\\(localmachine|currentuser)/, 'It deletes certificates with their keys.'),
  },
  {
    action: 'service_bulk_disable',
    names: /^pnputil$/,
    because: when(/\/(delete-driver|remove-device|disable-device)\b/, 'A device loses what drives it.'),
  },
]
