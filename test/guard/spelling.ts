import { execFileSync } from 'node:child_process'
import { isAtLeast } from '../../schema/guard.ts'
import { pick } from '../unit/guard/random.ts'
import { assessed } from '../unit/guard/situation.ts'
import { payloads } from './wrapping.ts'

/** Commands of plain words: what bash makes of them can be printed without running anything. */
const plain = payloads.filter((payload) => /^[\w ./:=@%+,-]+$/.test(payload) && !/^\s*\w+=/.test(payload))

const hex = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0')
const octal = (char: string): string => char.charCodeAt(0).toString(8).padStart(3, '0')

/** Ways to write a piece of a word that bash reads as the same letters. */
const spellings: readonly ((piece: string, word: string) => string)[] = [
  (piece) => piece,
  (piece) => `'${piece}'`,
  (piece) => `"${piece}"`,
  (piece) =>
    `$'${piece
      .split('')
      .map((char) => `\\x${hex(char)}`)
      .join('')}'`,
  (piece) =>
    `$'${piece
      .split('')
      .map((char) => `\\${octal(char)}`)
      .join('')}'`,
  (piece) =>
    piece
      .split('')
      .map((char) => `\\${char}`)
      .join(''),
  (piece) => `""${piece}''`,
  // Before a slash a variable is a directory that may be set, and is asked for as such.
  (piece) => (/^[\w-]/.test(piece) ? `\${nothing_here}${piece}` : piece),
  (piece, word) => (word.includes('/') ? `"${piece}"` : `\${nothing_here:-${piece}}`),
  (piece) => `"$(printf %s '${piece}')"`,
]

const between = [' ', '  ', '\t', ' \\\n ', '${IFS}', '$IFS']

function respell(random: () => number, word: string): string {
  let text = ''
  for (let at = 0; at < word.length; ) {
    const length = 1 + Math.floor(random() * word.length)
    text += pick(random, spellings)(word.slice(at, at + length), word)
    at += length
  }
  return text
}

export type Spelt = { readonly plain: string; readonly spelt: string }

/** A command, and the same in another spelling; a variable may hold its first word. */
export function spellAnew(random: () => number): Spelt {
  const command = pick(random, plain)
  const [first = '', ...rest] = command.split(/ +/).filter((word) => word !== '')
  const spelt = [respell(random, first), ...rest.map((word) => respell(random, word))]
  return { plain: command, spelt: spelt.reduce((text, word) => `${text}${pick(random, between)}${word}`) }
}

/** Those of which bash itself makes the same words. */
export const provenEqual = (pairs: readonly Spelt[]): Spelt[] =>
  Array.from({ length: Math.ceil(pairs.length / 100) }, (_, at) =>
    provenAtOnce(pairs.slice(at * 100, at * 100 + 100)),
  ).flat()

function provenAtOnce(pairs: readonly Spelt[]): Spelt[] {
  const script = pairs
    .map(({ plain: a, spelt: b }) => `printf '%s\\037' ${a}; printf '\\036'; printf '%s\\037' ${b}; printf '\\035'`)
    .join('\n')
  const printed = execFileSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { PATH: '/usr/bin:/bin' },
  })
  const answers = printed.split('\u001D')
  return pairs.filter((_, index) => {
    const [a, b] = (answers[index] ?? '').split('\u001E')
    return a !== undefined && a === b
  })
}

/** The spelling that makes a command milder, if it does. */
export function milderSpelling({ plain: command, spelt }: Spelt): string | null {
  const bare = assessed(command)
  const now = assessed(spelt)
  return now.verdict === 'allow' || !isAtLeast(now.risk, bare.risk) ? `${command} as ${spelt}` : null
}
