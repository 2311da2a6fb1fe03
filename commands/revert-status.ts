import { z } from 'zod'
import type { Command } from '../schema/command.ts'
import { revertDirectory, revertRoot, revertToken } from './revert-script.ts'
import { command, lines, sh } from './shell.ts'

/** What has become of an automatic revert, whether another operation's is armed, and which others have left what they saved. */
export const readRevert = (operationId: string): Command =>
  command({
    script: lines(
      sh`d=${revertDirectory(operationId)}
read -r up rest </proc/uptime
started=0 limit=0
if [ -e "$d/clock" ]; then read -r started limit <"$d/clock"; fi
state=none
[ ! -e "$d/claimed-by-disarm" ] || state=disarmed
[ ! -e "$d/armed" ] || state=armed
[ ! -e "$d/claimed-by-restore" ] || state=restoring
at=- problems=0
if grep -q '^restored ' "$d/outcome" 2>/dev/null; then
  state=restored
  read -r word at problems end <"$d/outcome"
fi
printf '%s %s %s %s %s %s\n' "$state" "$up" "$started" "$limit" "$at" "$problems"
for other in ${{ text: revertRoot }}/*/armed; do
  if [ -e "$other" ] && [ "$other" != ${revertToken(operationId)} ]; then
    read -r started limit <"$(dirname -- "$other")/clock"
    printf 'other %s %s %s\n' "$(basename -- "$(dirname -- "$other")")" "$started" "$limit"
  fi
done
for left in ${{ text: revertRoot }}/*; do
  if [ "$left" != "$d" ] && [ ! -e "$left/armed" ] && { [ -e "$left/claimed-by-disarm" ] || grep -q '^restored ' "$left/outcome" 2>/dev/null; }; then
    printf 'left %s\n' "$(basename -- "$left")"
  fi
done
tail -n 30 -- "$d/log" 2>/dev/null || true`,
    ),
    shown: 'ask what became of the automatic revert',
    effect: 'read',
    category: 'system',
  })

const State = z.enum(['none', 'armed', 'disarmed', 'restoring', 'restored'])

/** `remainingMs` counts until the host restores itself; it is negative while that is due. */
export type RevertStatus = {
  readonly state: z.infer<typeof State>
  readonly remainingMs: number
  readonly restoredAt: string | null
  readonly problems: number
  readonly others: readonly { readonly operationId: string; readonly remainingMs: number }[]
  /** Operations that are done with their own automatic revert, and whose saved state lies there still. */
  readonly left: readonly string[]
  readonly log: string
}

/** Reads the output of `readRevert`. */
export function parseRevert(stdout: string): RevertStatus {
  const [first = '', ...rest] = stdout.split('\n')
  const [state, up = '', started = '', limit = '', at = '-', problems = '0'] = first.split(' ')
  const remaining = (from = '', within = ''): number => Math.round((Number(from) - Number(up)) * 1000) + Number(within)
  return {
    state: State.parse(state),
    remainingMs: remaining(started, limit),
    restoredAt: at === '-' ? null : at,
    problems: Number(problems),
    others: rest.filter(isOther).map((line) => {
      const [, operationId = '', from, within] = line.split(' ')
      return { operationId, remainingMs: remaining(from, within) }
    }),
    left: rest.flatMap((line) => /^left (\S+)$/.exec(line)?.[1] ?? []),
    log: rest
      .filter((line) => !isOther(line) && !line.startsWith('left '))
      .join('\n')
      .trim(),
  }
}

const isOther = (line: string): boolean => line.startsWith('other ')
