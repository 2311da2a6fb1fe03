import type { Act } from './delete.ts'
import type { WindowsCommand } from './text.ts'
import { isPattern, namesIn, plainWords } from './words.ts'

/** Commands that stop services, or keep them from starting. */
export const serviceOf = /^(stop-service|spsv|suspend-service|set-service|remove-service|sc|net1?)$/

const doors = /^(ssh-?agent|sshd|openssh\S*|winrm|termservice|umrdpservice)$/i
const walls = /^(mpssvc|bfe|sharedaccess)$/i
const needed =
  /^(docker\S*|com\.docker\S*|dockerd|containerd|rpcss|dcomlaunch|lanmanserver|lanmanworkstation|eventlog|dhcp|dnscache|dns|ntds|kdc|netlogon|vmms|vmcompute|hns|w32time|samss|lsass|windefend|wuauserv|mssqlserver|mssql\S+|plugplay|winmgmt|lxssmanager|wslservice|nsi|iphlpsvc|profsvc|schedule|cryptsvc|trustedinstaller)$/i

/** Stopping one service is ordinary; what people get in by, the firewall and what Windows needs are not. */
export const serviceAct =
  (kind: 'access' | 'firewall' | 'other'): Act =>
  (command) => {
    if (!disabled(command)) return null
    const names = namesOf(command)
    if (kind === 'access')
      return names.some((name) => doors.test(name)) ? 'It closes a door that administrators come in by.' : null
    if (kind === 'firewall') return names.some((name) => walls.test(name)) ? 'It stops the firewall.' : null
    if (names.some((name) => doors.test(name) || walls.test(name))) return null
    if (names.some(isPattern)) return 'It stops every service that fits a pattern.'
    if (names.length === 0) return command.before.length > 0 ? 'It stops whatever a list of services holds.' : null
    if (names.some((name) => needed.test(name))) return `The system does not work without ${names.join(', ')}.`
    if (/\bdelete\b/i.test(command.words[0] ?? '') || command.name === 'remove-service') return 'It removes a service.'
    return names.length > 2 ? `It stops ${names.length} services at once.` : null
  }

/** Whether it stops or disables at all: `Set-Service -StartupType Automatic` does not. */
export function disabled({ name, words }: WindowsCommand): boolean {
  const text = words.join(' ')
  if (name === 'set-service') return /-star\w*\s*:?\s*disabled|-status?\s*:?\s*stopped/i.test(text)
  if (name === 'sc') return /^(\\\\\S+ )?(stop|delete|config\b.*start=\s*disabled|pause)/i.test(text)
  if (name === 'net' || name === 'net1') return /^(stop|pause)\b/i.test(text)
  return true
}

function namesOf(command: WindowsCommand): string[] {
  const own =
    command.name === 'sc' || command.name.startsWith('net')
      ? plainWords(command)
          .filter((word) => !word.startsWith('\\\\'))
          .slice(1, 2)
      : namesIn(command, 'name', 'displayname').filter((word) => !/^(disabled|stopped|manual|automatic)$/i.test(word))
  const [first] = command.before
  if (own.some((name) => !name.startsWith('$_'))) return own
  if (first === undefined) return []
  // `Get-Service nginx | Stop-Service` names one.
  const piped = /^(get-service|gsv)$/.test(first.name) ? namesIn(first, 'name', 'displayname') : []
  return piped
}
