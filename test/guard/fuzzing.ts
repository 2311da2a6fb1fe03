import { parse } from 'unbash'
import { assess, maxInput } from '../../guard/index.ts'
import { DeviceType } from '../../schema/server.ts'
import { destructive, harmless } from '../unit/guard/corpus.ts'
import { pick } from '../unit/guard/random.ts'
import { server } from '../unit/guard/situation.ts'

const pieces = [
  ...' \t\n\'"`$(){}[]<>|&;*?~#!\\=%'.split(''),
  '$(',
  '${',
  '<<E\n',
  '<(',
  '))',
  '&&',
  '||',
  ';;',
  "$'",
  '\0',
  '\u{1F4A9}',
  '\uE000',
  '\uE001',
  '-rf',
  '/',
  '..',
  '{a,b}',
  '{1..9}',
  'sh -c ',
  'eval ',
  '| xargs ',
  'for i in ',
  'do ',
  'done',
  '[[ ',
  ' ]]',
  '((',
  '$@',
  '${x//a/b}',
  '\\\n',
]
const commands = [...destructive, ...harmless].map(({ command }) => command)

/** A text with some things put in, taken out and put over. */
function mutate(random: () => number, text: string): string {
  let changed = text
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1) {
    const at = Math.floor(random() * (changed.length + 1))
    const end = at + Math.floor(random() * 6)
    const kind = random()
    if (kind < 0.4) changed = changed.slice(0, at) + pick(random, pieces) + changed.slice(at)
    else if (kind < 0.6) changed = changed.slice(0, at) + changed.slice(end)
    else if (kind < 0.8) changed = changed.slice(0, at) + pick(random, pieces) + changed.slice(end)
    else changed = changed.slice(0, at) + pick(random, commands).slice(0, 60) + changed.slice(at)
  }
  return changed
}

/** A mutated command; one of fifty grows, up to the limit. */
export function strangeInput(random: () => number): string {
  const text = mutate(random, pick(random, commands))
  if (random() > 0.02) return text
  const size = Math.floor(maxInput ** random())
  let grown = text
  while (grown.length < size)
    grown += mutate(random, pick(random, commands)).slice(0, 4_000) + pick(random, ['\n', ';', ' ', '|', '&&'])
  return grown.slice(0, Math.max(size, 1))
}

/** Time of our own on the processor: what else runs on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export type Strange = { readonly ms: number; readonly wrong: string | null }

/** Rates one input: it must answer, in time, and let nothing pass that has a parse error. */
export function rateStrange(command: string, random: () => number): Strange {
  const device = pick(random, DeviceType.options)
  const started = cpuMs()
  const answer = assess({ command, device, environment: 'unknown', server })
  const ms = cpuMs() - started
  if (answer.findings.some(({ because }) => because.startsWith('The guard could not read it')))
    return { ms, wrong: `it failed: ${answer.findings[0]?.because ?? ''}` }
  if (answer.verdict === 'allow' && device !== 'windows' && (parse(command).errors ?? []).length > 0)
    return { ms, wrong: 'it passes with a parse error' }
  return { ms, wrong: ms > 2_000 ? `it took ${Math.round(ms)} ms` : null }
}
