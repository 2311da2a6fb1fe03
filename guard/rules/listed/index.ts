import type { ActionType } from '../../../schema/guard.ts'
import { ofLastCall, wordsOf, type Call } from '../../reading/call.ts'
import { isDynamic } from '../../reading/marks.ts'
import type { Match, Rule } from '../rule.ts'
import { shows, signOfRows, type Sign } from '../signs.ts'
import { backupRows } from './backups.ts'
import { bootRows } from './boot.ts'
import { cloudRows } from './cloud.ts'
import { clusterRows } from './clusters.ts'
import { containedRows } from './contained.ts'
import { datastoreRows } from './datastores.ts'
import { databaseRows } from './databases.ts'
import { diskToolRows } from './disk-tools.ts'
import { foundationRows } from './foundations.ts'
import { guestRows } from './guests.ts'
import { machineRows } from './machines.ts'
import { networkRows } from './network.ts'
import { identityRows } from './identities.ts'
import { httpRows } from './over-http.ts'
import { repositoryRows } from './repositories.ts'
import type { Row, Rows } from './row.ts'
import { exposedRows } from './exposed.ts'
import { openedRows } from './opened.ts'
import { outageRows } from './outages.ts'
import { softwareRows } from './software.ts'
import { storageRows } from './storage.ts'
import { unprovenRows } from './unproven.ts'
import { upheavalRows } from './upheaval.ts'
import { wayRows } from './ways.ts'

const rows: readonly Row[] = [
  ...backupRows,
  ...bootRows,
  ...cloudRows,
  ...clusterRows,
  ...databaseRows,
  ...guestRows,
  ...machineRows,
  ...networkRows,
  ...httpRows,
  ...repositoryRows,
  ...outageRows,
  ...softwareRows,
  ...storageRows,
  ...diskToolRows,
  ...openedRows,
  ...exposedRows,
  ...unprovenRows,
  ...containedRows,
  ...datastoreRows,
  ...foundationRows,
  ...identityRows,
  ...upheavalRows,
  ...wayRows,
]

const byAction = new Map<ActionType, Map<string, Rows>>()
for (const row of rows) {
  const programs = byAction.get(row.action) ?? new Map<string, Rows>()
  byAction.set(row.action, programs)
  for (const name of row.of.split(' ')) {
    const before = programs.get(name)
    programs.set(name, {
      rows: [...(before?.rows ?? []), row],
      isFed: row.fed === true || before?.isFed === true,
    })
  }
}

/** A rule with the rows of the tables that are of its kind. */
export function withRows(rule: Rule): Rule {
  const programs = byAction.get(rule.action)
  if (programs === undefined) return rule
  const own = new Set(rule.programs)
  const signs = new Map([...programs].map(([name, given]) => [name, signOfRows(given)]))
  return {
    ...rule,
    listed: programs,
    match: (call, device) =>
      (own.has(call.name) || (rule.redirected === true && call.redirects.length > 0)
        ? rule.match(call, device)
        : null) ?? (mayFit(signs.get(call.name), call) ? matchRows(programs.get(call.name), call) : null),
  }
}

/** Null: whatever the call says. */
const mayFit = (sign: Sign | null | undefined, call: Call): boolean =>
  sign === null || (sign !== undefined && shows(sign, call))

/** Anywhere else than at an end, `-h` names a host and `-H` a header. */
const onlyShows =
  /(^|\s)(--?dry-?run(=(client|server|true|all))?|--help|--simulate|--noop|--what-?if|--plan)(\s|$)|^help(\s|$)|(^|\s)(-h|help)$/

function matchRows(given: Rows | undefined, call: Call): Match | null {
  if (given === undefined) return null
  const text = given.isFed ? `${textOf(call)} ${call.stdin?.read() ?? ''}`.trim() : textOf(call)
  const pieces = piecesOf(text)
  const texts = text.startsWith('-') ? [...pieces, ...behindOptions(pieces[0] ?? '')] : pieces
  for (const { words, unless, many, because, risk } of given.rows) {
    const hit = first(texts, words)
    if (hit === null || unless?.test(pieces[0] ?? '') === true || !isEnough(call, many)) continue
    if (onlyShows.test(text.slice(0, window))) return null
    const target = hit.groups?.['target']
    return { because, targets: target === undefined ? [] : [target], ...(risk === undefined ? {} : { risk }) }
  }
  return null
}

/** The words behind the name. Of a long word its ends tell: what is printed may be a whole file. */
const textOf = ofLastCall((call) => {
  const text = wordsOf(call).slice(call.program.text.length).trim()
  return text.length < 200 ? text : text.replaceAll(longWord, (word) => `${word.slice(0, 100)}${word.slice(-100)}`)
})
// Tried at each letter of a word that is a little shorter, it would take time that grows as the square of that.
const longWord = /(?<!\S)\S{200,}/g

/** The text behind options that stand before the verb, with and without a value of their own. */
const behindOptions = (text: string): readonly string[] => [
  text.replace(/^(?:-\S+\s+)+/, ''),
  text.replace(/^(?:-\S+\s+(?![->])\S+\s+|-\S+=\S+\s+)+/, ''),
]

/** Patterns with a gap in them take time that grows as the square of a text: a long one is looked at piece by piece. */
const window = 1_000

function piecesOf(text: string): readonly string[] {
  if (text.length <= 2 * window) return [text]
  const pieces: string[] = []
  for (let at = 0; at < text.length; at += window / 2) pieces.push(text.slice(at, at + window))
  return pieces
}

function first(pieces: readonly string[], words: RegExp): RegExpExecArray | null {
  for (const piece of pieces) {
    const hit = words.exec(piece)
    if (hit !== null) return hit
  }
  return null
}

const isEnough = (call: Call, many: Row['many']): boolean =>
  many === undefined || (many === true ? isMany(call) : call.repeated || call.open !== null)

/** More than two names behind the verb, or names that a list gives. */
const isMany = (call: Call): boolean =>
  call.repeated ||
  call.open !== null ||
  call.args.some((arg) => arg.outputOf !== undefined || isDynamic(arg.text)) ||
  call.args.filter((arg) => !arg.text.startsWith('-')).length > 4
