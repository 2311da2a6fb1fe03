import type { ActionType } from '../schema/guard.ts'

export type WindowsFinding = { readonly action: ActionType; readonly words: string; readonly because: string }

const destructive: readonly (readonly [ActionType, RegExp, string])[] = [
  [
    'filesystem_bulk_delete',
    /^(remove-item|ri|rm|rmdir|rd|del|erase)\b.*(-r(ecurse)?\b|\/s\b|\*)/i,
    'It deletes a whole tree or whatever fits a pattern.',
  ],
  [
    'filesystem_bulk_delete',
    /^(get-childitem|gci|dir|ls)\b.*\|\s*(remove-item|ri|rm|del)\b/i,
    'It deletes whatever a listing holds.',
  ],
  [
    'filesystem_bulk_delete',
    /^(vssadmin|wbadmin)\s+delete|^robocopy\b.*\/(mir|purge)\b|^clear-recyclebin\b/i,
    'It deletes backups or what its source does not have.',
  ],
  [
    'disk_format',
    /^(format(\.com)?\s+[a-z]:|format-volume|clear-disk|initialize-disk|remove-partition|diskpart|reset-physicaldisk|clean\b)/i,
    'It makes what is on a disk unreadable.',
  ],
  ['system_reboot', /^(restart-computer|shutdown(\.exe)?\b.*[/-][rg]\b)/i, 'It restarts the whole machine.'],
  ['system_shutdown', /^(stop-computer|shutdown(\.exe)?\b.*[/-][sph]\b|logoff)/i, 'It ends the whole machine.'],
  [
    'service_bulk_disable',
    /^(stop-service|set-service|sc(\.exe)?\s+(stop|delete|config)|net\s+stop|get-service\b.*\|\s*stop-service)/i,
    'It stops or disables services.',
  ],
  ['user_removal', /^(remove-localuser|remove-aduser|disable-localuser|net\s+user\b.*\/delete)/i, 'It removes a user.'],
  [
    'firewall_flush',
    /^(set-netfirewallprofile\b.*-enabled\s+(\$?false|0)|netsh\b.*firewall\s+(reset|set\b.*off)|remove-netfirewallrule|disable-netfirewallrule)/i,
    'It takes the rules of the firewall away.',
  ],
  [
    'network_interface_down',
    /^(disable-netadapter|netsh\s+interface\s+set\b.*disable|ipconfig\s+\/release|remove-netipaddress|remove-netroute)/i,
    'It takes a way to the machine down.',
  ],
  ['virtual_machine_destroy', /^(remove-vm|stop-vm|get-vm\b.*\|\s*(stop|remove)-vm)/i, 'It stops or destroys guests.'],
  [
    'bulk_process_kill',
    /^(stop-process\b.*-name\s+\*|taskkill\b.*\/im\s+\*|get-process\s*\|\s*stop-process)/i,
    'It ends every process that it may.',
  ],
  [
    'package_bulk_remove',
    /^(uninstall-package|uninstall-windowsfeature|remove-windowsfeature|remove-appxpackage|disable-windowsoptionalfeature|msiexec\b.*\/x|winget\s+uninstall|choco\s+uninstall)/i,
    'It removes software of the machine.',
  ],
  [
    'configuration_reset',
    /^(reg(\.exe)?\s+delete|remove-itemproperty|bcdedit\b.*\/(delete|set)|systemreset|secedit\b.*\/configure|gpupdate\s+\/force\s+\/boot|wevtutil\s+cl|clear-eventlog)/i,
    'It removes settings that Windows needs.',
  ],
  ['bulk_permission_change', /^(icacls|takeown|cacls)\b.*\/(t|r|reset)\b/i, 'It changes the rights of a whole tree.'],
  [
    'wsl_unregister',
    /^wsl(\.exe)?\s+(--unregister|--uninstall|--shutdown|--terminate|-t)\b/i,
    'It ends or deletes a Linux distribution.',
  ],
]

const reads =
  /^(get-|test-|select-|where-object|where\b|\?|format-|measure-|sort-|group-|compare-|resolve-|convertto-|convertfrom-|write-(host|output|verbose|information)|out-(string|host|null|gridview)|find-|show-|echo\b|dir\b|ls\b|type\b|cat\b|gc\b|gci\b|more\b|findstr\b|find\b|hostname\b|whoami\b|ver\b|systeminfo\b|tasklist\b|ipconfig(\s+\/all)?\s*$|ping\b|tracert\b|nslookup\b|netstat\b|arp\b|route\s+print|wmic\b.*\bget\b|sc(\.exe)?\s+(query|qc)|net\s+(user|view|share|localgroup|start|statistics)\s*\w*\s*$|reg(\.exe)?\s+query|schtasks\s+\/query|wevtutil\s+(qe|el|gl)|cd\b|chdir\b|set-location\b|pushd\b|popd\b|pwd\b|date\b|time\b|vol\b|tree\b|fc\b|certutil\s+-(hashfile|dump)|w32tm\s+\/query|restart-service\s+\S+\s*$|start-service\b|net\s+start\b|mkdir\b|md\b|new-item\b|copy\b|copy-item\b|start-sleep\b|exit\b|%|foreach\b|winget\s+(list|search|install|upgrade)|choco\s+(list|install)|if\b|\$\w+\s*=\s*(get-|['"\d])|['"\d(]|wsl(\.exe)?\s+(-l|--list|--status|--version)|start-vm\b|\$\w+(\.\w+)*\s*$|import-module\b|rem\b|#|@echo)/i

/** Programs that take the same words on Windows: the shell's own reading applies. */
const shared =
  /^(docker|docker-compose|podman|kubectl|helm|git|npm|node|python|wsl|ssh|curl|tar|az|aws|terraform|mysql|psql|redis-cli)(\.exe)?\b/i

/** A small reading of PowerShell and cmd: known destruction, known harmlessness, all else unclear. */
export function readWindows(text: string): {
  readonly findings: readonly WindowsFinding[]
  readonly forShell: readonly string[]
} {
  const findings: WindowsFinding[] = []
  const forShell: string[] = []
  for (const statement of statementsOf(text)) {
    const found = destructive.find(([, pattern]) => pattern.test(statement))
    if (found !== undefined) findings.push({ action: found[0], words: statement, because: found[2] })
    else if (shared.test(statement)) forShell.push(statement.replace(/^(\S+?)\.exe\b/i, '$1'))
    else if (!statement.split('|').every((part) => reads.test(part.trim()) && !hidden.test(part)))
      findings.push({ action: 'opaque', words: statement, because: 'It is PowerShell or cmd that cannot be read.' })
  }
  return { findings, forShell }
}

/** Text that is made and run, whatever stands around it. */
const hidden =
  /\b(iex|invoke-expression|invoke-command|icm|start-process|saps|-enc\w*|frombase64string|downloadstring|\[scriptblock\]|invoke-wmimethod|\.invoke\()|&\s*[($'"]|\.delete\(|remove-|clear-|stop-|format-volume|`/i

const statementsOf = (text: string): string[] =>
  text
    .split(/\r?\n|;|&&|\|\||(?<!^)&(?!\d)\s/)
    .map((statement) =>
      statement
        .trim()
        .replace(/^(cmd(\.exe)?\s+\/[ckq]+\s+|powershell(\.exe)?\s+(-\w+\s+)*-c(ommand)?\s+|&\s+)/i, '')
        .replace(/^["'](.*)["']$/s, '$1')
        .trim(),
    )
    .filter((statement) => statement !== '')
