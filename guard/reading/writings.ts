import type { Inner } from './inner.ts'

// Spaces are counted: two runs of any length that meet take time that grows as their square.
const literal = String.raw`["'\x60]([^"'\x60\n]{1,400})["'\x60]`
/** The first string behind the name of a call; a path may be made of it. */
const given = String.raw`\s{0,9}\(?\s{0,9}(?:(?:\w+\.)?Path\s{0,9}\(\s{0,9})?${literal}\)?`

/** Files opened to be written anew, or written at once. */
const opened = new RegExp(
  String.raw`\b(?:f?open|openSync|File\.(?:open|new))${given}\s*,\s*(?:mode\s*=\s*)?["']w[b+t]*["']\s*\)?(\s*\.close\b|\s*\{\s*\})?`,
  'g',
)
const byPerl = new RegExp(
  String.raw`\bopen\s*\(?\s*(?:my\s+)?[$\w]+\s*,\s*["']\+?>(?:["']\s*,\s*["'])?\s*([^"'>&\s][^"']*)["']\s*\)?\s*(;\s*close\b|$)?`,
  'g',
)
const written = new RegExp(
  String.raw`\b(?:writeFile(?:Sync)?|file_put_contents|(?:File|IO)\.(?:bin)?write|Deno\.writeTextFile(?:Sync)?|Bun\.write)${given}\s*,\s*(""|''|\x60\x60)?`,
  'g',
)
const byPath = new RegExp(String.raw`\bPath\s*\(\s*${literal}\s*\)\s*\.write_(?:text|bytes)\s*\(\s*(b?""|b?'')?`, 'g')
const cut = new RegExp(String.raw`\b(?:truncate(?:Sync)?|File\.truncate)${given}`, 'g')
const moved = new RegExp(
  String.raw`\b(?:os\.(?:rename|renames|replace)|shutil\.move|rename(?:Sync)?|File\.rename|FileUtils\.(?:mv|move)|move)${given}\s*,\s*${literal}`,
  'g',
)
const copied = new RegExp(
  String.raw`\b(?:shutil\.copy\w*|copyFile(?:Sync)?|cpSync|FileUtils\.cp(?:_r)?|copy)${given}\s*,\s*${literal}`,
  'g',
)
const unlinked = new RegExp(String.raw`\bPath\s{0,9}\(\s{0,9}${literal}\s{0,9}\)\s{0,9}\.(?:unlink|rmdir)\b`, 'g')
const removed = new RegExp(
  String.raw`\b(?:fs|fsp|promises|p|require\(["'](?:node:)?fs(?:/promises)?["']\)(?:\.promises)?)\.rm(?:dir)?${given}`,
  'g',
)
const byAwk = /\bprintf?\b([^;{}|>]{0,200})>\s*"([^"]+)"/g

/** What code does to files whose names stand in it, as the command that would do the same. */
export function writingsIn(code: string): readonly Inner[] {
  if (!writes.test(code)) return []
  return [
    ...matches(opened, code, ([, path = '', ends]) => put(path, ends !== undefined)),
    ...matches(byPerl, code, ([, path = '', ends]) => put(path, ends !== undefined)),
    ...matches(written, code, ([, path = '', empty]) => put(path, empty !== undefined)),
    ...matches(byPath, code, ([, path = '', empty]) => put(path, empty !== undefined)),
    ...matches(cut, code, ([, path = '']) => put(path, true)),
    ...matches(moved, code, ([, from = '', to = '']) => ['mv', from, to]),
    ...matches(copied, code, ([, from = '', to = '']) => ['cp', '-r', from, to]),
    ...matches(removed, code, ([, path = '']) => ['rm', '-rf', path]),
  ]
}

const writes = /open|write|truncate|rename|replace|move|\bmv|cop(y|ied)|cp|file_put|\.rm/

/** `Path("FILE").unlink()`. */
export const unlinkedPaths = (code: string): readonly Inner[] =>
  code.includes('Path') ? matches(unlinked, code, ([, path = '']) => ['rm', path]) : []

/** `print > "FILE"` of awk. */
export const writingsOfAwk = (code: string): readonly Inner[] =>
  matches(byAwk, code, ([, what = '', path = '']) => put(path, /^\s*(""\s*)?$/.test(what)))

const put = (path: string, empty: boolean): readonly string[] =>
  empty ? ['truncate', '-s', '0', path] : ['cp', '/dev/stdin', path]

const matches = (
  pattern: RegExp,
  code: string,
  words: (match: RegExpExecArray) => readonly string[],
): readonly Inner[] =>
  [...code.matchAll(pattern)].map((match) => ({ kind: 'words', words: words(match).map((text) => ({ text })) }))
