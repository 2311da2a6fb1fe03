import type { Effect } from '../effects/effect.ts'
import { effectsOf } from '../effects/effects.ts'
import { isScratch, keptFile, type Kept } from '../kept-files.ts'
import type { Call } from '../reading/call.ts'
import { findItems } from '../reading/find.ts'
import { isGlob, readable } from '../reading/marks.ts'
import { resolvePath } from '../reading/paths.ts'
import { home } from '../reading/scope.ts'
import type { Match } from './rule.ts'

/** Files that nobody makes anew, among those that a call deletes, empties, overwrites or moves away one by one. */
export function lostFiles(call: Call): Match | null {
  const effects = effectsOf(call)
  const many = emptied(effects)
  let because: string | null = null
  const targets: string[] = []
  for (const effect of effects) {
    const kept = lossOf(many?.has(directoryOf(effect.path)) === true ? { ...effect, many: true } : effect)
    if (kept?.holds !== 'data') continue
    const path = readable(effect.path)
    because ??= `It ${effect.how} ${path}: ${kept.because}`
    targets.push(path)
  }
  return because === null ? null : { because, targets, risk: 'high' }
}

/** As many of one directory, each by its name, are as good as a pattern. */
const several = 4

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** The directories of which as many files are deleted by name; null where there are too few of any. */
function emptied(effects: readonly Effect[]): ReadonlySet<string> | null {
  if (effects.length < several) return null
  const counts = new Map<string, number>()
  for (const { how, path } of effects)
    if (how === 'removes') counts.set(directoryOf(path), (counts.get(directoryOf(path)) ?? 0) + 1)
  return new Set([...counts].flatMap(([directory, count]) => (count < several ? [] : [directory])))
}

/** The same of what find picks and deletes by itself. */
export function pickedFiles(call: Call): Match | null {
  let because: string | null = null
  const targets: string[] = []
  for (const item of findItems(call)) {
    const resolved = resolvePath(item, call.cwds[0] ?? '')
    const kept = keptFile(resolved, 'removes', isGlob(resolved))
    if (kept === null) continue
    const path = readable(resolved)
    because ??= `It deletes what it finds of ${path}: ${kept.because}`
    targets.push(path)
  }
  return because === null ? null : { because, targets, risk: 'high' }
}

/** What lies there is gone with the next start, or at once. */
export const nowhere = /^\/dev\/(null|shm)|^\/(var\/)?tmp(\/|$)/

/** What is lost by an effect, and why it must not be; null where nothing is. */
export function lossOf({ path, how, to, many }: Effect): Kept | null {
  if (how === 'appends' || how === 'comments' || how === 'drops') return null
  if (how === 'moves' && to === '/dev/null' && !path.startsWith(`${home}/`) && !isScratch(path))
    return { because: 'Nothing is left of what is moved there.', holds: 'data' }
  if (how === 'moves') return nowhere.test(to ?? '') || isTakenOut(path, to) ? keptFile(path, 'removes', many) : null
  if (how === 'replaces' && cannotDoWithout.test(path))
    return { because: 'Nothing runs without it, and another takes its place.', holds: 'data' }
  return keptFile(path, how, many)
}

/** What belongs to the system has to lie where it is: beside it under another name it can be put back. */
const isTakenOut = (path: string, to = ''): boolean =>
  cannotDoWithout.test(path) ||
  (/^\/(usr\/)?(s?bin|lib(32|64|exec)?)\//.test(path) && !to.startsWith(path.replace(/[^/]+$/, '')))

/** One file without which nothing starts. */
export const cannotDoWithout =
  /^\/(usr\/)?(s?bin\/(ba|da)?sh|s?bin\/(init|sudo|su|login|passwd|sshd|agetty|systemctl|mount|busybox|env|ls|cp|rm|python3|perl|dpkg|rpm|apt|dash|tar|ip|useradd|usermod)|lib(64|32)?(\/[\w-]+)?\/(libc|ld-linux|libpthread|ld-musl|libcrypto|libssl|libpam)[\w.-]*\.so[\d.]*|lib\/systemd\/systemd)$/
