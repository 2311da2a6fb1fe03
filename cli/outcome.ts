import { hasEnded } from '../schema/operation.ts'
import type { OperationAnswer } from './answers.ts'
import type { Colour, Palette } from './colour.ts'
import { shortDuration } from './durations.ts'
import { waitingFor } from './narrate.ts'

/** The state in its colour. */
export function shownState(operation: Pick<OperationAnswer, 'state'>, paint: Palette): string {
  const { state } = operation
  const colour: Readonly<Record<typeof state, Colour>> = {
    waiting: paint.yellow,
    running: paint.cyan,
    awaiting_approval: paint.yellow,
    succeeded: paint.green,
    unchanged: paint.green,
    failed: paint.red,
    rolled_back: paint.red,
    rollback_failed: paint.red,
    refused: paint.red,
    cancelled: paint.yellow,
    unknown: paint.yellow,
  }
  return colour[state](state.replaceAll('_', ' '))
}

/** How an operation ended, or stands, in a few lines: what failed, where, why, and what to do next. */
export function outcomeLines(operation: OperationAnswer, paint: Palette): string[] {
  const { result, server } = operation
  const where = server ? ` on ${server.name}` : ''
  const first = `${paint.bold(capital(operation.kind.replaceAll('_', ' ')))}${where}: ${shownState(operation, paint)}${tookOf(operation)}`
  if (!hasEnded(operation.state)) {
    const why = operation.state === 'waiting' ? waitingFor(operation.reason, operation.detail) : operation.detail
    return [first, ...(why ? [`  ${why}`] : [])]
  }
  return [
    first,
    ...(result?.message ? [`  ${result.message}`] : []),
    ...problemLines(operation, paint),
    ...nextLines(operation, paint),
  ]
}

function problemLines({ result }: OperationAnswer, paint: Palette): string[] {
  const problem = result?.problem
  if (!problem) return []
  return [
    ...(problem.message === result?.message ? [] : [`  ${problem.message}`]),
    ...(problem.details
      ? problem.details
          .trimEnd()
          .split('\n')
          .map((line) => paint.dim(`  | ${line}`))
      : []),
    ...problem.suggestions.map((suggestion) => `  ${paint.cyan('→')} ${suggestion}`),
  ]
}

function nextLines(operation: OperationAnswer, paint: Palette): string[] {
  const resumable = operation.kind === 'setup' && /^(failed|rolled_back|cancelled)$/.test(operation.state)
  return resumable ? [`  ${paint.cyan('→')} When the cause is mended: drydock operation resume ${operation.id}`] : []
}

function tookOf({ created_at: from, ended_at: to }: OperationAnswer): string {
  return from && to ? ` after ${shortDuration(Date.parse(to) - Date.parse(from))}` : ''
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
