import { parseArgs } from 'node:util'
import { type Ground, openGround } from './ground.ts'
import { randomOf } from './random.ts'
import { stories } from './stories.ts'
import type { Form, Story } from './story.ts'

const usage = `npm run chaos -- [STORY...] [--seeds N] [--seed S] [--long] [--json]

Breaks one thing at a seeded moment and looks whether what Drydock promises holds, on the server itself as well.
Odd seeds break it in the middle of a setup, even ones in the middle of a command; each of "lockdown" in that. Sixteen
seeds of "deployment" are each strategy under each disturbance; from 16 to 31 in the middle of its being taken back.

${stories.map(({ name, promise }) => `  ${name.padEnd(12)}${promise}`).join('\n')}

  --seeds N   how many seeds of each story, from 1 on (3)
  --seed S    this seed only
  --long      long outages: the network for 60 s, Temporal and PostgreSQL for up to 45 s
  --json      one line of JSON a seed
`

type Outcome = { story: string; seed: number; ok: boolean; seconds: number; what: string }
type Order = { chosen: readonly Story[]; seeds: readonly number[]; form: Form; tell: (outcome: Outcome) => void }

async function main(): Promise<number> {
  const order = readOrder()
  if (order === null) return 2
  process.stderr.write('Starting Temporal, PostgreSQL, a worker and a server ...\n')
  const opening = openGround()
  const interruption = watchInterruption(opening)
  const ground = await opening
  const outcomes: Outcome[] = []
  for (const story of order.chosen) {
    for (const seed of order.seeds) {
      const outcome = await play(ground, story, { seed, form: order.form })
      if (interruption.came) return new Promise(() => {}) // it ends when everything is down
      order.tell(outcome)
      outcomes.push(outcome)
    }
  }
  await ground.close()
  const held = outcomes.filter(({ ok }) => ok).length
  process.stderr.write(`${held} of ${outcomes.length} seeds held\n`)
  return held === outcomes.length ? 0 : 1
}

/** Null when the words make no sense, or only help was asked for; the usage has been said then. */
function readOrder(): Order | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '3' },
      seed: { type: 'string' },
      long: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = stories.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const seeds = seedsOf(values)
  if (values.help || chosen.length < positionals.length || seeds === null) {
    process.stderr.write(usage)
    return null
  }
  return { chosen, seeds, form: values.long ? 'long' : 'short', tell: values.json ? tellJson : tellLine }
}

function seedsOf(values: { seed?: string | undefined; seeds: string }): number[] | null {
  const only = Number(values.seed ?? 1)
  const count = Number(values.seeds)
  if (!Number.isSafeInteger(only) || !Number.isSafeInteger(count) || count < 1) return null
  return values.seed === undefined ? Array.from({ length: count }, (_, at) => at + 1) : [only]
}

async function play(ground: Ground, story: Story, o: { seed: number; form: Form }): Promise<Outcome> {
  const begun = Date.now()
  const ended = await story.play(ground, { ...o, random: randomOf(o.seed) }).then(
    (what) => ({ ok: true, what }),
    (error: unknown) => ({ ok: false, what: error instanceof Error ? error.message : String(error) }),
  )
  return { story: story.name, seed: o.seed, seconds: Math.round((Date.now() - begun) / 100) / 10, ...ended }
}

const tellJson = (outcome: Outcome): void => console.log(JSON.stringify(outcome))

function tellLine({ story, seed, ok, seconds, what }: Outcome): void {
  console.log(`${ok ? 'held  ' : 'BROKEN'} ${story.padEnd(10)} seed ${String(seed).padStart(3)}  ${seconds} s  ${what}`)
  if (!ok) console.log(`       again: npm run chaos -- ${story} --seed ${seed}`)
}

const leave = (): never => process.exit(130)

/** Ctrl-C takes everything down, also what is still being started; what plays at that moment fails, and is no outcome. */
function watchInterruption(opening: Promise<Ground>): { readonly came: boolean } {
  const interruption = { came: false }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (interruption.came) return
      interruption.came = true
      process.stderr.write('Taking everything down ...\n')
      void opening.then((ground) => ground.close()).then(leave, leave)
    })
  return interruption
}

process.exit(await main())
