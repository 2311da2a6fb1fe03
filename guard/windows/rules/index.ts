import type { ActionType } from '../../../schema/guard.ts'
import { files } from './files.ts'
import { machine } from './machine.ts'
import { opened } from './opened.ts'
import { programs } from './programs.ts'
import type { WindowsRule } from './rule.ts'
import { software } from './software.ts'

/** Every rule for PowerShell and cmd. */
export const windowsRules: readonly WindowsRule[] = [...files, ...machine, ...opened, ...programs, ...software]

/** Calls of methods that do the same, in the text of a statement. */
export const methodActs: readonly (readonly [ActionType, RegExp, string])[] = [
  ['system_reboot', /\.reboot\(|win32shutdown\D{0,4}[26]\b/i, 'It restarts the whole machine.'],
  ['system_reboot', /invoke-(cim|wmi)method\b[^;]*\breboot\b/i, 'It restarts the whole machine.'],
  ['system_shutdown', /invoke-(cim|wmi)method\b[^;]*\b(win32)?shutdown\b/i, 'It ends the whole machine.'],
  [
    'service_bulk_disable',
    /win32_service\b[^;]*invoke-(cim|wmi)method\b[^;]*\b(stopservice|delete|changestartmode|pauseservice)\b/i,
    'It stops services in bulk.',
  ],
  [
    'bulk_process_kill',
    /win32_process\b[^;]*invoke-(cim|wmi)method\b[^;]*\bterminate\b/i,
    'It ends every process that it may.',
  ],
  [
    'package_bulk_remove',
    /win32_product\b[^;]*invoke-(cim|wmi)method\b[^;]*\buninstall\b/i,
    'It removes software of the machine.',
  ],
  ['system_shutdown', /\.shutdown\(|win32shutdown/i, 'It ends the whole machine.'],
  ['package_bulk_remove', /\.uninstall\(/i, 'It removes software of the machine.'],
  [
    'bulk_process_kill',
    /(get-process|gps)\b[^;]*\.(kill|terminate)\(|win32_process\b[^;]*\.terminate\(/i,
    'It ends every process that it may.',
  ],
  [
    'service_bulk_disable',
    /(get-service|gsv|win32_service)\b[^;]*\.(stop|stopservice|delete|changestartmode)\(/i,
    'It stops services in bulk.',
  ],
  [
    'filesystem_bulk_delete',
    /\[(system\.)?io\.(directory|file|directoryinfo)\]::delete\(|(get-childitem|gci|get-item|dir|ls)\b[^;]*\.delete\(/i,
    'It deletes files by a call that is not checked.',
  ],
  [
    'configuration_reset',
    /win32_shadowcopy\b[^;]*\.delete\(|deletesubkeytree/i,
    'It removes what a rescue, or Windows, would need.',
  ],
]
