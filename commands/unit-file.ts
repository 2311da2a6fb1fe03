import type { Command } from '../schema/command.ts'
import type { UnitDetails } from '../schema/unit.ts'
import type { UnitDefinition } from '../schema/unit-definition.ts'
import { backupPath, restoreFile, saveFile, type Backup } from './backup.ts'
import { parseFile, printFile, type FoundFile } from './entry.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { parseSections, section } from './sections.ts'
import { and, command, lines, sh, strict, when, type Script } from './shell.ts'
import { parseUnit, printUnit, systemdWords } from './systemd.ts'
import { fileOf } from './unit-text.ts'

/** The file of a unit that is declared by a definition. */
export const unitFile = (unit: string, definition: UnitDefinition): FileToWrite => fileOf(unit, renderUnit(definition))

/** A definition as systemd reads it: each value is what it says, with nothing expanded in it. */
export function renderUnit(definition: UnitDefinition): string {
  const { limits, environment } = definition
  return [
    '# Written by Drydock from a definition; what is changed here by hand is brought back.',
    ...sectionOf('Unit', [
      ['Description', literal(definition.description)],
      ['Requires', definition.requires.join(' ')],
      ['Wants', definition.wants.join(' ')],
      ['After', definition.after.join(' ')],
      ['Before', definition.before.join(' ')],
    ]),
    ...sectionOf('Service', [
      ['Type', definition.type],
      ['ExecStart', definition.command.map(word).join(' ')],
      ['ExecReload', (definition.reload ?? []).map((one) => (one === '$MAINPID' ? one : word(one))).join(' ')],
      ['User', definition.user ?? ''],
      ['Group', definition.group ?? ''],
      ['WorkingDirectory', literal(definition.directory ?? '')],
      ...Object.entries(environment).map(([name, value]) => ['Environment', variable(`${name}=${value}`)] as const),
      ...definition.environmentFiles.map((path) => ['EnvironmentFile', literal(path)] as const),
      ['Restart', definition.type === 'oneshot' && definition.restart === 'always' ? 'on-failure' : definition.restart],
      ['RestartSec', seconds(definition.restartMs)],
      ['TimeoutStartSec', seconds(definition.startMs)],
      ['TimeoutStopSec', seconds(definition.stopMs)],
      ['MemoryMax', text(limits.memoryBytes)],
      ['CPUQuota', limits.cpuPercent === undefined ? '' : `${limits.cpuPercent}%`],
      ['TasksMax', text(limits.tasks)],
      ['LimitNOFILE', text(limits.openFiles)],
    ]),
    ...sectionOf('Install', [['WantedBy', definition.wantedBy.join(' ')]]),
    '',
  ].join('\n')
}

type Setting = readonly [name: string, value: string]

const sectionOf = (name: string, settings: readonly Setting[]): string[] => {
  const said = settings.filter(([, value]) => value !== '')
  return said.length === 0 ? [] : ['', `[${name}]`, ...said.map(([key, value]) => `${key}=${value}`)]
}

