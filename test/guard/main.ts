import { parseArgs } from 'node:util'
import { quantile } from '../bench/measure.ts'
import { seeded } from '../unit/guard/random.ts'
import { shareThatAsks } from './day.ts'
import { rateStrange, strangeInput } from './fuzzing.ts'
import { milderSpelling, provenEqual, spellAnew } from './spelling.ts'
import { wrapOnce } from './wrapping.ts'

const usage = `npm run guard -- WHAT [--rounds N] [--seed S]

The guard at length; npm test runs the same in a short form.

  wrapping    N commands in wrappers to a depth of five: none is rated milder than bare (10000)
  spelling    N commands in spellings that bash itself reads as the same: none is rated milder (10000)
  fuzz        N strange inputs of up to 64 KiB: an answer each, in time, and none that cannot be parsed passes (1000000)
  day [FILE]  the share of lines that asks, by family: of the corpus of harmless lines, or of a file with one command
              a line, or JSON lines with "command", "family" and "device"
`

const defaults: Readonly<Record<string, number>> = { wrapping: 10_000, spelling: 10_000, fuzz: 1_000_000, day: 0 }
const print = (line: string): void => void process.stdout.write(`${line}\n`)

function main(): number {
  const { values, positionals, tokens } = parseArgs({
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: { rounds: { type: 'string' }, seed: { type: 'string', default: '1' }, help: { type: 'boolean' } },
  })
  if (values.help === true) {
    print(usage)
    return 0
  }
  const unknown = tokens.find((token) => token.kind === 'option' && !/^(rounds|seed|help)$/.test(token.name))
  const [what = '', file] = unknown === undefined ? positionals : []
  const rounds = Number(values.rounds ?? defaults[what])
  const seed = Number(values.seed)
  if (!Object.hasOwn(defaults, what) || !Number.isInteger(rounds) || !Number.isInteger(seed)) {
    process.stderr.write(usage)
    return 2
  }
  if (what === 'day') return day(file)
  const run = what === 'wrapping' ? wrapping : what === 'spelling' ? spelling : fuzz
  const wrong = run(rounds, seeded(seed))
  for (const line of wrong.slice(0, 20)) print(`  ${line.slice(0, 400)}`)
  print(`${what}: seed ${seed}, ${rounds} rounds, ${wrong.length} wrong`)
  return wrong.length === 0 ? 0 : 1
}

const wrapping = (rounds: number, random: () => number): string[] =>
  Array.from({ length: rounds }, () => wrapOnce(random, 5)).filter((pair) => pair !== null)

/** Some spellings come out otherwise, such as an empty variable before a word's end: they do not count. */
function spelling(rounds: number, random: () => number): string[] {
  const wrong: string[] = []
  let proven = 0
  while (proven < rounds) {
    const equal = provenEqual(Array.from({ length: 200 }, () => spellAnew(random))).slice(0, rounds - proven)
    proven += equal.length
    wrong.push(...equal.flatMap((pair) => milderSpelling(pair) ?? []))
  }
  return wrong
}

function fuzz(rounds: number, random: () => number): string[] {
  const wrong: string[] = []
  const short: number[] = []
  const long: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const command = strangeInput(random)
    const rated = rateStrange(command, random)
    ;(command.length <= 4_096 ? short : long).push(rated.ms)
    if (rated.wrong !== null) wrong.push(`round ${round}, ${rated.wrong}: ${JSON.stringify(command.slice(0, 300))}`)
  }
  print(
    `up to 4 KiB: ${short.length}, p50 ${quantile(short, 0.5).toFixed(2)} ms, p99 ${quantile(short, 0.99).toFixed(2)} ms (goal 5)`,
  )
  print(
    `up to 64 KiB: ${long.length}, p50 ${quantile(long, 0.5).toFixed(2)} ms, p99 ${quantile(long, 0.99).toFixed(2)} ms (goal 100)`,
  )
  return wrong
}

function day(file: string | undefined): number {
  const shares = shareThatAsks(file, (command) => print(`asks: ${command.slice(0, 200)}`))
  for (const { family, lines, asked } of shares) print(`${family}: ${asked} of ${lines} (${percent(asked, lines)})`)
  const lines = shares.reduce((sum, share) => sum + share.lines, 0)
  const asked = shares.reduce((sum, share) => sum + share.asked, 0)
  print(`in all: ${asked} of ${lines} (${percent(asked, lines)})`)
  return 0
}

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(2)} %`

process.exitCode = main()
