import type { Command } from '../schema/command.ts'
import type { HostAnswers, HostQuestion } from '../schema/host-questions.ts'
import { askBackups, readBackups } from './guard/backups.ts'
import { askDetails, askNames, readDetails } from './guard/containers.ts'
import { askPackageLocks, askSnap, askVolumes, readSnap, readVolumes } from './guard/debian.ts'
import { askLinks, askPath, readLinks, readPath } from './guard/paths.ts'
import { askCluster, askGuests, labelOf, readCluster, readGuests } from './guard/proxmox.ts'
import { askDependants, askFailed, askServices, readDependants, readUnits } from './guard/systemd.ts'
import { askArray, readArray } from './guard/unraid.ts'
import { askDockerDesktop, askNtfs, askWsl, readDockerDesktop, readNtfs, readWsl } from './guard/windows.ts'
import { askDatasets, askPools, readDatasets, readPools } from './guard/zfs.ts'
import { lineSection, parseLineSections } from './sections.ts'
import { command, lines, sh, type Script } from './shell.ts'

/** Asks a host, in one round trip, what a destructive command would hit. It changes nothing. */
export const questionCommand = (questions: readonly HostQuestion[]): Command =>
  command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"`,
      ...questions.map((question, index) => lineSection(`q${index}`, ask(question))),
      // A question that stays open at the end is no failure of the whole.
      sh`true`,
    ),
    shown: `count what it would hit: ${[...new Set(questions.map(({ kind }) => kind))].join(', ')}`,
    effect: 'read',
    category: 'system',
    timeoutMs: 60_000,
  })

/** Each prints `ok` last when the host could answer. */
function ask(question: HostQuestion): Script {
  switch (question.kind) {
    case 'containers':
      return askNames(question.which)
    case 'container_details':
      return askDetails()
    case 'services':
      return askServices(question.pattern)
    case 'dependants':
      return askDependants(question.unit)
    case 'path':
      return askPath(question.path)
    case 'links':
      return askLinks(question.paths)
    case 'datasets':
      return askDatasets(question.root)
    case 'pools':
      return askPools(question.pool)
    case 'sessions':
      return sh`who && echo ok`
    case 'guests':
      return askGuests()
    case 'parity':
      return askArray()
    case 'cluster':
      return askCluster()
    case 'package_locks':
      return askPackageLocks()
    case 'volumes':
      return askVolumes()
    case 'snap':
      return askSnap()
    case 'failed_units':
      return askFailed()
    case 'wsl':
      return askWsl()
    case 'docker_desktop':
      return askDockerDesktop()
    case 'ntfs':
      return askNtfs(question.paths)
    case 'backups':
      return askBackups(question.places, question.about)
    default:
      return question satisfies never
  }
}

/** The answers in the output of `questionCommand`, beside those from before. What a host could not say is left out. */
export function answerQuestions(
  questions: readonly HostQuestion[],
  stdout: string,
  before: HostAnswers = {},
): HostAnswers {
  const sections = parseLineSections(stdout)
  let answers = before
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
    case 'container_details': {
      const details = readDetails(rows)
      return details === null ? {} : { containers: { ...before.containers, details } }
    }
    case 'services':
      return { services: { ...before.services, [question.pattern]: readUnits(rows) } }
    case 'dependants':
      return { dependants: { ...before.dependants, [question.unit]: readDependants(question.unit, rows) } }
    case 'path': {
      const found = readPath(rows)
      return found === null ? {} : { paths: { ...before.paths, [question.path]: found } }
    }
    case 'links':
      return readLinks(question.paths, rows)
    case 'datasets': {
      const found = readDatasets(question.root, rows)
      return {
        datasets: { ...before.datasets, [question.root]: found.map(({ name }) => name) },
        datasetDetails: { ...before.datasetDetails, [question.root]: found },
      }
    }
    case 'pools':
      return { pools: [...(before.pools ?? []), ...readPools(rows)] }
    case 'sessions':
      return { sessions: rows.map((row) => row.split(/\s+/).slice(0, 2).join(' ')) }
    case 'guests': {
      const guests = readGuests(rows)
      return { guests: guests.map(labelOf), guestDetails: guests }
    }
    case 'parity':
      return { parity: readArray(rows) }
    case 'cluster':
      return { cluster: readCluster(rows) }
    case 'package_locks':
      return { packageLocks: rows }
    case 'volumes':
      return { volumes: readVolumes(rows) }
    case 'snap':
      return { snapChanges: readSnap(rows) }
    case 'failed_units':
      return { failedUnits: readUnits(rows) }
    case 'wsl':
      return { wsl: readWsl(rows) }
    case 'docker_desktop':
      return { dockerDesktop: readDockerDesktop(rows) }
    case 'ntfs':
      return { ntfs: readNtfs(question.paths, rows) }
    case 'backups':
      return { backups: { ...before.backups, [question.about ?? '']: readBackups(rows) } }
    default:
      return question satisfies never
  }
}
