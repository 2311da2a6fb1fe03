import type { Command } from '../schema/command.ts'

/** POSIX shell text. Only the functions of this file make one, so whatever is in it was written by us or quoted here. */
export type Script = { readonly text: string }

type Word = string | number | Script | readonly (string | number)[]

/** One value as one literal shell word. NUL cannot be in a word of a shell and is refused. */
export function quote(value: string | number): string {
  const text = String(value)
  if (text.includes('\0')) throw new RangeError('a shell word cannot hold a NUL character')
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * Shell text from a template: values are quoted, lists become quoted words, other scripts go in as they are.
 * Backslashes stand for themselves: sh`tr ' ' '\n' < ${file}`.
 */
export function sh(parts: TemplateStringsArray, ...words: readonly Word[]): Script {
  const text = parts.raw.map((part, index) => {
    const word = words[index]
    return word === undefined ? part : part + spell(word)
  })
  return { text: text.join('') }
}

function spell(word: Word): string {
  if (typeof word === 'string' || typeof word === 'number') return quote(word)
  if ('text' in word) return word.text
  return word.map(quote).join(' ')
}

const joined = (scripts: readonly Script[], by: string): Script => ({ text: scripts.map((s) => s.text).join(by) })

/** Each on a line of its own. Never indented: a quoted value may span lines. */
export const lines = (...scripts: readonly Script[]): Script => joined(scripts, '\n')
/** Goes on while each succeeds. */
export const and = (...scripts: readonly Script[]): Script => joined(scripts, ' && ')
/** Goes on until one succeeds. */
export const or = (...scripts: readonly Script[]): Script => joined(scripts, ' || ')
export const pipe = (...scripts: readonly Script[]): Script => joined(scripts, ' | ')

export const when = (condition: Script, then: Script, otherwise?: Script): Script =>
  otherwise === undefined
    ? sh`if ${condition}; then
${then}
fi`
    : sh`if ${condition}; then
${then}
else
${otherwise}
fi`

/** A script that reads this text, as it is, ended by a line break. No line of the text can be its end. */
export function reading(reader: Script, text: string): Script {
  if (text.includes('\0')) throw new RangeError('a shell script cannot hold a NUL character')
  const all = text.split('\n')
  let end = 'DRYDOCK_END'
  while (all.includes(end)) end += '_'
  return sh`${reader} <<${end}
${{ text: text.endsWith('\n') ? text : `${text}\n` }}${{ text: end }}`
}

/** Says why on standard error and ends the script. */
export const refuse = (why: string): Script => sh`printf '%s\n' ${why} >&2
exit 1`

/** Ends the script where this fails; unlike `set -e`, also in a script that is a condition of another. */
export const must = (script: Script): Script => sh`{ ${script}; } || exit 1`

/** A script that stops at its first failure and whose new files are private. */
export const strict = (...scripts: readonly Script[]): Script => lines(sh`set -eu`, sh`umask 077`, ...scripts)

const shownLimit = 300

/** What people see of a script: its beginning, on one line. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, '; ').replaceAll(/\p{Cc}/gu, ' ')
  return line.length <= shownLimit ? line : `${line.slice(0, shownLimit)}…`
}

type CommandOptions = Omit<Command, 'script' | 'shown'> & { readonly script: Script; readonly shown?: string }

/** The command that runs a script; `shown` defaults to the script's beginning. */
export const command = ({ script, shown, ...options }: CommandOptions): Command => ({
  ...options,
  script: script.text,
  shown: shown ?? shorten(script.text),
})
