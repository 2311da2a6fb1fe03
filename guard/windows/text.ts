import { unknown } from '../reading/marks.ts'

/** One command of PowerShell or cmd, with what stands before it in its pipe. */
export type WindowsCommand = {
  /** In small letters, without its path and `.exe`. */
  readonly name: string
  readonly words: readonly string[]
  readonly shown: string
  /** What is handed to it: the commands before it in the pipe, the first first. */
  readonly before: readonly WindowsCommand[]
  /** Scripts in it: blocks, substitutions, arrays. */
  readonly blocks: readonly string[]
}

type Piece = { words: string[]; blocks: string[]; quotedFirst: boolean; called: boolean; text: string }

const maxBlocks = 200

/** The pipes of a PowerShell or cmd text, in order; variables that it sets are put in where they are known. */
export function pipesOf(text: string, variables: Map<string, string>): WindowsCommand[][] {
  const pipes: WindowsCommand[][] = []
  for (const pieces of split(text)) {
    const pipe: WindowsCommand[] = []
    for (const piece of pieces) {
      const command = commandOf(piece, [...pipe], variables)
      if (command !== null) pipe.push(command)
    }
    if (pipe.length > 0) pipes.push(pipe)
  }
  return pipes.slice(0, maxBlocks)
}

function commandOf(piece: Piece, before: WindowsCommand[], variables: Map<string, string>): WindowsCommand | null {
  let words = piece.words.map((word) => (/[$%]/.test(word) ? expand(word, variables) : word))
  const [, name, inline] = /^(?:\[[\w.[\]]+\])?\$(?:\w+:)?(\w+)(?:\s*\+?=(.*))?$/s.exec(piece.words[0] ?? '') ?? []
  const cmdSet = /^set$/i.test(piece.words[0] ?? '') ? /^"?(\w+)=(.*?)"?$/s.exec(piece.words[1] ?? '') : null
  if (cmdSet !== null) variables.set((cmdSet[1] ?? '').toLowerCase(), expand(cmdSet[2] ?? '', variables))
  const assigns = name !== undefined && (inline !== undefined || /^\+?=$/.test(piece.words[1] ?? ''))
  if (assigns) {
    const value = inline === undefined ? piece.words.slice(2) : [inline, ...piece.words.slice(1)].filter(Boolean)
    const [only] = value
    const literal = value.length === 1 && only !== undefined && piece.blocks.length === 0
    variables.set(name.toLowerCase(), literal ? expand(only, variables) : unknown)
    words = value.map((word) => expand(word, variables))
    if (literal && (/^["']|^\d/.test(piece.text.replace(/^[^=]*=\s*/, '')) || only.startsWith('$'))) return null
  }
  const [first = '', ...rest] = words
  if (first === '' && piece.blocks.length === 0) return null
  // A value that stands by itself is printed, not run; cmd runs what a variable holds.
  const isValue = !piece.called && (piece.quotedFirst || /^[$\uE000]/.test(piece.words[0] ?? ''))
  return {
    name: isValue && !assigns ? '' : nameOf(first),
    words: isValue && !assigns ? words : rest,
    shown: piece.text.trim().slice(0, 500),
    before,
    blocks: piece.blocks,
  }
}

/** `"C:\Windows\System32\shutdown.exe"` is `shutdown`. */
const nameOf = (word: string): string =>
  word
    .replace(/^@/, '')
    .replace(/^.*[\\/](?=[^\\/]+$)/, '')
    .replace(/\.(exe|com)$/i, '')
    .toLowerCase()

const known: Readonly<Record<string, string>> = {
  systemroot: 'C:\\Windows',
  windir: 'C:\\Windows',
  systemdrive: 'C:',
  homedrive: 'C:',
  userprofile: 'C:\\Users\\somebody',
  home: 'C:\\Users\\somebody',
  public: 'C:\\Users\\Public',
  programfiles: 'C:\\Program Files',
  programdata: 'C:\\ProgramData',
  allusersprofile: 'C:\\ProgramData',
  appdata: 'C:\\Users\\somebody\\AppData\\Roaming',
  localappdata: 'C:\\Users\\somebody\\AppData\\Local',
  temp: 'C:\\Windows\\Temp',
  tmp: 'C:\\Windows\\Temp',
  true: '$true',
  false: '$false',
  null: '$null',
  _: '$_',
  psitem: '$_',
}

/** A word with the values of the variables in it; what only the host knows is marked. */
const expand = (word: string, variables: ReadonlyMap<string, string>): string =>
  word
    .replaceAll(
      /\$\{?(?:env:|script:|global:)?(\w+(?:\(x86\))?)\}?((?:\.\w+)*)/gi,
      (whole, name: string, members: string) => {
        const key = name.toLowerCase().replace('(x86)', '')
        const value = variables.get(key) ?? known[key]
        if (value === undefined) return unknown
        return members === '' || value === '$_' ? value : unknown
      },
    )
    .replaceAll(/%(\w+(?:\(x86\))?)(?::[^%]*)?%/g, (whole, name: string) => {
      const key = name.toLowerCase().replace('(x86)', '')
      return variables.get(key) ?? known[key] ?? unknown
    })

/** Cuts a text at its ends of statements and at its pipes, outside of quotes and brackets. */
function split(text: string): Piece[][] {
  const statements: Piece[][] = []
  let pieces: Piece[] = []
  let piece = empty()
  let word = ''
  let quoted = false
  const endWord = (): void => {
    if (word !== '' || quoted) {
      if (piece.words.length === 0) piece.quotedFirst = quoted
      piece.words.push(word)
    }
    word = ''
    quoted = false
  }
  const endPiece = (): void => {
    endWord()
    if (piece.words.length > 0 || piece.blocks.length > 0) pieces.push(piece)
    piece = empty()
  }
  const endStatement = (): void => {
    endPiece()
    if (pieces.length > 0) statements.push(pieces)
    pieces = []
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if ((char === '`' || char === '^') && next !== '') {
      if (next === '\n' || (next === '\r' && text.charAt(at + 2) === '\n')) at += next === '\r' ? 2 : 1
      else {
        word += char === '`' && next === 'n' ? '\n' : next
        piece.text += next
        at += 1
      }
      continue
    }
    if (char === '"' || char === "'") {
      const { value, end, blocks } = quotedText(text, at)
      word += value
      quoted ||= word === value
      piece.text += text.slice(at, end + 1)
      piece.blocks.push(...blocks)
      at = end
      continue
    }
    if (char === '#' && word === '') {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end - 1
      continue
    }
    if (char === '{' || char === '(') {
      const end = closing(text, at)
      const block = text.slice(at + 1, end)
      piece.text += text.slice(at, end + 1)
      if (char === '(' && /^\d|^\s*['"][^'"]*['"]\s*$/.test(block)) word += block.replaceAll(/^\s*['"]|['"]\s*$/g, '')
      else if (char === '{' && word === '@') word = unknown
      else {
        piece.blocks.push(block)
        if (char === '(') word = `${word.replace(/[$@]$/, '')}${unknown}`
      }
      at = end
      continue
    }
    if (char === '\n' || char === ';') endStatement()
    else if (char === '|' && next === '|') {
      endStatement()
      at += 1
    } else if (char === '|') endPiece()
    else if (char === '&' && next === '&') {
      endStatement()
      at += 1
    } else if (char === '&' && text.charAt(at - 1) !== '>') {
      if (piece.words.length === 0 && word === '') piece.called = true
      else endStatement()
    } else if (/\s/.test(char)) {
      endWord()
      piece.text += char
    } else {
      ordinary.lastIndex = at
      const run = ordinary.exec(text)?.[0] ?? char
      word += run
      piece.text += run
      at += run.length - 1
    }
  }
  endStatement()
  return statements
}

/** What means nothing by itself, as far as it goes. */
const ordinary = /[^\s`^"'#{(|&;]+/y

const empty = (): Piece => ({ words: [], blocks: [], quotedFirst: false, called: false, text: '' })

function quotedText(text: string, from: number): { value: string; end: number; blocks: string[] } {
  const quote = text.charAt(from)
  const blocks: string[] = []
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === quote && text.charAt(at + 1) === quote) {
      value += quote
      at += 1
    } else if (char === quote) return { value, end: at, blocks }
    else if (char === '`' && quote === '"') {
      at += 1
      value += text.charAt(at) === 'n' ? '\n' : text.charAt(at)
    } else if (char === '$' && text.charAt(at + 1) === '(' && quote === '"') {
      const end = closing(text, at + 1)
      blocks.push(text.slice(at + 2, end))
      value += unknown
      at = end
    } else value += char
  }
  return { value, end: text.length, blocks }
}

/** Where the bracket that stands here is closed. */
function closing(text: string, from: number): number {
  const open: string[] = []
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '`') at += 1
    else if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1)
      if (end > 0) at = end
    } else if (char === '{' || char === '(') open.push(char)
    else if (char === '}' || char === ')') {
      open.pop()
      if (open.length === 0) return at
    }
  }
  return text.length
}
