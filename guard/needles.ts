/**
 * A pattern that finds something in whatever one of the given ones finds something in, and takes a fraction of their
 * time: it looks for pieces of a word of which one has to be there. Null where one of them needs none.
 */
export function needleFor(patterns: readonly RegExp[]): RegExp | null {
  const needles = needlesOf(patterns)
  return needles === null ? null : anyOf(needles)
}

/** The pieces themselves. */
export function needlesOf(patterns: readonly RegExp[]): readonly string[] | null {
  const all: string[] = []
  for (const { source } of patterns) {
    const needles = new Pattern(source).either()
    if (needles === null) return null
    all.push(...needles)
  }
  return all
}

/** Finds any of these pieces in a word, or any of these words. */
export function anyOf(pieces: readonly string[], words: readonly string[] = []): RegExp {
  const few = pieces.filter((piece) => !pieces.some((other) => other !== piece && piece.includes(other)))
  const sources = [...new Set(few)].map(literally)
  // A word may stand among others in one, and a mark for any of them.
  if (words.length > 0) sources.push(String.raw`[\s${marks}]|^(?:${[...new Set(words)].map(literally).join('|')})$`)
  else if (few.some((piece) => shown.test(piece))) sources.push(`[${marks}]`)
  return new RegExp(sources.join('|') || '(?!)', 'i')
}

const marks = String.raw`\uE000-\uE003`
/** For the eye, marks are told by these. */
const shown = /[*?$…]/
const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Pieces of which one has to be there; null where nothing has. */
type Needles = readonly string[] | null

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' }
const edgeOfWord = /[bB]/
/** Of any other letter or digit a class or a reference is made. */
const manyThings = /[A-Za-z\d]/
const anyTimes = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y
const mayBeLeftOut = /^(?:[*?]|\{0)/

/** Reads a pattern from left to right. */
class Pattern {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** `a|b`: one of either. */
  either(): Needles {
    let all: Needles = this.#row()
    while (this.#source[this.#at] === '|') {
      this.#at += 1
      const other = this.#row()
      all = all === null || other === null ? null : [...all, ...other]
    }
    return all
  }

  /** What stands one after the other: the best of all that has to be there. */
  #row(): Needles {
    let best: Needles = null
    let run = ''
    while (this.#at < this.#source.length && !'|)'.includes(this.#source.charAt(this.#at))) {
      const piece = this.#piece()
      const times = this.#times()
      if (piece === '') continue
      if (typeof piece === 'string' && times === '') {
        run += piece
        continue
      }
      best = better(best, wordIn(run))
      run = ''
      if (!mayBeLeftOut.test(times)) best = better(best, typeof piece === 'string' ? wordIn(piece) : piece)
    }
    return better(best, wordIn(run))
  }

  /** One thing: a letter that stands for itself, none for what takes no place, or what a group needs. */
  #piece(): string | Needles {
    const char = this.#take()
    if (char === '(') return this.#group()
    if (char === '[') return this.#oneOf()
    if (char === '.') return null
    if (char === '^' || char === '$') return ''
    if (char !== '\\') return char
    const escaped = this.#take()
    if (edgeOfWord.test(escaped)) return ''
    if (escaped === 'u' || escaped === 'x') return this.#byNumber(escaped === 'u' ? 4 : 2)
    return escapes[escaped] ?? (manyThings.test(escaped) ? null : escaped)
  }

  #byNumber(digits: number): string {
    const code = Number.parseInt(this.#source.slice(this.#at, this.#at + digits), 16)
    this.#at += digits
    return String.fromCharCode(code)
  }

  #group(): Needles {
    const [opening = ''] = /^(?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(this.#source.slice(this.#at)) ?? []
    this.#at += opening.length
    const inner = this.either()
    this.#at += 1
    return opening.endsWith('!') ? null : inner
  }

  #oneOf(): null {
    for (let char = this.#take(); char !== ']' && char !== ''; char = this.#take()) if (char === '\\') this.#take()
    return null
  }

  #times(): string {
    anyTimes.lastIndex = this.#at
    const [times = ''] = anyTimes.exec(this.#source) ?? []
    this.#at += times.length
    return times
  }

  #take(): string {
    const char = this.#source.charAt(this.#at)
    this.#at += 1
    return char
  }
}

/** The longest piece without a blank in it: it stands in one word. */
function wordIn(run: string): Needles {
  const [longest = ''] = run.split(/\s/).toSorted((one, other) => other.length - one.length)
  return longest === '' ? null : [longest]
}

/** The shortest of a set says how often it is there by chance; of two as short, what comes later tells more of a command. */
const better = (one: Needles, other: Needles): Needles =>
  other === null || (one !== null && shortest(one) > shortest(other)) ? one : other

const shortest = (needles: readonly string[]): number => Math.min(...needles.map(({ length }) => length))
