const limit = 64

/** Bash's brace expansion of a raw word; null when it would make more than 64 words. Quotes are left as they are. */
export function expandBraces(raw: string): readonly string[] | null {
  const done: string[] = []
  const todo = [raw]
  for (let word = todo.pop(); word !== undefined; word = todo.pop()) {
    const group = firstGroup(word)
    if (group === null) done.push(word)
    else {
      const [before, after] = [word.slice(0, group.start), word.slice(group.end)]
      for (const choice of group.choices.toReversed()) todo.push(before + choice + after)
    }
    if (todo.length + done.length > limit) return null
  }
  return done
}

type Group = { readonly start: number; readonly end: number; readonly choices: readonly string[] }

function firstGroup(word: string): Group | null {
  for (let start = 0; start < word.length; start += 1) {
    const quoted = skipQuoted(word, start)
    if (quoted > start) start = quoted - 1
    else if (word[start] === '{' && word[start - 1] !== '$') {
      const group = readGroup(word, start)
      if (group !== null) return group
    }
  }
  return null
}

function readGroup(word: string, start: number): Group | null {
  const choices: string[] = []
  let depth = 0
  let from = start + 1
  for (let at = start; at < word.length; at += 1) {
    const quoted = skipQuoted(word, at)
    if (quoted > at) {
      at = quoted - 1
      continue
    }
    const char = word[at]
    if (char === '{') depth += 1
    if (char === ',' && depth === 1) {
      choices.push(word.slice(from, at))
      from = at + 1
    }
    if (char === '}') depth -= 1
    if (depth > 0) continue
    choices.push(word.slice(from, at))
    if (choices.length > 1) return { start, end: at + 1, choices }
    const range = readRange(choices[0] ?? '')
    return range === null ? null : { start, end: at + 1, choices: range }
  }
  return null
}

function readRange(text: string): readonly string[] | null {
  const [, first, last] = /^(-?\d{1,6}|[A-Za-z])\.\.(-?\d{1,6}|[A-Za-z])(?:\.\.-?\d+)?$/.exec(text) ?? []
  if (first === undefined || last === undefined) return null
  const letters = /[A-Za-z]/.test(first)
  if (letters !== /[A-Za-z]/.test(last)) return null
  const [from, to] = letters ? [first.charCodeAt(0), last.charCodeAt(0)] : [Number(first), Number(last)]
  const count = Math.min(Math.abs(to - from) + 1, limit + 1)
  const direction = to >= from ? 1 : -1
  return Array.from({ length: count }, (_, index) => {
    const value = from + index * direction
    return letters ? String.fromCharCode(value) : String(value)
  })
}

/** The end of the quoted or substituted stretch that begins here; the same place where none does. */
function skipQuoted(word: string, at: number): number {
  const char = word[at]
  if (char === '\\') return at + 2
  if (char === "'" || char === '"' || char === '`') {
    const end = word.indexOf(char, at + 1)
    return end < 0 ? word.length : end + 1
  }
  if (char === '$' && (word[at + 1] === '{' || word[at + 1] === '(')) {
    const [open, close] = word[at + 1] === '{' ? ['{', '}'] : ['(', ')']
    let depth = 0
    for (let end = at + 1; end < word.length; end += 1) {
      if (word[end] === open) depth += 1
      if (word[end] === close) depth -= 1
      if (depth === 0) return end + 1
    }
    return word.length
  }
  return at
}
