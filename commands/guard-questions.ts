import type { Command } from '../schema/command.ts'
import type { HostAnswers, HostQuestion, ParityAnswer, PathAnswer } from '../schema/host-questions.ts'
import { parseSections, section } from './sections.ts'
import { command, lines, sh, type Script } from './shell.ts'

/** Where counting ends: a person needs to know that it is very many, not how many. */
const fileLimit = 200_000
const secondsAPath = 5

/** Asks a host, in one round trip, what a destructive command would hit. It changes nothing. */
export const questionCommand = (questions: readonly HostQuestion[]): Command =>
  command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"`,
      ...questions.map((question, index) => section(`q${index}`, ask(question))),
    ),
    shown: `count what it would hit: ${[...new Set(questions.map(({ kind }) => kind))].join(', ')}`,
    effect: 'read',
    category: 'system',
    timeoutMs: 60_000,
  })

/** Each prints `ok` first when the host could answer. */
function ask(question: HostQuestion): Script {
  switch (question.kind) {
    case 'containers':
      return question.which === 'running'
        ? sh`{ docker ps --format '{{.Names}}' || podman ps --format '{{.Names}}'; } 2> /dev/null && echo ok`
        : sh`{ docker ps --all --format '{{.Names}}' || podman ps --all --format '{{.Names}}'; } 2> /dev/null && echo ok`
    case 'services':
      return sh`systemctl list-units --type=service --state=active --plain --no-legend -- ${question.pattern} && echo ok`
    case 'path':
      // Names may hold line ends, so their NULs are counted.
      return sh`[ -e ${question.path} ] && echo "$(timeout ${secondsAPath} find ${question.path} -xdev -print0 2> /dev/null | tr -dc '\000' | head -c ${fileLimit} | wc -c) $(timeout ${secondsAPath} du -sxb -- ${question.path} 2> /dev/null | cut -f 1)" && echo ok`
    case 'datasets':
      return sh`zfs list -H -r -t filesystem,volume,snapshot -o name -- ${question.root} && echo ok`
    case 'sessions':
      return sh`who && echo ok`
    case 'guests':
      return sh`{ qm list && pct list; } 2> /dev/null && echo ok || { virsh list --name && echo ok; }`
    case 'parity':
      return sh`if command -v mdcmd > /dev/null; then mdcmd status; echo ok; fi`
    default:
      return question satisfies never
  }
}

/** The answers in the output of `questionCommand`. What a host could not say is left out. */
export function answerQuestions(questions: readonly HostQuestion[], stdout: string): HostAnswers {
  const sections = parseSections(stdout)
  let answers: HostAnswers = {}
  for (const [index, question] of questions.entries()) {
    const text = sections.get(`q${index}`)?.trimEnd() ?? ''
    if (!/(^|\n)ok$/.test(text)) continue
    const rows = text
      .split('\n')
      .slice(0, -1)
      .map((row) => row.trim())
      .filter((row) => row !== '')
    answers = { ...answers, ...answer(question, rows, answers) }
  }
  return answers
}

function answer(question: HostQuestion, rows: readonly string[], before: HostAnswers): HostAnswers {
  switch (question.kind) {
    case 'containers':
      return { containers: { ...before.containers, [question.which]: rows } }
    case 'services':
      return { services: { ...before.services, [question.pattern]: rows.map((row) => row.split(/\s+/)[0] ?? '') } }
    case 'path': {
      const found = parsePath(rows[0] ?? '')
      return found === null ? {} : { paths: { ...before.paths, [question.path]: found } }
    }
    case 'datasets':
      return { datasets: { ...before.datasets, [question.root]: rows } }
    case 'sessions':
      return { sessions: rows.map((row) => row.split(/\s+/).slice(0, 2).join(' ')) }
    case 'guests':
      return { guests: rows.filter((row) => !/^VMID\b/.test(row)).map((row) => row.split(/\s+/).slice(0, 2).join(' ')) }
    case 'parity':
      return { parity: parseParity(rows) }
    default:
      return question satisfies never
  }
}

function parsePath(row: string): PathAnswer | null {
  const [, files, bytes] = /^(\d+) (\d*)$/.exec(row) ?? []
  if (files === undefined) return null
  return {
    files: Number(files),
    bytes: bytes === undefined || bytes === '' ? null : Number(bytes),
    more: Number(files) >= fileLimit,
  }
}

/** Reads `mdcmd status`: positions and speed in kilobytes. */
function parseParity(rows: readonly string[]): ParityAnswer {
  const values = new Map(rows.map((row) => [row.slice(0, row.indexOf('=')), row.slice(row.indexOf('=') + 1)]))
  const number = (key: string): number => Number(values.get(key) ?? 0)
  const [size, position] = [number('mdResyncSize') || number('mdResync'), number('mdResyncPos')]
  const running = number('mdResync') > 0
  const speed = number('mdResyncDb') / Math.max(number('mdResyncDt'), 1)
  const seconds = speed > 0 ? Math.round((size - position) / speed) : null
  return {
    running,
    percentage: running && size > 0 ? Math.round((position / size) * 1000) / 10 : null,
    remaining:
      running && seconds !== null ? `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min` : null,
  }
}
