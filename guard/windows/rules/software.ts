import { isRegistry } from '../delete.ts'
import { plainWords } from '../words.ts'
import { bulk, listed, text, when, type WindowsRule } from './rule.ts'

const deletes = /^(remove-item|ri|rm|rmdir|rd|del|erase)$/
const distribution = /ubuntu|debian|kali|suse|linux|wsl|docker-desktop/i

/** What removes software, settings, guests, distributions and databases. */
export const software: readonly WindowsRule[] = [
  {
    action: 'configuration_reset',
    names: deletes,
    because: (command) => (isRegistry(command) ? 'It removes a part of the registry.' : null),
  },
  {
    action: 'configuration_reset',
    names: /^(vssadmin|wbadmin)$/,
    because: when(/^(delete|resize)\b/, 'It deletes the copies that a rescue would need.'),
  },
  {
    action: 'configuration_reset',
    names: /^remove-(ciminstance|wmiobject)$/,
    because: (command) => (listed(command) ? 'It removes whatever a list of the system holds.' : null),
  },
  {
    action: 'configuration_reset',
    names: /^wmic$/,
    because: when(/\bshadowcopy\b.*\bdelete\b/, 'It deletes the copies that a rescue would need.'),
  },
  {
    action: 'package_bulk_remove',
    names: /^wmic$/,
    because: when(/\bproduct\b.*\buninstall\b/, 'It removes software of the machine.'),
  },
  {
    action: 'configuration_reset',
    names: /^netsh$/,
    because: when(/^winsock\s+reset|^int(erface)?\s+ip(v[46])?\s+reset/, 'It resets the settings of the network.'),
  },
  {
    action: 'virtual_machine_destroy',
    names:
      /^(remove-vm|remove-vmsnapshot|restore-vmsnapshot|remove-vmharddiskdrive|remove-vhd|remove-azvm|remove-azresourcegroup|remove-vmcheckpoint|restore-vmcheckpoint|remove-ec2instance|remove-aksnodepool|remove-azakscluster)$/,
    because: 'It destroys guests or what they kept.',
  },
  {
    action: 'virtual_machine_destroy',
    names: /^(stop-vm|suspend-vm|save-vm|stop-azvm|stop-ec2instance)$/,
    because: bulk('It stops whatever a list of guests holds.'),
  },
  {
    action: 'wsl_unregister',
    names: /^(wsl|wslconfig)$/,
    because: when(
      /--unregister|--uninstall|--shutdown|--terminate|(^|\s)-t\b|\/(u|unregister|t|terminate)\b/,
      'It ends or deletes a Linux distribution.',
    ),
  },
  {
    action: 'wsl_unregister',
    names: /^remove-appxpackage$/,
    because: (command) => (distribution.test(command.words.join(' ')) ? 'It deletes a Linux distribution.' : null),
  },
  {
    action: 'package_bulk_remove',
    names:
      /^(uninstall-windowsfeature|remove-windowsfeature|disable-windowsoptionalfeature|remove-appxprovisionedpackage|remove-windowspackage|remove-appxpackage|uninstall-package)$/,
    because: (command) =>
      /^(uninstall-package)$/.test(command.name) && !listed(command) ? null : 'It removes software of the machine.',
  },
  { action: 'package_bulk_remove', names: /^remove-windowscapability$/, because: 'It removes a part of Windows.' },
  {
    action: 'package_bulk_remove',
    names: /^(winget|choco|scoop)$/,
    because: (command) =>
      /^(uninstall|remove)\b/.test(text(command)) &&
      (/\ball\b|--all|\*/.test(text(command)) || command.before.length > 0 || plainWords(command).length > 3)
        ? 'It removes software in bulk.'
        : null,
  },
  {
    action: 'package_bulk_remove',
    names: /^dism$/,
    because: when(
      /\/(disable-feature|remove-package|remove-provisionedappxpackage|remove-capability)/,
      'It removes a part of Windows.',
    ),
  },
  { action: 'configuration_reset', names: /^reg$/, because: when(/^delete\b/, 'It removes a part of the registry.') },
  {
    action: 'configuration_reset',
    names: /^(remove-itemproperty|rp)$/,
    because: when(/hklm|hkey_local_machine/, 'It removes settings that Windows needs.'),
  },
  {
    action: 'configuration_reset',
    names: /^bcdedit$/,
    because: when(/\/(delete|deletevalue|set|import|create)\b/, 'It changes how the machine starts.'),
  },
  {
    action: 'configuration_reset',
    names: /^(systemreset|reset-computermachinepassword|remove-computer)$/,
    because: 'It resets what the machine was set up to be.',
  },
  {
    action: 'configuration_reset',
    names: /^(wevtutil|clear-eventlog|limit-eventlog|remove-eventlog)$/,
    because: (command) =>
      command.name !== 'wevtutil' || /^(cl|clear-log)\b/.test(text(command)) ? 'It empties the logs of events.' : null,
  },
  {
    action: 'configuration_reset',
    names: /^(secedit)$/,
    because: when(/\/configure/, 'It replaces the settings of security.'),
  },
  {
    action: 'configuration_reset',
    names: /^schtasks$/,
    because: when(/\/delete\b.*\/tn\s+["']?\*/, 'It removes every scheduled job.'),
  },
  {
    action: 'configuration_reset',
    names: /^unregister-scheduledtask$/,
    because: bulk('It removes scheduled jobs in bulk.'),
  },
  {
    action: 'configuration_reset',
    names: /^(disable-computerrestore|reagentc)$/,
    because: when(/^$|\/disable|-drive/, 'It takes the rescue away.'),
  },
  {
    action: 'database_drop',
    names: /^(invoke-sqlcmd|sqlcmd|osql|isql|invoke-dbaquery)$/,
    because: when(
      /\b(drop\s+(database|table|schema|login|user)|truncate\s+table|delete\s+from\s+[\w.[\]"]+\s*(;|$|"))/,
      'It drops or empties a database, or a part of one.',
    ),
  },
  {
    action: 'service_bulk_disable',
    names: /^(remove|stop)-(website|webapppool|iissite|webapplication|webvirtualdirectory)$/,
    because: bulk('It takes whatever a list of sites holds off the network.'),
  },
  {
    action: 'database_drop',
    names: /^remove-(dbadatabase|sqldatabase|azsqldatabase|azsqlserver)$/,
    because: 'It drops a database.',
  },
  {
    action: 'container_bulk_remove',
    names: /^(reset-docker|remove-container)$/,
    because: 'It removes containers in bulk.',
  },
]
