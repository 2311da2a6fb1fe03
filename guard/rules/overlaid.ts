import type { Call } from '../reading/call.ts'
import { isGlob, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'

/** Directories whose whole content nothing else may lie over. */
const whole = /^\/(?:etc|boot|usr|lib(?:32|64)?|s?bin|var|root)?$/

/** Programs that can lay one tree over another. */
export const overlayers: ReadonlySet<string> = new Set(['tar', 'bsdtar', 'cp', 'rsync', 'unzip'])

const waysOf: Readonly<Record<string, (call: Call) => readonly string[]>> = {
  cp: copiedOver,
  rsync: syncedOver,
  unzip: unzippedOver,
}

/** The system's directories over which a call lays another tree: what was there is written over. */
export function overlaid(call: Call): readonly string[] {
  const targets = (waysOf[call.name] ?? unpackedOver)(call)
  return targets.map((target) => resolvePath(target, call.cwds[0] ?? '')).filter((path) => whole.test(path))
}

/** `cp -a etc/. /etc`; a directory that keeps its name is only put beside. */
function copiedOver(call: Call): readonly string[] {
  const options = readOptions(call.args, { short: 'tS', long: ['target-directory', 'suffix'] })
  const inDirectory = options.values.get('t') ?? options.values.get('target-directory')
  const [target = options.rest.at(-1)] = inDirectory ?? []
  const sources = inDirectory === undefined ? options.rest.slice(0, -1) : options.rest
  return target !== undefined &&
    hasAny(options, 'r', 'R', 'a', 'recursive', 'archive') &&
    !hasAny(options, 'n', 'no-clobber', 'u', 'update', 'b', 'backup') &&
    sources.some(({ text }) => isGlob(text.slice(text.lastIndexOf('/') + 1)) || /(^|\/)\.$/.test(text))
    ? [target.text]
    : []
}

/** `rsync -a etc/ /etc`: the slash at the end means what is in it. */
function syncedOver(call: Call): readonly string[] {
  const options = readOptions(call.args, {
    short: 'efBMT',
    long: ['rsh', 'exclude', 'include', 'filter', 'exclude-from'],
  })
  const target = options.rest.at(-1)
  return target !== undefined &&
    !hasAny(options, 'n', 'dry-run', 'u', 'update', 'ignore-existing', 'b', 'backup') &&
    options.rest.slice(0, -1).some(({ text }) => text.endsWith('/'))
    ? [target.text.replace(/^[^/:]+:(?=\/)/, '')]
    : []
}

/** `unzip -o etc.zip -d /etc`; without being told, unzip asks before each file. */
function unzippedOver(call: Call): readonly string[] {
  const options = readOptions(call.args, { short: 'dxP' })
  const [target] = options.values.get('d') ?? []
  return target !== undefined && hasAny(options, 'o') && options.rest.length === 1 ? [target.text] : []
}

function unpackedOver(call: Call): readonly string[] {
  const texts = call.args.map(({ text }) => text)
  const [bundle = ''] = texts
  const extracts = /^-?[A-Za-z]*x/.test(bundle) || texts.some((text) => /^(-\w*x\w*|--extract|--get)$/.test(text))
  if (
    !extracts ||
    texts.some((text) => /^(-k|--keep-\w+-files|--skip-old-files|--no-overwrite-dir|-O|--to-stdout)$/.test(text))
  )
    return []
  // `tar xf etc.tar etc/hosts` takes out what it names.
  const { rest } = readOptions(call.args, {
    short: 'fCXTI',
    long: ['file', 'directory', 'exclude', 'strip-components'],
  })
  const old = /^[A-Za-z]+$/.test(bundle)
  if (rest.length > (old ? (bundle.match(/[fC]/g)?.length ?? 0) + 1 : 0)) return []
  // Packages are unpacked over `/` every day; that one makes room for them by force is not ordinary.
  const forced = texts.some((text) => /^(-\w*U\w*|--overwrite|--unlink-first|--recursive-unlink)$/.test(text))
  const told = texts.flatMap((text, index) =>
    /^(-\w*C|--directory)$/.test(text) ? (texts[index + 1] ?? []) : (/^(?:--directory=|-C)(.+)$/.exec(text)?.[1] ?? []),
  )
  const targets = old && bundle.startsWith('C') ? texts.slice(1, 2) : told.length > 0 ? told : call.cwds.slice(0, 1)
  return targets.filter((target) => forced || target !== '/')
}

/** How it is told. */
export const overlaidBecause = (targets: readonly string[]): string =>
  `It lays another tree over ${targets.map(readable).join(', ')}: what was there is written over.`
