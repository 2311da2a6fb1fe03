import type { Command } from '../../schema/command.ts'
import { command, lines, pipe, sh, type Script } from '../shell.ts'
import type { Answer, Reading } from './reading.ts'

const defaultTimeoutSeconds = 15
/** Of one reading, before base64. A longer one is no answer: what is cut off would be taken for not there. */
const outputLimit = 262_144

/** What came of one reading. */
export type Collected = Answer | 'needs_root' | 'timed_out' | 'too_long' | 'no_answer'

/**
 * All readings in one round trip, beside each other on the host, each bounded in time and output. It changes nothing
 * and writes no file: each line that comes back is shorter than what a pipe takes at once, and starts with the name of
 * its reading, so that readings that answer at the same time do not mix.
 */
export function collect(readings: readonly Reading<unknown>[]): Command {
  const longest = Math.max(...readings.map(timeoutOf), defaultTimeoutSeconds)
  return command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"`,
      pipe(
        lines(
          sh`{`,
          sh`printf '@uid %s\n' "$(id -u)"`,
          ...readings.map((reading) => sh`${readOne(reading)} &`),
          sh`wait`,
          sh`}`,
        ),
        sh`cat`,
      ),
    ),
    shown: `read ${readings.length} things for an audit`,
    effect: 'read',
    category: 'system',
    timeoutMs: (longest + 15) * 1000,
  })
}

const timeoutOf = ({ timeoutSeconds = defaultTimeoutSeconds }: Reading<unknown>): number => timeoutSeconds

/** The exit status stands behind the output; where it is missing, the output was cut. */
const readOne = (reading: Reading<unknown>): Script =>
  pipe(
    sh`{ timeout ${timeoutOf(reading)} sh -c ${reading.script.text} 2>/dev/null; printf '\n#%s' "$?"; }`,
    sh`head -c ${outputLimit}`,
    sh`base64 -w 3000`,
    sh`sed -u ${`s,^,@${reading.name} ,`}`,
  )

/** What came of each reading, by name, and whether root did the reading. */
export function parseCollected(
  stdout: string,
  readings: readonly Reading<unknown>[],
): { readonly isRoot: boolean; readonly answers: ReadonlyMap<string, Collected> } {
  const uid = /^@uid (\d+)$/m.exec(stdout)?.[1]
  if (uid === undefined) throw new Error('the host did not answer what the audit asked')
  const encoded = new Map<string, string>()
  for (const [, name = '', text = ''] of stdout.matchAll(/^@([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})$/gm))
    encoded.set(name, (encoded.get(name) ?? '') + text)
  const isRoot = uid === '0'
  const answerOf = (reading: Reading<unknown>): Collected => {
    if (reading.needsRoot && !isRoot) return 'needs_root'
    const text = encoded.get(reading.name)
    const answer = text === undefined ? 'no_answer' : decode(text)
    const isSilent = typeof answer === 'object' && answer.text.trim() === ''
    return reading.neverEmpty && isSilent ? 'no_answer' : answer
  }
  return { isRoot, answers: new Map(readings.map((reading) => [reading.name, answerOf(reading)])) }
}

function decode(encoded: string): Collected {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const end = /\n#(\d+)$/.exec(text)
  if (end === null) return 'too_long'
  if (end[1] === '124') return 'timed_out'
  return { text: text.slice(0, end.index), exitCode: Number(end[1]) }
}
