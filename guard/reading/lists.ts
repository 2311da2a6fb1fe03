import type { Arg, Call } from './call.ts'
import { findItems } from './find.ts'
import { fromStdin, text, type Inner } from './inner.ts'
import { isDynamic, isGlob, isLiteral, some, star, unknown } from './marks.ts'
import { readOptions, type Options } from './options.ts'

const listOptions = {
  short: 'adEILnPs',
  long: ['arg-file', 'delimiter', 'max-lines', 'max-args', 'max-procs', 'max-chars', 'replace', 'process-slot-var'],
}

const maxRuns = 50

export function xargs(call: Call): readonly Inner[] {
  const options = readOptions(call.args, listOptions, 'until_first_word')
  const words = options.rest
  if (words.length === 0) return []
  const replaced =
    options.values.get('I')?.[0]?.text ??
    options.values.get('replace')?.[0]?.text ??
    (options.flags.has('i') ? '{}' : null)
  const items = itemsFor(call, options, replaced !== null)
  if (replaced !== null)
    return items.map((item) => ({
      kind: 'words' as const,
      words: words.map((word) =>
        word.text.includes(replaced) ? { ...item, text: word.text.split(replaced).join(item.text) } : word,
      ),
      place: call.place,
      repeated: true,
    }))
  const known = items.every((item) => isLiteral(item.text))
  // One by one the places of words are others; all at once tells how many there are.
  const oneByOne =
    known && ['n', 'L', 'max-args', 'max-lines'].some((name) => options.values.get(name)?.[0]?.text === '1')
  const runs = oneByOne ? items.slice(0, maxRuns) : []
  return [
    ...runs.map((item): Inner => ({ kind: 'words', words: [...words, item], place: call.place, repeated: true })),
    {
      kind: 'words',
      // The first is told as what a list hands on; where there are more, each is judged.
      words: [...words, ...(known ? items : items.slice(1))],
      place: call.place,
      repeated: true,
      open: known ? null : (items[0] ?? null),
    },
  ]
}

/** What a list on standard input holds, as far as its making tells. */
function itemsFor(call: Call, options: Options, placed = false): readonly Arg[] {
  const from = options.flags.has('a') || options.flags.has('arg-file') ? null : call.stdin
  const known = from?.read() ?? null
  if (from === null) return [{ text: unknown }]
  if (known !== null && !isDynamic(known))
    return known.split(/[\s\0]+/).flatMap((item) => (item === '' ? [] : [{ text: item.replaceAll(/['"\\]/g, '') }]))
  const source = from.source()
  const paths = source === null ? null : pathsListedBy(source, !from.from.includes('|'), placed)
  // What a search or an end of a list lets through is some of what was listed.
  const searched = /\|\s*([ef]?grep\s+(?!-\w*v)|head\b|tail\b(?!\s+(-n ?)?\+[0-3]\b))/.test(from.from)
  return (paths ?? [unknown])
    .map((path) => (searched ? path.replaceAll(star, some) : path))
    .map((path) => ({ text: path, outputOf: from.from }))
}

/** Paths that find or ls would print. */
function pathsListedBy(source: Call, onlyListed: boolean, placed: boolean): readonly string[] | null {
  if (source.name === 'find') return findItems(source)
  if (source.name !== 'ls') return null
  const directories = source.args.filter((arg) => !arg.text.startsWith('-')).map((arg) => arg.text)
  const prints = source.args.some((arg) => /^-\w*d/.test(arg.text))
  if (directories.length === 0) return [onlyListed ? star : some]
  // Put behind its directory again, all that was listed is meant.
  return directories.map((path) => (prints || isGlob(path) ? path : onlyListed && placed ? star : some))
}

export function parallel(call: Call): readonly Inner[] {
  const { rest } = readOptions(
    call.args,
    {
      short: 'jaNnLsSP',
      long: ['jobs', 'arg-file', 'max-args', 'timeout', 'retries', 'delay', 'joblog', 'results', 'colsep', 'sshlogin'],
    },
    'until_first_word',
  )
  const at = rest.findIndex((word) => /^:::\+?$/.test(word.text))
  const words = at < 0 ? rest : rest.slice(0, at)
  const items = at < 0 ? null : rest.slice(at + 1).filter((word) => !/^:::\+?$/.test(word.text))
  if (words.length === 0) return items === null ? fromStdin(call, 'child') : items.map((item) => text(item.text))
  const given = items ?? itemsFor(call, readOptions([]))
  const holds = words.some((word) => word.text.includes('{}'))
  if (holds && !words.some((word) => word.text.includes(' ')))
    return given.map((item) => ({
      kind: 'words' as const,
      words: words.map((word) =>
        word.text.includes('{}') ? { ...item, text: word.text.split('{}').join(item.text) } : word,
      ),
      place: call.place,
      repeated: true,
    }))
  if (words.some((word) => word.text.includes(' ')))
    return given.map((item) =>
      text(`${words.map((word) => word.text.split('{}').join(item.text)).join(' ')}${holds ? '' : ` ${item.text}`}`),
    )
  const known = given.every((item) => isLiteral(item.text))
  return [
    {
      kind: 'words',
      words: known ? [...words, ...given] : words,
      place: call.place,
      repeated: true,
      open: known ? null : (given[0] ?? { text: unknown }),
    },
  ]
}
