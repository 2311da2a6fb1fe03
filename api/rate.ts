import { assess, blockedAnswer, policyFor } from '../guard/index.ts'
import type { Assessment } from '../schema/guard.ts'
import type { Role } from '../schema/identity.ts'
import type { Server } from '../schema/server.ts'
import type { SealedCommand } from '../schema/start.ts'
import type { Deps } from './context.ts'
import { invalid, Refusal } from './problem.ts'

/**
 * What the guard makes of a typed command by its text alone. Refuses what nobody may run; the worker rates it again,
 * against the host itself.
 */
export function rateCommand(deps: Deps, server: Server, asked: Typed, role: Role): Assessment {
  if (asked.script !== undefined && asked.stdin !== undefined)
    throw invalid('stdin', 'not together with script: a script reads nothing')
  if (asked.terminal !== undefined && bytesOf(asked) > mostAtTerminal)
    throw invalid('command', `at most ${mostAtTerminal} bytes with what it reads and its arguments, at a terminal`)
  const text = ratedText(asked)
  const allowed = policyFor({ command: text, lists: deps.settings.guard, server, role })
  if (!allowed.allowed) {
    throw new Refusal(409, 'DESTRUCTIVE_ACTION_BLOCKED', allowed.because, {
      severity: 'medium',
      suggestion: 'An administrator can change the lists under guard in the configuration.',
    })
  }
  const assessment = assess({
    command: text,
    device: server.deviceType,
    environment: server.environment,
    server,
  })
  if (assessment.verdict === 'deny') throw blocked(server, assessment)
  return assessment
}

function blocked(server: Server, assessment: Assessment): Refusal {
  const answer = blockedAnswer({ operationId: '', assessment, timeoutMs: 0 })
  return new Refusal(409, 'DESTRUCTIVE_ACTION_BLOCKED', `${server.name}: ${assessment.summary}`, {
    severity: assessment.risk,
    suggestion: assessment.alternatives.map(({ text }) => text).join(' ') || null,
    extra: { blocked: { ...answer, operation_id: null } },
  })
}

/** What a person must decide on before an operation goes on (spec GUARD-12). The host's own counts come with the approval. */
export const decisionNeeded = (deps: Deps, o: { operationId: string; assessment: Assessment }) => ({
  ...blockedAnswer({ ...o, timeoutMs: deps.settings.guard.deadlineMs[o.assessment.risk] }),
})

/** For the document: the rule that `rateCommand` holds. */
export const scriptOrStdin = { not: { required: ['script', 'stdin'] } }

type Typed = Pick<SealedCommand, 'command' | 'cwd' | 'script' | 'stdin' | 'terminal'>

/** It is one word for script(1) then, and Linux takes 128 KiB as one word. */
const mostAtTerminal = 100_000

/** Quotation marks in arguments are quoted themselves, as four characters. */
const bytesOf = ({ command, script, stdin = '' }: Typed): number =>
  [command, stdin, ...(script?.args ?? []).map((arg) => `${arg.replaceAll("'", '4444')}   `)].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  )

/** The command where it would run: relative paths mean other things elsewhere. Only ever rated, never run. */
const ratedText = ({ command, cwd, script, stdin }: Typed): string => {
  const there = cwd === undefined ? '' : `cd -- '${cwd.replaceAll("'", "'\\''")}'\n`
  if (script !== undefined) return `${there}${reading(script.interpreter, command)}`
  return `${there}${stdin === undefined ? command : reading(`{\n${command}\n}`, stdin)}`
}

const reading = (reader: string, text: string): string => `${reader} <<'DRYDOCK_END'\n${text}\nDRYDOCK_END`
