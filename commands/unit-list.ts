import type { Command } from '../schema/command.ts'
import type { UnitRow, UnitScope } from '../schema/unit.ts'
import { section, parseSections } from './sections.ts'
import { command, lines, sh } from './shell.ts'
import { systemctl, systemdWords } from './systemd.ts'

/** Asks for all units of a type: those that are loaded, and those that only have a file. `parseUnitList` reads it. */
export const listUnits = (type: string, scope: UnitScope): Command =>
  command({
    script: lines(
      systemdWords(scope),
      section('units', sh`${systemctl(scope)} list-units --all --full --plain --no-legend --no-pager --type=${type}`),
      section('files', sh`${systemctl(scope)} list-unit-files --full --plain --no-legend --no-pager --type=${type}`),
    ),
    shown: `systemctl list-units --all --type=${type}`,
    effect: 'read',
    category: 'system',
  })

/** Reads the output of `listUnits`, by name; null where systemd did not answer. A file without a unit is inactive. */
export function parseUnitList(stdout: string): UnitRow[] | null {
  const sections = parseSections(stdout)
  const files = new Map(
    rowsOf(sections.get('files')).map((row) => {
      const [unit = '', state = ''] = row.split(/\s+/)
      return [unit, state]
    }),
  )
  const loaded = rowsOf(sections.get('units')).map((row): UnitRow => {
    const [unit = '', load = '', active = '', sub = '', ...description] = row.split(/\s+/)
    return { unit, load, active, sub, description: description.join(' '), enabled: files.get(unit) ?? '' }
  })
  if (loaded.length === 0 && files.size === 0) return null
  const known = new Set(loaded.map(({ unit }) => unit))
  const resting = [...files]
    .filter(([unit]) => !known.has(unit))
    .map(([unit, enabled]) => ({ unit, load: '', active: 'inactive', sub: 'dead', description: '', enabled }))
  return [...loaded, ...resting].toSorted((a, b) => (a.unit < b.unit ? -1 : 1))
}

const rowsOf = (text = ''): string[] =>
  text
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '')
