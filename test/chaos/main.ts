import { parseArgs } from 'node:util'
import { searchAttributes } from '../../schema/search.ts'
import { startTemporal } from '../../workers/temporal.ts'
import { randomOf } from './random.ts'
import { stories } from './stories.ts'
import type { Stage, Story } from './story.ts'

const usage = `npm run chaos -- [STORY] [--seeds N] [--seed S] [--long] [--json]

Breaks one thing at a seeded moment and looks whether what Drydock promises holds, on the server itself as well.

${stories.map(({ name, promise }) => `  ${name.padEnd(10)}${promise}`).join('\n')}

  --seeds N   how many seeds of each story, from 1 on (3)
  --seed S    this seed only
  --long      long outages: the network for 60 s, Temporal and PostgreSQL for up to 45 s
  --json      one line of JSON a seed
`

type Outcome = { story: string; seed: number; ok: boolean; seconds: number; what: string }

/** What has to be closed when it ends, however it ends; newest last. */
const open: (() => Promise<void>)[] = []
let interrupted = false

async function main(): Promise<number> {
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
    return values.help ? 0 : 2
  }
  const temporal = await startTemporal({
    searchAttributes: Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, 'Keyword' as const])),
  })
  open.push(() => temporal.stop())
  process.env.DRYDOCK_TEST_TEMPORAL = temporal.address
  const tell = values.json ? tellJson : tellLine
  let failed = 0
  for (const story of chosen) failed += await play({ story, seeds, form: values.long ? 'long' : 'short', tell })
  const played = chosen.length * seeds.length
  if (!values.json) console.log(`${played - failed} of ${played} seeds held`)
  return failed === 0 ? 0 : 1
}

function seedsOf(values: { seed?: string | undefined; seeds: string }): number[] | null {
  const only = Number(values.seed ?? 1)
  const count = Number(values.seeds)
  if (!Number.isSafeInteger(only) || !Number.isSafeInteger(count) || count < 1) return null
  return values.seed === undefined ? Array.from({ length: count }, (_, at) => at + 1) : [only]
}

async function play(o: {
  story: Story
  seeds: readonly number[]
  form: 'short' | 'long'
  tell: (outcome: Outcome) => void
}): Promise<number> {
  const stage = await o.story.open(o.form)
  const close = () => stage.close()
  open.push(close)
  let failed = 0
  for (const seed of o.seeds) {
    const outcome = await playSeed(stage, o.story.name, seed)
    if (interrupted) break
    o.tell(outcome)
    if (!outcome.ok) failed += 1
  }
  if (interrupted) return failed
  open.splice(open.indexOf(close), 1)
  await close()
  return failed
}

async function playSeed(stage: Stage, story: string, seed: number): Promise<Outcome> {
  const begun = Date.now()
  const ended = await stage.play({ seed, random: randomOf(seed) }).then(
    (what) => ({ ok: true, what }),
    (error: unknown) => ({ ok: false, what: error instanceof Error ? error.message : String(error) }),
  )
  return { story, seed, seconds: Math.round((Date.now() - begun) / 100) / 10, ...ended }
}

const tellJson = (outcome: Outcome): void => console.log(JSON.stringify(outcome))

function tellLine({ story, seed, ok, seconds, what }: Outcome): void {
  console.log(`${ok ? 'held  ' : 'BROKEN'} ${story.padEnd(8)} seed ${String(seed).padStart(3)}  ${seconds} s  ${what}`)
  if (!ok) console.log(`       again: npm run chaos -- ${story} --seed ${seed}`)
}

/** The newest first, each once: what stands on another thing goes before it. */
async function closeAll(): Promise<void> {
  for (let close = open.pop(); close !== undefined; close = open.pop())
    await close().catch((error: unknown) => console.error(error))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    interrupted = true
    void closeAll().then(() => process.exit(130))
  })

const code = await main().catch((error: unknown) => {
  if (!interrupted) console.error(error)
  return 1
})
if (!interrupted) {
  await closeAll()
  process.exit(code)
}
