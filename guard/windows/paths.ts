import { unknown } from '../reading/marks.ts'

/** Why a Windows path must not be deleted or opened as a whole; null where that is ordinary. */
export function windowsProtection(path: string, cwd: string | null): string | null {
  const full = resolve(path, cwd)
  if (full === null) return null
  if (full === unknown || full.startsWith(unknown)) return 'which path it is, only the host knows'
  if (full === '.' || full === '') return 'it is everything in a directory that is not named'
  if (/^(hk(lm|cu|cr|u|cc)|registry:|hkey_)/.test(full)) return 'it is a part of the registry'
  if (/^[a-z]:$/.test(full)) return 'it is a whole drive'
  if (/^\\\\[^\\]+\\[^\\]+$/.test(full)) return 'it is a whole share'
  if (temporary.test(full)) return null
  if (system.test(full)) return 'it belongs to Windows'
  const [, top = '', second, third] = full.split('\\')
  if (second === undefined && /^[a-z]:\\/.test(full)) return rebuilt.test(top) ? null : 'it is a top-level directory'
  if (/^(users|documents and settings)$/.test(top))
    return third === undefined || (homes.test(third) && full.split('\\').length <= 4)
      ? 'it is the home of somebody'
      : null
  if (collections.test(top) && third === undefined && !rebuilt.test(second ?? ''))
    return 'it is one of a collection of data'
  if (/^(program files.*|programdata|inetpub|recovery|boot)$/.test(top))
    return full.split('\\').length <= 3 ? 'it holds installed programs or their data' : null
  return null
}

const temporary =
  /^[a-z]:\\(windows\\(temp|softwaredistribution\\download|logs|prefetch)|users\\[^\\]+\\appdata\\local\\(temp|npm-cache|pip\\cache|nuget|microsoft\\windows\\(inetcache|explorer))|te?mp|inetpub\\logs|programdata\\[^\\]+\\(logs?|cache|temp)|\$recycle\.bin)(\\|$)/
const system = /^[a-z]:\\(windows|winnt|boot|recovery|system volume information|efi|bootmgr|pagefile\.sys)(\\|$)/
const rebuilt = /^(te?mp|build|builds|cache|logs?|node_modules|dist|out|obj|bin|work|scratch|windows\.old)$/
/** On a drive for data, each directory in these is somebody's or something's whole. */
const collections = /^(shares?|homes?|profiles|backups?|userdata|fileshares?|departments|sqldata|databases)$/
const homes = /^(documents|desktop|pictures|videos|music|appdata|onedrive|downloads|\.ssh|\*)$/

/** In small letters, without its last `\*`, as seen from the directory it is used in; null where it names little. */
function resolve(path: string, cwd: string | null): string | null {
  const text = path
    .trim()
    .toLowerCase()
    .replace(/^\\\\[?.]\\/, '')
    .replace(/^(filesystem|microsoft\.powershell\.core\\filesystem)::/, '')
    .replaceAll('/', '\\')
  const parts: string[] = []
  const whole =
    /^([a-z]:|\\|%|hk|registry)/.test(text) || text.startsWith(unknown) ? text : `${cwd?.toLowerCase() ?? '.'}\\${text}`
  const share = whole.startsWith('\\\\')
  for (const part of whole.replace(/^\\/, cwd?.slice(0, 2).toLowerCase() ?? 'c:\\').split(/\\+/)) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  if (share && parts.length > 0) return `\\\\${parts.filter((part) => part !== 'c:').join('\\')}`
  const last = parts.at(-1) ?? ''
  const everything = /^\*(\.\*)?$/.test(last)
  if (everything) parts.pop()
  if (!/^([a-z]:|hk|registry)/.test(parts[0] ?? '') && !(parts[0] ?? '').startsWith(unknown))
    return everything && parts.length === 0 ? '.' : text === '.' || text.startsWith('..') ? '.' : null
  // A pattern for some files, such as *.log, is not the directory.
  if (!everything && /[*?]/.test(last) && !/^\*?[^.]{0,2}\*?$/.test(last))
    return system.test(parts.join('\\')) ? parts.join('\\') : null
  return parts.join('\\')
}

/** Whether one of the system's own files is meant. */
export const isSystemFile = (path: string): boolean =>
  /^[a-z]:\\(windows\\(system32|syswow64)|boot|windows\\[^\\]+\.exe)(\\|$)|\\(bootmgr|ntldr)$/.test(
    resolve(path, null) ?? '',
  )
