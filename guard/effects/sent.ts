import type { Arg, Call } from '../reading/call.ts'
import { readOptions } from '../reading/options.ts'
import { each, type Told } from './effect.ts'

/** Options of rsync that take a value, and of scp. */
export const shapes = {
  rsync: {
    short: 'efBMT',
    long: 'rsh exclude include filter files-from rsync-path bwlimit backup-dir suffix log-file temp-dir chown chmod timeout port exclude-from include-from link-dest compare-dest copy-dest max-size min-size max-delete out-format info debug partial-dir modify-window iconv usermap groupmap compress-level password-file'.split(
      ' ',
    ),
  },
  scp: { short: 'cFiJlDoPSX' },
} as const

/** `HOST:/PATH` as the path on that host; a path that is not absolute there lies in a home. */
export function pathOn(arg: Arg): { readonly host: string | null; readonly arg: Arg } {
  const [, host, path = ''] = /^(?:(?:rsync|scp|ssh):\/\/)?([^/]*?):(?!:)(.*)$/s.exec(arg.text) ?? []
  return host === undefined ? { host: null, arg } : { host, arg: { ...arg, text: path } }
}

/** A single file that is sent over another. */
export function sentTo(call: Call): readonly Told[] {
  const { rest, flags } = readOptions(call.args, call.name === 'scp' ? shapes.scp : shapes.rsync)
  if (rest.length !== 2 || ['n', 'dry-run'].some((flag) => flags.has(flag))) return []
  const [source, target] = rest
  if (source === undefined || target === undefined) return []
  if (['r', 'a', 'archive', 'recursive'].some((flag) => flags.has(flag)) && !isSameFile(source.text, target.text))
    return []
  const { arg } = pathOn(target)
  return /^\/.*[^/]$/.test(arg.text) ? each([arg], source.text === '/dev/null' ? 'empties' : 'replaces') : []
}

/** Told to bring trees, it brings a single file where both sides end in the same name. */
const isSameFile = (from: string, to: string): boolean => {
  const [, name] = /\/([^/:]+)$/.exec(to) ?? []
  return name !== undefined && from.endsWith(`/${name}`)
}
