import { ofLastCall, type Arg, type Call } from './call.ts'
import { some, star } from './marks.ts'
import type { Inner } from './inner.ts'

export type Find = {
  readonly roots: readonly string[]
  /** Only some of what is below the roots is meant. */
  readonly filtered: boolean
  readonly deletes: boolean
  readonly commands: readonly (readonly Arg[])[]
  readonly patterns: readonly string[]
}

const filters =
  /^-(i?name|i?path|i?regex|[acm]time|[acm]min|size|user|group|uid|gid|newer\w*|empty|perm|nouser|nogroup|inum|links|samefile|wholename|lname|xtype)$/
const names = /^-(i?name|i?path)$/
const runs = /^-(exec|execdir|ok|okdir)$/

/** Reads the words of find(1): where it looks, what it picks, what it does with it. */
export const readFind = ofLastCall((call): Find => {
  const words = [...call.args]
  while (/^-([HLP]|O\d|D)$/.test(words[0]?.text ?? '')) if (words.shift()?.text === '-D') words.shift()
  const roots: string[] = []
  for (let word = words[0]; word !== undefined && !/^[-(!]/.test(word.text); word = words[0]) {
    roots.push(word.text)
    words.shift()
  }
  const commands: Arg[][] = []
  const patterns: string[] = []
  let filtered = false
  let deletes = false
  for (let at = 0; at < words.length; at += 1) {
    const test = words[at]?.text ?? ''
    if (!test.startsWith('-')) continue
    if (test === '-delete') deletes = true
    else if (filters.test(test)) {
      filtered = true
      const next = words[at + 1]
      if (next !== undefined && names.test(test)) patterns.push(next.text)
    } else if (runs.test(test)) {
      const rest = words.slice(at + 1)
      const end = rest.findIndex(
        (word, index) => word.text === ';' || (word.text === '+' && rest[index - 1]?.text === '{}'),
      )
      commands.push(end < 0 ? rest : rest.slice(0, end))
      if (end < 0) break
      at += end + 1
    }
  }
  return { roots: roots.length === 0 ? ['.'] : roots, filtered, deletes, commands, patterns }
})

/** What find would hand on: everything below its roots, or some of it. */
export function findItems(call: Call): readonly string[] {
  const { roots, filtered } = readFind(call)
  return roots.map((root) => `${root}/${filtered ? some : star}`)
}

export function findCommands(call: Call): readonly Inner[] {
  if (call.name === 'fd' || call.name === 'fdfind') {
    const at = call.args.findIndex((arg) => /^(-x|-X|--exec|--exec-batch)$/.test(arg.text))
    const words = at < 0 ? [] : call.args.slice(at + 1)
    const root = call.args.slice(0, at).findLast((arg) => arg.text.startsWith('/'))?.text
    const item = root === undefined ? some : `${root.replace(/\/+$/, '')}/${star}`
    return words.length === 0
      ? []
      : [
          {
            kind: 'words',
            words: words.map((word) => ({ ...word, text: word.text.split('{}').join(item) })),
            open: { text: item },
            repeated: true,
          },
        ]
  }
  const items = findItems(call)
  return readFind(call).commands.flatMap((words) =>
    items.map(
      (item): Inner => ({
        kind: 'words',
        words: words.map((word) =>
          word.text.includes('{}') ? { ...word, text: word.text.split('{}').join(item) } : word,
        ),
        repeated: true,
      }),
    ),
  )
}
