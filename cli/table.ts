import { stripVTControlCharacters } from 'node:util'

/** Rows under headings, padded by what is seen (not by colour codes); columns are two spaces apart, as in ls and kubectl. */
export function tableLines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => seen(row[column] ?? ''))),
  )
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - seen(cell))))
      .join('  ')
      .trimEnd()
  return [lineOf(headings), ...rows.map(lineOf)]
}

const seen = (text: string): number => stripVTControlCharacters(text).length

/** Names and values below each other; empty values are left out. */
export function factLines(facts: Readonly<Record<string, string | null | undefined>>): string[] {
  const given = Object.entries(facts).flatMap(([name, value]) => (value ? [[name, value] as const] : []))
  const width = Math.max(0, ...given.map(([name]) => name.length))
  return given.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${value}`)
}