/** `%` begins a specifier everywhere. */
const literal = (value: string): string => value.replaceAll('%', '%%')
/** Within quotes a backslash escapes. */
const quoted = (value: string): string => `"${literal(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
/** `$` is a variable in the words of a command alone. */
const word = (value: string): string =>
  /^[A-Za-z0-9_./:@=+,-]+$/.test(value) ? value : quoted(value).replaceAll('$', '$$$$')
const variable = (value: string): string => quoted(value)
const seconds = (ms: number | undefined): string => (ms === undefined ? '' : `${ms}ms`)
const text = (value: number | undefined): string => (value === undefined ? '' : String(value))

/** Line by line: what keeps the file from being used, and what is only worth a look. */
export type Analysis = { readonly faults: readonly string[]; readonly remarks: readonly string[] }

/** What a host says of a unit and of the file that is to be put in its place. */
export type UnitInspection = {
  readonly unit: UnitDetails
  readonly file: FoundFile | null
  /** What systemd's own analyser says of the new file; null where there is no analyser. */
  readonly analysis: Analysis | null
}

const staging = (operationId: string): string => `/run/drydock-unit-${operationId}`

/**
 * Looks at a unit and its file, and has the analyser read the new file in a place of its own, which is gone afterwards:
 * nothing that systemd reads is touched.
 */
export function inspectUnitFile(unit: string, file: FileToWrite, operationId: string): Command {
  const folder = staging(operationId)
  const staged = `${folder}/${unit}`
  return command({
    script: lines(
      systemdWords('system'),
      section('unit', printUnit({ unit })),
      section('file', printFile(sh`${file.path}`)),
      sh`umask 077; mkdir -p -- ${folder}; printf '%s' ${file.content} > ${staged}`,
      section('verify', verify(staged)),
      sh`rm -f -- ${staged}; rmdir -- ${folder}`,
    ),
    shown: `systemd-analyze verify ${unit}, as it would be`,
    effect: 'read',
    category: 'system',
    timeoutMs: 60_000,
  })
}

/** Before systemd 250 the analyser knew no way to be silent about other units: there its lines are told apart by name. */
const verify = (staged: string): Script =>
  lines(
    sh`said=$(systemd-analyze verify --man=no --recursive-errors=no ${staged} 2>&1); status=$?`,
    sh`case "$said" in *'unrecognized option'*) said=$(systemd-analyze verify --man=no ${staged} 2>&1); status=$? ;; esac`,
    sh`printf '%s\n' "$status" "$said"`,
  )

/** Reads the output of `inspectUnitFile`. */
export function parseUnitInspection(
  stdout: string,
  unit: string,
  file: FileToWrite,
  operationId: string,
): UnitInspection {
  const sections = parseSections(stdout)
  return {
    unit: parseUnit(sections.get('unit') ?? ''),
    file: parseFile(sections.get('file') ?? ''),
    analysis: parseAnalysis(sections.get('verify') ?? '', unit, file, operationId),
  }
}

function parseAnalysis(said: string, unit: string, { path }: FileToWrite, operationId: string): Analysis | null {
  const [status = '', ...rows] = said.trimEnd().split('\n')
  if (status === '' || status === '127') return null
  const staged = `${staging(operationId)}/${unit}`
  const told = rows.filter((row) => row !== '').map((row) => row.replaceAll(staged, path))
  const ours = told.filter((row) => row.startsWith(`${unit}:`) || row.includes(path))
  if (status === '0') return { faults: [], remarks: ours }
  const faults = ours.length > 0 ? ours : told
  return { faults: faults.length > 0 ? faults : [`it ended with status ${status}`], remarks: [] }
}

const options = { effect: 'change', category: 'system', timeoutMs: 120_000 } as const

/** Puts a unit's file in its place and has systemd read it; what runs goes on as it is. Which start of it runs is noted. */
export const writeUnitFile = (unit: string, file: FileToWrite, backup: Backup): Command =>
  command({
    script: strict(
      saveFile(file.path, backup),
      when(
        sh`[ ! -e ${startNote(backup)} ]`,
        sh`systemctl show --property=InvocationID -- ${unit} > ${startNote(backup)}`,
      ),
      replaceFile(file, fillWith(file)),
      sh`systemctl daemon-reload`,
    ),
    shown: `write ${file.path} and systemctl daemon-reload`,
    ...options,
  })

const startNote = (backup: Backup): string => `${backupPath(backup)}.start`

/** Exit 0 when the file is as it should be and systemd has read it. */
export const isUnitFileInForce = (unit: string, file: FileToWrite): Command =>
  command({
    script: and(
      isLike(file),
      sh`[ "$(systemctl show --property=NeedDaemonReload -- ${unit})" = NeedDaemonReload=no ]`,
      sh`[ "$(systemctl show --property=LoadState -- ${unit})" = LoadState=loaded ]`,
    ),
    shown: `compare ${file.path}`,
    effect: 'read',
    category: 'system',
  })

/**
 * The file as it was, and the service with it: one that did not run is stopped, one that ran is started again from the
 * old file unless nobody has touched it.
 */
export const restoreUnitFile = (unit: string, file: FileToWrite, before: UnitDetails, backup: Backup): Command => {
  const ran = before.active === 'active'
  return command({
    script: strict(
      when(
        sh`[ -e ${startNote(backup)} ]`,
        lines(
          ...(ran ? [] : [sh`systemctl stop -- ${unit} || true`]),
          restoreFile(file.path, backup),
          sh`systemctl daemon-reload`,
          ...(before.enabled === 'enabled' ? [sh`systemctl reenable -- ${unit}`] : []),
          when(
            sh`[ "$(systemctl show --property=InvocationID -- ${unit})" != "$(cat -- ${startNote(backup)})" ]`,
            lines(
              sh`systemctl reset-failed -- ${unit} 2> /dev/null || true`,
              ran ? sh`systemctl restart -- ${unit}` : sh`true`,
            ),
          ),
        ),
      ),
    ),
    shown: `restore ${file.path} as it was${ran ? `, and ${unit} with it` : ''}`,
    ...options,
  })
}

/** Has a unit that starts with the host start where its new file says. */
export const renewUnit = (unit: string): Command => command({ script: sh`systemctl reenable -- ${unit}`, ...options })
