import { isSystemFile, windowsProtection } from './paths.ts'
import type { WindowsCommand } from './text.ts'
import { hasOption, isOpen, isPattern, namesIn, valuesOf } from './words.ts'

export type Act = (command: WindowsCommand, cwd: string | null) => string | null

/** `Remove-Item`, `del` and `rd`: what they would take, or why they ask. */
export const removal: Act = (command, cwd) => {
  const recursive = hasOption(command, 'recurse', 's') || /^(rd|rmdir)$/.test(command.name)
  const listed = command.before.length > 0
  const paths = namesIn(command, 'path', 'literalpath').filter((path) => !path.startsWith('$_') && path !== '')
  const source = command.before[0]
  if (listed && source !== undefined && !paths.some((path) => !isOpen(path))) return ofListing(source, command, cwd)
  for (const path of paths) {
    const because = windowsProtection(path, cwd)
    if (because !== null && (recursive || isPattern(path) || (isSystemFile(path) && !isOpen(path))))
      return `It deletes ${path}: ${because}.`
  }
  return null
}

const keys = /^(hk(lm|cu|cr|u|cc)|registry|hkey_)/i

export const isRegistry = (command: WindowsCommand): boolean =>
  namesIn(command, 'path', 'literalpath').some((path) => keys.test(path))

/** Disks of guests and distributions. */
const isDisks = /\*\.(vhdx?|avhdx?|vmdk|vdi)\b/i

/** What a listing holds is deleted: how much that is, its directory and its filters tell. */
function ofListing(source: WindowsCommand, command: WindowsCommand, cwd: string | null): string | null {
  if (!/^(get-childitem|gci|dir|ls|get-item|gi)$/.test(source.name)) return 'It deletes whatever a list holds.'
  const roots = namesIn(source, 'path', 'literalpath')
  const filtered =
    valuesOf(source, 'filter', 'include').some((pattern) => !/^\*(\.\*)?$/.test(pattern)) ||
    command.before.some(({ name }) => /^(where-object|where|\?|select-object|select)$/.test(name))
  if (isDisks.test(command.before.map(({ shown }) => shown).join(' ')))
    return 'It deletes disks of guests or distributions.'
  for (const root of roots.length === 0 ? ['.\\*'] : roots) {
    const because = windowsProtection(root, cwd)
    if (because === null) continue
    if (filtered && !/drive|Windows|registry|only the host|programs/.test(because)) continue
    return `It deletes what is found in ${root}: ${because}.`
  }
  return null
}

/** A mirror deletes what its source does not have. */
export const mirror: Act = (command, cwd) => {
  if (!hasOption(command, 'mir', 'purge') || hasOption(command, 'l')) return null
  const [source = '', target = ''] = namesIn(command)
  if (/(^|[\\/])(empty|blank|leer|nul|void|nothing)/i.test(source)) return `It empties ${target}.`
  const because = windowsProtection(target, cwd)
  return because === null || /collection/.test(because)
    ? null
    : `It deletes what its source does not have in ${target}: ${because}.`
}
