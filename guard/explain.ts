import type { Assessment } from '../schema/guard.ts'
import { assessFound, type Question } from './assess.ts'
import { findIn } from './findings.ts'
import { wordsOf, type Call } from './reading/call.ts'

export type CallNode = {
  readonly program: string
  readonly words: string
  readonly place: Call['place']
  readonly findings: readonly { readonly action: string; readonly because: string }[]
  readonly runs: readonly CallNode[]
}

export type Explanation = {
  readonly command: string
  /** Everything that would run, each below what starts it. */
  readonly calls: readonly CallNode[]
  readonly unreadable: readonly { readonly words: string; readonly because: string }[]
  readonly assessment: Assessment
}

/** How the guard reads a command and why it answers as it does: for people, as data. */
export function explain(question: Question): Explanation {
  const { reading, found } = findIn(question.command, question.device, question.shell)
  const children = new Map<Call | null, Call[]>()
  for (const call of reading.calls) children.set(call.parent, [...(children.get(call.parent) ?? []), call])
  const nodeOf = (call: Call): CallNode => ({
    program: call.name,
    words: wordsOf(call),
    place: call.place,
    findings: found.flatMap((one) =>
      one.call === call ? [{ action: one.finding.action, because: one.finding.because }] : [],
    ),
    runs: (children.get(call) ?? []).map(nodeOf),
  })
  return {
    command: question.command,
    calls: (children.get(null) ?? []).map(nodeOf),
    unreadable: reading.unclear.map(({ words, because }) => ({ words, because })),
    assessment: assessFound(found, question),
  }
}
